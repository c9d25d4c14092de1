"""Samplers: the table is whole, and progress is told."""

import pytest

from mezzotint.conformance.result import Row
from mezzotint.conformance.samplers import conditioning, noise, settings
from mezzotint.conformance.toy import toy_network
from mezzotint.runtime.sampler_table import SAMPLERS
from mezzotint.runtime.sampling import Denoising, sample_latents


@pytest.mark.parametrize("sampler", [info.name for info in SAMPLERS])
def test_progress_ends_at_the_total(sampler: str) -> None:
    told: list[tuple[int, int]] = []
    row: Row = {"sampler": sampler, "steps": 6, "seeds": [1], "source": "CPU", "mode": "E"}
    sample_latents(
        Denoising(toy_network),
        conditioning(row, 0),
        settings(row),
        noise(row, [0]),
        on_step=lambda step, total: told.append((step, total)),
    )
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert [step for step, _ in told] == sorted({step for step, _ in told})
