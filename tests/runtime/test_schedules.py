"""Sigmas: their tables, and what holds for every schedule."""

from math import asin, nextafter, pi, sqrt

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from mezzotint.conformance.suite import SHIPPED, read_rows
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.beta_quantile import beta_quantile, regularised_beta
from mezzotint.runtime.sampler_table import SCHEDULERS
from mezzotint.runtime.schedulers import SCHEDULES, schedule_sigmas
from mezzotint.runtime.sigmas import SigmaTable, alphas_cumprod, consistency_table, model_table

TABLES = {
    "sd1": model_table(),
    "ztsnr": model_table(zero_snr=True),
    "lcm_denoiser": consistency_table(alphas_cumprod()),
}


def test_the_tables_ends_are_the_references() -> None:
    constants = next(read_rows(SHIPPED / "sigmas.jsonl"))
    table = TABLES["sd1"]
    torch.testing.assert_close(table.alphas_cumprod[:5], torch.tensor(constants["alphas_cumprod_first"]))
    torch.testing.assert_close(table.alphas_cumprod[-5:], torch.tensor(constants["alphas_cumprod_last"]))
    assert table.sigma_min == pytest.approx(constants["sigma_min"], rel=2e-6)
    assert table.sigma_max == pytest.approx(constants["sigma_max"], rel=2e-6)
    assert TABLES["ztsnr"].sigma_max == pytest.approx(constants["ztsnr_sigma_max"], rel=2e-6)
    assert TABLES["lcm_denoiser"].sigma_min == pytest.approx(constants["lcm_sigma_min"], rel=2e-6)


def test_every_named_schedule_is_built() -> None:
    assert [info.label for info in SCHEDULERS] == list(SCHEDULES)


@given(st.sampled_from(sorted(SCHEDULES)), st.integers(1, 60))
def test_schedules_fall(label: str, n: int) -> None:
    sigmas = schedule_sigmas(label, n, TABLES["sd1"])
    assert sigmas.dtype == torch.float32
    assert (sigmas[1:] <= sigmas[:-1]).all()
    assert sigmas[-1] == 0 or label == "KL Optimal"
    assert len(sigmas) >= n + 1


@given(st.floats(0.0, 999.0))
def test_times_survive_the_way_to_sigma_and_back(t: float) -> None:
    table = TABLES["sd1"]
    back = table.sigma_to_t(table.t_to_sigma(torch.tensor(t)))
    assert back.item() == pytest.approx(t, abs=0.05)


def test_quantised_times_are_trained_ones() -> None:
    table = model_table(quantize=True)
    times = table.sigma_to_t(torch.tensor([14.0, 1.0, 0.05]))
    assert torch.equal(times, times.round())


def test_unknown_schedules_are_refused() -> None:
    with pytest.raises(MezzotintError, match="Karras"):
        schedule_sigmas("Carras", 10, TABLES["sd1"])


@given(st.floats(0.001, 0.999), st.floats(0.2, 8), st.floats(0.2, 8))
@example(0.5, 3.0, 3.0)  # both halves claim the root
@example(0.99609375, 2.0, 0.21875)  # near 1 one double is a large step
def test_quantiles_invert_the_beta_distribution(share: float, alpha: float, beta: float) -> None:
    x = beta_quantile(share, alpha, beta)
    below = regularised_beta(nextafter(x, 0.0), alpha, beta)
    above = regularised_beta(nextafter(x, 1.0), alpha, beta)
    assert below - 1e-9 <= share <= above + 1e-9


@pytest.mark.parametrize("x", [0.0, 0.01, 0.3, 0.5, 0.9, 1.0])
def test_the_beta_function_has_its_closed_forms(x: float) -> None:
    assert regularised_beta(x, 0.5, 0.5) == pytest.approx(2 / pi * asin(sqrt(x)))  # the arcsine law
    assert regularised_beta(x, 3.0, 1.0) == pytest.approx(x**3)


def test_a_table_can_be_built_of_any_products() -> None:
    table = SigmaTable.build(torch.tensor([0.9, 0.5, 0.1]))
    torch.testing.assert_close(table.sigmas, torch.tensor([1 / 3, 1.0, 3.0]))
