"""The Muon optimiser for matrices and convolution kernels, with AdamW for everything else."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

_COEFFICIENTS = (3.4445, -4.775, 2.0315)
_STEPS = 5


def orthogonalise(matrices: Tensor) -> Tensor:
    """Move each matrix's singular values near 1 by a Newton-Schulz iteration.

    Args:
        matrices: ``(batch, rows, columns)``, floating point.

    Source: Keller Jordan, "Muon: an optimizer for hidden layers in neural networks", 2024.
    """
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    a, b, c = _COEFFICIENTS
    for _ in range(_STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = (x.mT if tall else x).to(matrices.dtype)
    return result


class Muon(Optimizer):
    """Momentum, orthogonalised; kernels are flattened to ``(out, in * height * width)``.

    Args:
        params: tensors of two or more dimensions.
        lr: step size, on the scale of AdamW's.
        momentum: Nesterov momentum, dimensionless.
        weight_decay: decoupled decay per unit of ``lr``.
    """

    def __init__(
        self, params: Iterable[Tensor], lr: float = 1e-3, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update every parameter that has a gradient; matrices of one shape go through as one batch."""
        if closure is not None:
            raise ValueError("Muon takes no closure")
        for group in self.param_groups:
            by_shape: defaultdict[tuple[int, int], list[tuple[Tensor, Tensor]]] = defaultdict(list)
            for param in group["params"]:
                if param.grad is not None:
                    update = self._momentum(param, group["momentum"]).reshape(param.shape[0], -1)
                    by_shape[(update.shape[0], update.shape[1])].append((param, update))
            for (rows, columns), pairs in by_shape.items():
                # The factor gives the update AdamW's root mean square, so one rate fits both.
                factor = -group["lr"] * 0.2 * max(rows, columns) ** 0.5
                updates = orthogonalise(torch.stack([update for _, update in pairs]))
                for (param, _), update in zip(pairs, updates, strict=True):
                    param.mul_(1 - group["lr"] * group["weight_decay"])
                    param.add_(update.reshape(param.shape), alpha=factor)

    def _momentum(self, param: Tensor, momentum: float) -> Tensor:
        state = self.state[param]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(param, memory_format=torch.contiguous_format)
        gradient: Tensor = param.grad  # type: ignore[assignment]
        state["momentum"].lerp_(gradient, 1 - momentum)
        return gradient.lerp(state["momentum"], momentum)


class Optimizers:
    """Muon and AdamW over one set of modules, stepped and saved together."""

    def __init__(
        self, modules: Sequence[nn.Module], muon_rate: float, adamw_rate: float, weight_decay: float = 0.0
    ) -> None:
        matrices: list[Tensor] = []
        others: list[Tensor] = []
        for module in modules:
            for name, param in module.named_parameters():
                is_matrix = param.ndim >= 2 and "embedding" not in name
                (matrices if is_matrix else others).append(param)
        self._all: tuple[Optimizer, ...] = (
            Muon(matrices, muon_rate, weight_decay=weight_decay),
            AdamW(others, adamw_rate, betas=(0.9, 0.98), weight_decay=0.0),
        )
        self._rates = (muon_rate, adamw_rate)
        self.params = matrices + others

    def step(self, fraction: float) -> None:
        """Clip the gradients, step at ``fraction`` of the full rates and clear the gradients."""
        nn.utils.clip_grad_norm_(self.params, 1.0)
        for optimizer, rate in zip(self._all, self._rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * fraction
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict[str, Any]]:
        """Return both optimisers' states."""
        return [optimizer.state_dict() for optimizer in self._all]

    def load_state_dict(self, states: Sequence[dict[str, Any]]) -> None:
        """Restore what ``state_dict`` returned."""
        for optimizer, state in zip(self._all, states, strict=True):
            optimizer.load_state_dict(state)
