"""The network that the vectors of samplers and passes were made with, and its prompts."""

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.runtime.denoiser import Context


def toy_network(x: Tensor, t: Tensor, context: Context) -> Tensor:
    """Predict something that depends on all that a network is given.

    Args:
        x: ``(rows, c, h, w)``.
        t: ``(rows,)``, time steps.
        context: a prompt is one number, its first hidden state.
    """
    t = t.float().view(-1, 1, 1, 1)
    c = context.hidden_states[:, 0, 0].view(-1, 1, 1, 1)
    pull = 0.9 * torch.tanh(t / 350) * x
    return pull + 0.1 * torch.tanh(x.roll(1, -1)) + 0.05 * c * torch.cos(x.roll(1, -2))


def toy_conditioning(positive: list[list[float]], negative: float) -> Conditioning:
    """Prompts for it.

    Args:
        positive: number and weight of each composed prompt.
        negative: number of the negative prompt.
    """
    return Conditioning(tuple(_branch(c, w) for c, w in positive), _branch(negative, 1.0))


def _branch(scalar: float, weight: float) -> EncodedBranch:
    return EncodedBranch(weight, (EncodedEntry(10**6, torch.tensor([[float(scalar)]])),))
