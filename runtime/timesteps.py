"""The time steps of the DDIM family, and their noise levels."""

from dataclasses import dataclass

import torch
from torch import Tensor


def ddim_timesteps(steps: int, trained: int = 1000) -> Tensor:
    """Every ``trained // steps``-th time step from 1 up: ``(count,)`` int64, rising.

    ``count`` differs from ``steps`` where the division has a rest (30 gives 31, 7 gives 8).
    Source: stable-diffusion-webui ``modules/sd_samplers_timesteps.py``.
    """
    stride = max(trained // steps, 1)
    return torch.clip(torch.arange(0, trained, stride) + 1, 0, trained - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Timesteps:
    """What a sampler of the DDIM family walks along, from the last entry to the second.

    Attributes:
        values: ``(count,)`` int64 time steps, rising.
        alphas_cumprod: of the whole model, ``(1000,)``, float32 or (downcast) float16.
        is_img2img: the walk starts from a picture, not from noise.
    """

    values: Tensor
    alphas_cumprod: Tensor
    is_img2img: bool = False

    @property
    def alphas(self) -> Tensor:
        """Cumulative products at the time steps: ``(count,)`` in the model's own precision."""
        return self.alphas_cumprod[self.values]

    @property
    def previous_alphas(self) -> Tensor:
        """The same of each entry's predecessor (of time step 0 for the first), in float64."""
        shifted = torch.cat([torch.zeros(1, dtype=torch.long), self.values[:-1]])
        return self.alphas_cumprod[shifted].double()
