"""Hypernetworks: small networks in front of the key and value projections of a UNet's attention.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/hypernetworks/hypernetwork.py``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from torch import Tensor, nn

from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.models.pickles import load_restricted
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.find import FoundHypernet

Activation: TypeAlias = Callable[[Tensor], Tensor]

_ACTIVATIONS: dict[str, Activation] = {
    "linear": nn.Identity(),
    "swish": nn.Hardswish(),  # the reference's choice for this name
    **{
        kind.__name__.lower(): kind()
        for kind in (
            *(nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Tanh, nn.Sigmoid, nn.Mish, nn.GELU, nn.SiLU, nn.SELU),
            *(nn.CELU, nn.ReLU6, nn.Softplus, nn.Softsign, nn.Hardswish, nn.Hardtanh, nn.Hardsigmoid),
            *(nn.LogSigmoid, nn.Softshrink, nn.Hardshrink, nn.Tanhshrink),
        )
    },
}
_OLD_NAMES = {"linear1": "0", "linear2": "1"}


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """``x + multiplier · f(x)``, where ``f`` is a row of linear layers, norms and activations.

    Attributes:
        steps: weight and bias of each; a weight with one side is a layer norm's.
        activation: what follows each linear layer.
        activates_last: whether it follows the last one, too.
        multiplier: the tag's factor.
    """

    steps: tuple[tuple[Tensor, Tensor], ...]
    activation: Activation
    activates_last: bool
    multiplier: float

    def __call__(self, x: Tensor) -> Tensor:
        """``(…, width)`` to the same."""
        y = x
        last = max(at for at, (weight, _) in enumerate(self.steps) if weight.ndim == 2)
        for at, (weight, bias) in enumerate(self.steps):
            weight, bias = weight.to(x), bias.to(x)
            if weight.ndim == 1:
                y = nn.functional.layer_norm(y, weight.shape, weight, bias)
                continue
            y = nn.functional.linear(y, weight, bias)
            if at != last or self.activates_last:
                y = self.activation(y)
        return x + y * self.multiplier


@dataclass(frozen=True, slots=True, eq=False)
class Hypernet:
    """The chains for keys and for values, by the width of what they act on."""

    chains: Mapping[int, tuple[Chain, Chain]]


def load_hypernet(found: FoundHypernet) -> Hypernet:
    """Read a hypernetwork's file.

    Raises:
        NetworkError: it is no hypernetwork, or of a kind that is not known.
        TensorFileError: it cannot be read without running code stored in it.
    """
    content = load_restricted(found.path)
    if not isinstance(content, Mapping):
        raise NetworkError(f"{found.path} is no hypernetwork: it holds a {type(content).__name__}")
    name = str(content.get("activation_func") or "linear").lower()
    if name not in _ACTIVATIONS:
        raise NetworkError(f"{found.path}: its activation {printable(name)!r} is not known")
    activates_last = bool(content.get("activate_output", True))
    chains = {}
    for width, pair in content.items():
        if isinstance(width, int):
            if not isinstance(pair, list | tuple) or len(pair) < 2:
                raise NetworkError(f"{found.path} is damaged: no pair of networks for width {width}")
            key, value = (
                Chain(
                    _steps(state, width, found.path), _ACTIVATIONS[name], activates_last, found.tag.multiplier
                )
                for state in pair[:2]
            )
            chains[width] = (key, value)
    if not chains:
        raise NetworkError(f"{found.path} is no hypernetwork: it has no network for any width")
    return Hypernet(chains)


def _steps(state: Any, width: int, path: Path) -> tuple[tuple[Tensor, Tensor], ...]:
    """The layers of a chain in order, checked to take and give ``width`` channels."""
    found: dict[int, dict[str, Tensor]] = {}
    for name, tensor in state.items() if isinstance(state, Mapping) else ():
        place, _, part = str(name).removeprefix("linear.").partition(".")
        place = _OLD_NAMES.get(place, place)
        if place.isdecimal() and isinstance(tensor, Tensor):
            found.setdefault(int(place), {})[part] = tensor
    channels = width
    steps = []
    for _, parts in sorted(found.items()):
        weight, bias = parts.get("weight"), parts.get("bias")
        if weight is None or bias is None or not 1 <= weight.ndim <= 2 or weight.shape[-1] != channels:
            break
        channels = weight.shape[0]
        steps.append((weight, bias))
    whole = len(steps) == len(found) and channels == width and any(weight.ndim == 2 for weight, _ in steps)
    if not whole:
        raise NetworkError(f"{path} is damaged: its network for width {width} does not fit together")
    return tuple(steps)


@contextmanager
def attached(unet: Any, hypernet: Hypernet) -> Iterator[int]:
    """While open, a hypernetwork acts in a diffusers UNet, after those attached before; gives how many
    layers it stands before.
    """
    with ExitStack() as stack:
        count = 0
        for path, module in unet.named_modules():
            last = path.rpartition(".")[2]
            if last in ("to_k", "to_v") and module.in_features in hypernet.chains:
                key, value = hypernet.chains[module.in_features]
                chain = key if last == "to_k" else value
                stack.callback(module.register_forward_pre_hook(partial(_through, chain)).remove)
                count += 1
        yield count


def _through(chain: Chain, _module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    context, *rest = args
    return (chain(context), *rest)
