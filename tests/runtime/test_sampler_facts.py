"""What is told of samplers, counted."""

import pytest
import torch
from torch import Tensor

from mezzotint.runtime import sampler_facts
from mezzotint.runtime.sampler_table import SAMPLERS, SCHEDULERS, SamplerInfo
from mezzotint.runtime.samplers import load_sampler
from mezzotint.runtime.schedulers import schedule_sigmas
from mezzotint.runtime.sigmas import model_table
from mezzotint.runtime.timesteps import Timesteps, ddim_timesteps

X = torch.ones(1, 4, 2, 2)


class Count:
    """Runs a sampler, and counts what it asks for; whether noise gets in, two draws tell."""

    def __init__(self, info: SamplerInfo, steps: int, seed: int) -> None:
        self.evaluations, self.info, table = 0, info, model_table()
        draws = torch.Generator().manual_seed(seed)
        options: dict[str, object] = {}
        if info.spans:
            options["span"] = (table.sigma_min, table.sigma_max, steps)

        def noise(_sigma: Tensor, _next: Tensor) -> Tensor:
            return torch.randn(X.shape, generator=draws)

        path: object = Timesteps(ddim_timesteps(steps), table.alphas_cumprod)
        if info.family != "timestep":
            path = schedule_sigmas(info.schedule, steps, table, discard=info.discard)
        self.result: Tensor = load_sampler(info)(self.evaluate, X * 14, path, noise, **options)

    def evaluate(self, x: Tensor, _level: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        self.evaluations += 1
        return (x * 0.5, x * 0.5) if self.info.name == "DDIM CFG++" else x * 0.5


@pytest.mark.parametrize("info", SAMPLERS, ids=lambda info: info.name)
def test_evaluations_and_noise_are_as_told(info: SamplerInfo) -> None:
    facts = sampler_facts.SAMPLERS[info.name]
    for steps in (10, 20, 25, 40):
        first, second = Count(info, steps, 1), Count(info, steps, 2)
        expected = {"1 a step, none": steps - 1, "1 a step": steps, "2 a step, 1": 2 * steps - 1}
        for start, number in expected.items():
            if facts.evaluations.startswith(start):
                assert first.evaluations == number
                break
        else:
            assert "error" in facts.evaluations
        noisy = not torch.equal(first.result, second.result)
        restarts = info.name != "Restart" or steps >= 20
        assert noisy == (facts.noise.startswith("at ") and restarts)


def test_there_are_facts_of_each() -> None:
    assert list(sampler_facts.SAMPLERS) == [info.name for info in SAMPLERS]
    assert list(sampler_facts.SCHEDULES) == [info.label for info in SCHEDULERS]
