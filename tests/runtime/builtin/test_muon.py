"""The optimiser: orthogonal updates, and descent on a small problem."""

import torch
from torch import nn

from mezzotint.runtime.builtin.muon import Optimizers, orthogonalise


def test_singular_values_come_near_one() -> None:
    torch.manual_seed(0)
    for rows, columns in ((8, 24), (24, 8), (16, 16)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(3, rows, columns)))
        # Loose bounds: the coefficients trade accuracy for speed, and the products are bfloat16.
        assert values.max() < 1.35
        assert values.median() > 0.6


def test_a_small_network_learns() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(2, 8, 3, padding=1), nn.SiLU(), nn.Conv2d(8, 1, 3, padding=1))
    optimizers = Optimizers([network], 2e-2, 2e-2)
    x = torch.randn(16, 2, 6, 6)
    target = x[:, :1] - x[:, 1:]
    losses = []
    for _ in range(100):
        loss = (network(x) - target).square().mean()
        losses.append(loss.item())
        loss.backward()
        optimizers.step(1.0)
    assert losses[-1] < 0.2 * losses[0]
