"""Names of samplers and schedules."""

from dataclasses import replace

import pytest

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.sampler_table import (
    SAMPLERS,
    SCHEDULERS,
    find_sampler,
    find_scheduler,
    resolve,
    resolve_recorded,
)
from mezzotint.runtime.samplers import load_sampler


@pytest.mark.parametrize(
    ("sampler", "scheduler", "expected"),
    [
        (None, None, ("DPM++ 2M", "Automatic")),
        ("Euler a", None, ("Euler a", "Automatic")),
        ("DPM++ 2M Karras", None, ("DPM++ 2M", "Karras")),
        ("DPM++ 2M SDE Exponential", "Karras", ("DPM++ 2M SDE", "Exponential")),
        ("DDIM DDIM", None, ("DDIM", "DDIM")),
        ("DDIM", None, ("DDIM", "Automatic")),
        ("DPM++ 2M Exponential Karras", None, ("DPM++ 2M", "Exponential")),
        ("Euler SGMUniform", None, ("Euler", "SGM Uniform")),
        ("Euler", "sgm_uniform", ("Euler", "SGM Uniform")),
        ("k_euler_a", "karras", ("Euler a", "Karras")),
        ("dpm++ 2m", "KARRAS", ("DPM++ 2M", "Karras")),
    ],
)
def test_names_are_resolved(sampler: str | None, scheduler: str | None, expected: tuple[str, str]) -> None:
    resolved = resolve(sampler, scheduler)
    assert (resolved.sampler.name, resolved.scheduler) == expected


@pytest.mark.parametrize(
    ("sampler", "scheduler", "expected"),
    [
        ("DPM++ 2M", None, "Uniform"),  # before 1.9 the bare name meant this
        ("DPM++ 2M Karras", None, "Karras"),
        ("DPM++ 2M", "Automatic", "Karras"),
        ("DPM2 a", None, "Uniform"),
        ("Restart", None, "Karras"),
        ("Euler a", None, "Uniform"),
        ("DPM++ 2M Karras", "exponential", "Exponential"),  # 1.5 to 1.8: the setting won
        ("DPM++ 2M Karras", "Exponential", "Karras"),  # 1.9 on: the suffix wins
    ],
)
def test_recorded_names_mean_what_they_meant(sampler: str, scheduler: str | None, expected: str) -> None:
    assert resolve_recorded(sampler, scheduler).effective_scheduler == expected


@pytest.mark.parametrize(
    "name", ["DPM++ 2M Karras Exponential", "DPM++ 2M SGM Uniform", "Foo Karras", "DPM++ 2M alt Karras"]
)
def test_what_the_reference_falls_back_from_is_refused(name: str) -> None:
    with pytest.raises(MezzotintError, match="unknown sampler"):
        resolve(name)


def test_folding_calls_the_samplers_own_schedule_automatic() -> None:
    assert resolve("DPM++ 2M Karras", fold=True).scheduler == "Automatic"
    assert resolve("DPM++ 2M Exponential", fold=True).scheduler == "Exponential"


def test_automatic_is_the_samplers_own_schedule() -> None:
    assert resolve("DPM++ 3M SDE").effective_scheduler == "Exponential"
    assert resolve("Euler").effective_scheduler == "Uniform"


def test_unknown_samplers_name_near_misses_and_all_names() -> None:
    with pytest.raises(MezzotintError) as caught:
        find_sampler("Eular a")
    message = str(caught.value)
    assert "did you mean 'Euler a'" in message
    assert all(info.name in message for info in SAMPLERS)


def test_unknown_schedules_name_near_misses_and_all_labels() -> None:
    with pytest.raises(MezzotintError) as caught:
        find_scheduler("Carras")
    message = str(caught.value)
    assert "did you mean 'Karras'" in message
    assert all(info.label in message for info in SCHEDULERS)


@pytest.mark.parametrize("info", SAMPLERS, ids=lambda info: info.name)
def test_every_sampler_is_built(info: object) -> None:
    sampler = next(other for other in SAMPLERS if other is info)
    assert callable(load_sampler(sampler))


def test_a_sampler_that_is_not_built_is_named() -> None:
    missing = replace(SAMPLERS[0], name="DPM++ 9M", function="nowhere:dpmpp_9m")
    with pytest.raises(MezzotintError, match=r"'DPM\+\+ 9M' is not built yet; available: DPM\+\+ 2M, "):
        load_sampler(missing)
