"""What is asked for: from a document, its settings, and the options beside it."""

import re

import pytest

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.request import Request, document_clock, read_request


def recorded(settings: str) -> Request:
    return read_request(read_document(f"a [b:c:0.5]\nSteps: 10, Seed: 1, {settings}", Dialect.INFOTEXT))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("Sampler: DPM++ 2M", ("DPM++ 2M", "Uniform")),
        ("Sampler: DPM++ 2M Karras", ("DPM++ 2M", "Karras")),
        ("Sampler: DPM++ 2M, Schedule type: Automatic", ("DPM++ 2M", "Automatic")),
        ("Sampler: DPM++ 2M, Version: v1.10.1", ("DPM++ 2M", "Automatic")),
        ("Sampler: DPM++ 2M, Version: v1.8.0", ("DPM++ 2M", "Uniform")),
        ("Sampler: Restart", ("Restart", "Automatic")),
        ("Sampler: Euler a", ("Euler a", "Automatic")),
        (
            "Sampler: DPM++ 2M Karras, Schedule type: exponential, Version: v1.6.0",
            ("DPM++ 2M", "Exponential"),
        ),
        ("Sampler: DPM++ 2M Karras, Schedule type: Exponential, Version: v1.9.0", ("DPM++ 2M", "Karras")),
    ],
)
def test_sampler_and_schedule_are_those_that_made_the_picture(
    settings: str, expected: tuple[str, str]
) -> None:
    found = recorded(settings).settings
    assert (found.sampler, found.scheduler) == expected


def test_a_sampler_that_is_unheard_of_is_refused() -> None:
    with pytest.raises(MezzotintError, match="unknown sampler 'Foo'"):
        recorded("Sampler: Foo")


def test_what_is_not_acted_on_is_listed() -> None:
    request = recorded("Sampler: Euler, ControlNet 0: Module, Hires upscale: 2, Hires checkpoint: x")
    assert set(request.ignored) == {"ControlNet 0", "Hires checkpoint"}


def test_old_versions_lay_schedules_out_as_they_did() -> None:
    assert not document_clock(read_document("a\nSteps: 10, Sampler: Euler, Seed: 1")).old_timeline
    assert recorded("Sampler: Euler, Version: v1.5.1").settings.old_prompt_editing_timelines


def test_second_order_samplers_count_evaluations() -> None:
    assert recorded("Sampler: Heun").program().steps == 20
    assert recorded("Sampler: Euler").program().steps == 10


def test_options_replace_the_documents_settings() -> None:
    document = read_document("a --ar 3:2 --seed 5 --no b")
    request = read_request(document, native_size=(128, 128), options={"seed": 9, "steps": None})
    assert (request.prompt, request.negative_prompt) == ("a", "b")
    assert (request.settings.seed, request.settings.width, request.settings.height) == (9, 160, 104)
    assert read_request(document, negative_prompt="c").negative_prompt == "c"


def test_whole_numbers_may_be_written_with_a_point() -> None:
    found = recorded("Sampler: Euler, Clip skip: 2.0, ENSD: 31337.0").settings
    assert (found.clip_skip, found.ensd) == (2, 31337)
    assert isinstance(found.clip_skip, int)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("Clip skip: 1.5", "Clip skip: '1.5' is not a whole number"),
        ("Clip skip: inf", "Clip skip: 'inf' is not a whole number"),
        ("Clip skip: two", "Clip skip: 'two' is not a number"),
        ("Size: 64X64", "Size: 64X64 is not a size"),
    ],
)
def test_numbers_that_are_none_are_named(setting: str, words: str) -> None:
    with pytest.raises(MezzotintError, match=re.escape(words)):
        recorded(f"Sampler: Euler, {setting}")
