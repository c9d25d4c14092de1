"""The layouts of network files: what their tensors say that a layer's weight is to be changed by.

A LoRA is computed in float32; the other layouts in the type that the file stores, and so is their sum with
the weight. With half-precision files that costs digits, and it is what the reference does.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/network*.py``. The papers:
E. Hu et al., "LoRA" (2021); S.-Y. Yeh et al., "Navigating text-to-image customization: from LyCORIS
fine-tuning to model evaluation" (2023; LoCon, LoHa, LoKr, IA3 and their Tucker forms); Z. Qiu et al.,
"Controlling text-to-image diffusion by orthogonal finetuning" (2023); W. Liu et al., "BOFT" (2023);
A. Chavan et al., "One-for-all: generalized LoRA" (2023); S.-Y. Liu et al., "DoRA" (2024).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import torch
from torch import Tensor

Parts: TypeAlias = Mapping[str, Tensor]

MAX_ELEMENTS = 1 << 28
"""Of any product; a layer of SDXL has a twentieth. Two short vectors in a file must not fill the memory."""


class LayoutError(Exception):
    """The tensors do not go together, or not with the layer; the text says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a layout says, before the factors.

    Attributes:
        weight: what is added, of the weight's size though perhaps not of its shape.
        rank: what ``alpha`` is divided by; ``alpha`` plays no part where ``None``.
        bias: what is added to the bias.
    """

    weight: Tensor
    rank: int | None = None
    bias: Tensor | None = None


Build: TypeAlias = Callable[[Parts, Tensor, int | None], Change]


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to store a change.

    Attributes:
        name: for people.
        keys: alternatives of parts that must be there.
        others: parts that may be there.
        build: parts, the layer's weight, and how many ranks count, to the change.
    """

    name: str
    keys: tuple[frozenset[str], ...]
    others: frozenset[str]
    build: Build

    def fits(self, parts: Parts) -> bool:
        """Whether these parts are of this layout."""
        return any(keys <= parts.keys() for keys in self.keys)

    def unread(self, parts: Parts) -> list[str]:
        """Parts that say nothing in this layout."""
        known = self.others.union(_COMMON, *self.keys)
        return [part for part in parts if part not in known]


_COMMON = frozenset({"alpha", "scale", "bias", "dora_scale", "magnitude"})


def find_layout(parts: Parts) -> Layout | None:
    """The layout of a layer's parts; the reference's order decides where several would fit."""
    return next((layout for layout in LAYOUTS if layout.fits(parts)), None)


def layer_change(
    layout: Layout, parts: Parts, weight: Tensor, multiplier: float, dyn: int | None
) -> tuple[Tensor, Tensor | None]:
    """What is to be added to a layer's weight, in its shape, and to its bias.

    Args:
        layout: that of the parts.
        parts: tensors by kohya's words for them.
        weight: the layer's, as networks before this one have left it.
        multiplier: the tag's factor.
        dyn: how many ranks of a LoRA count.

    Raises:
        LayoutError: the parts do not fit each other or the weight.
        RuntimeError: the same, found by torch.
    """
    parts = {name: part.to(weight.device) for name, part in parts.items()}
    change = layout.build(parts, weight, dyn)
    delta = change.weight
    if "bias" in parts:
        delta = (delta.reshape(parts["bias"].shape) + parts["bias"].to(delta)).reshape(delta.shape)
    if delta.numel() == weight.numel():
        delta = delta.reshape(weight.shape)
    delta = _for_inpainting(delta, weight) * _scale(change, parts)
    if delta.shape != weight.shape:
        raise LayoutError(f"has {tuple(delta.shape)} for a weight of {tuple(weight.shape)}")
    if "dora_scale" in parts:
        delta = _decompose(delta, weight, parts["dora_scale"])
    if "magnitude" in parts:  # PEFT's, which has one for each output
        magnitude = parts["magnitude"].reshape(1, -1, *[1] * (weight.ndim - 2))
        delta = _decompose(delta.transpose(0, 1), weight.transpose(0, 1), magnitude).transpose(0, 1)
    return delta * multiplier, None if change.bias is None else change.bias * multiplier


def _for_inpainting(delta: Tensor, weight: Tensor) -> Tensor:
    """Nothing for the mask and the masked picture, where a network was trained without them."""
    if weight.ndim == 4 and delta.ndim == 4 and weight.shape[1] == 9 and delta.shape[1] == 4:
        return torch.nn.functional.pad(delta, (0, 0, 0, 0, 0, 5))
    return delta


def _scale(change: Change, parts: Parts) -> float:
    if "scale" in parts:
        return float(parts["scale"].item())
    if change.rank is None or "alpha" not in parts:
        return 1.0
    if not change.rank:
        raise LayoutError("has rank 0")
    return float(parts["alpha"].item()) / change.rank


def _decompose(delta: Tensor, weight: Tensor, magnitude: Tensor) -> Tensor:
    """DoRA: the sum keeps its direction, and takes its length over each input channel from the file."""
    weight = weight.to(delta.dtype)
    merged = delta + weight
    columns = merged.transpose(0, 1).reshape(merged.shape[1], -1)
    lengths: Tensor = columns.norm(dim=1).reshape(1, -1, *[1] * (merged.ndim - 2))
    return merged * (magnitude.to(delta.dtype) / lengths) - weight


def _product(a: Tensor, b: Tensor) -> Tensor:
    """``a @ b`` of matrices, the trailing sides of both folded into their columns."""
    a, b = a.reshape(a.shape[0], -1), b.reshape(b.shape[0], -1)
    _check_size(a.shape[0], b.shape[1])
    return a @ b


def _check_size(*sides: int) -> None:
    if prod(sides) > MAX_ELEMENTS:
        raise LayoutError(f"asks for a product of {' x '.join(map(str, sides))}, too large for any layer")


def _tucker(core: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """``core (i, j, h, w)``, ``rows (i, out)`` and ``columns (j, in)`` to ``(out, in, h, w)``."""
    _check_size(core.shape[0], columns.shape[1], *core.shape[2:])
    _check_size(rows.shape[1], columns.shape[1], *core.shape[2:])
    half = torch.einsum("ijhw,jb->ibhw", core, columns)
    full: Tensor = torch.einsum("ibhw,ia->abhw", half, rows)
    return full


def _lora(parts: Parts, _weight: Tensor, dyn: int | None) -> Change:
    """``up @ down``, through a core (``lora_mid``) for convolutions in Tucker form."""
    up, down = parts["lora_up.weight"].float(), parts["lora_down.weight"].float()
    rank = down.shape[0]
    if "lora_mid.weight" in parts:
        mid = parts["lora_mid.weight"].float()
        up, down = up.reshape(up.shape[0], -1), down.reshape(down.shape[0], -1)
        for rows, columns in (
            (up.shape[0], mid.shape[1]),
            (mid.shape[0], down.shape[1]),
            (up.shape[0], down.shape[1]),
        ):
            _check_size(rows, columns, *mid.shape[2:])
        return Change(torch.einsum("nmkl,in,mj->ijkl", mid, up, down), rank)
    shape = (up.shape[0], *down.shape[1:])
    up, down = up.reshape(up.shape[0], -1), down.reshape(rank, -1)
    return Change(_product(up[:, :dyn], down[:dyn]).reshape(shape), rank)


def _loha(parts: Parts, _weight: Tensor, _dyn: int | None) -> Change:
    """The element-wise product of two low-rank products."""
    first, second = (
        _tucker(parts[f"hada_t{i}"], parts[f"hada_w{i}_a"], parts[f"hada_w{i}_b"])
        if f"hada_t{i}" in parts
        else _product(parts[f"hada_w{i}_a"], parts[f"hada_w{i}_b"])
        for i in (1, 2)
    )
    return Change(first * second.reshape(first.shape), parts["hada_w1_b"].shape[0])


def _ia3(parts: Parts, weight: Tensor, _dyn: int | None) -> Change:
    """The weight times a factor for each of its inputs or outputs."""
    factors = parts["weight"]
    return Change(weight * (factors if parts["on_input"].item() else factors.reshape(-1, 1)))


def _lokr(parts: Parts, weight: Tensor, _dyn: int | None) -> Change:
    """The Kronecker product of two matrices, either whole or as low-rank products."""
    first = parts["lokr_w1"] if "lokr_w1" in parts else _product(parts["lokr_w1_a"], parts["lokr_w1_b"])
    if "lokr_w2" in parts:
        second = parts["lokr_w2"]
    elif "lokr_t2" in parts:
        second = _tucker(parts["lokr_t2"], parts["lokr_w2_a"], parts["lokr_w2_b"])
    else:
        second = _product(parts["lokr_w2_a"], parts["lokr_w2_b"])
    if first.numel() * second.numel() != weight.numel():
        raise LayoutError(
            f"has {first.numel()} x {second.numel()} numbers for a weight of {tuple(weight.shape)}"
        )
    if second.ndim == 4:
        first = first.reshape(*first.shape[:2], 1, 1)
    ranks = [parts[f"lokr_w{i}_b"].shape[0] for i in (2, 1) if f"lokr_w{i}_b" in parts]
    return Change(torch.kron(first, second.contiguous()), ranks[0] if ranks else None)


def _full(parts: Parts, _weight: Tensor, _dyn: int | None) -> Change:
    """The change itself."""
    return Change(parts["diff"], bias=parts.get("diff_b"))


def _norm(parts: Parts, _weight: Tensor, _dyn: int | None) -> Change:
    """The change of a norm's scale and shift."""
    return Change(parts["w_norm"], bias=parts["b_norm"])


def _glora(parts: Parts, weight: Tensor, _dyn: int | None) -> Change:
    """A low-rank change, and one that is a low-rank product of the weight; ``alpha`` plays no part."""
    left, right = parts["a2.weight"], parts["a1.weight"]
    _check_size(weight.shape[0], max(left.shape[-1], right.shape[-1]))
    return Change(_product(parts["b2.weight"], parts["b1.weight"]) + weight.to(right.dtype) @ left @ right)


def _oft(parts: Parts, weight: Tensor, _dyn: int | None) -> Change:
    """The weight turned: blocks of its outputs by an orthogonal matrix each."""
    blocks = parts["oft_blocks"] if "oft_blocks" in parts else parts["oft_diag"]
    turns = _rotations(blocks, parts.get("alpha"), weight.shape[0]) if "oft_blocks" in parts else blocks
    turned = _butterfly(turns, weight) if blocks.ndim == 4 else _turned(turns, weight)
    if "rescale" in parts:
        turned = parts["rescale"].reshape(-1, *[1] * (weight.ndim - 1)).to(turned) * turned
    return Change(turned - weight.to(turned.dtype))


def _rotations(blocks: Tensor, constraint: Tensor | None, outputs: int) -> Tensor:
    """Cayley's transform of the skew-symmetric part, its norm limited to ``constraint`` times the outputs."""
    skew = blocks - blocks.transpose(-1, -2)
    limit: Tensor | float = 0 if constraint is None else constraint * outputs
    if limit != 0:
        length = torch.norm(skew.flatten())
        skew = skew * ((torch.clamp(length, max=limit) + 1e-8) / (length + 1e-8))
    eye = torch.eye(blocks.shape[-1], device=blocks.device)
    return (eye + skew) @ (eye - skew).float().inverse()


def _turned(turns: Tensor, weight: Tensor) -> Tensor:
    """Each block ``(n, n)`` of ``turns (k, n, n)`` acts on ``n`` outputs in a row."""
    grouped = weight.reshape(turns.shape[0], turns.shape[1], -1)
    return torch.einsum("knm,kno->kmo", turns.to(weight), grouped).reshape(weight.shape)


def _butterfly(turns: Tensor, weight: Tensor) -> Tensor:
    """BOFT: ``turns (m, d, b, b)`` act one after the other, each on outputs further apart."""
    for level, turn in enumerate(turns.to(weight)):
        size = turn.shape[-1]
        stride = 2**level * (size // 2)
        weight = _interleaved(weight, 2, stride)
        turned = torch.einsum("dij,djo->dio", turn, weight.reshape(turn.shape[0], size, -1))
        weight = _interleaved(turned.reshape(weight.shape), stride, 2)
    return weight


def _interleaved(weight: Tensor, groups: int, length: int) -> Tensor:
    """Within each ``groups * length`` outputs, those of all groups by turns instead of group by group."""
    split = weight.reshape(-1, groups, length, *weight.shape[1:])
    return split.transpose(1, 2).reshape(weight.shape)


def _layout(name: str, build: Build, *keys: set[str], others: Iterable[str] = ()) -> Layout:
    return Layout(name, tuple(map(frozenset, keys)), frozenset(others), build)


LAYOUTS = (
    _layout("LoRA", _lora, {"lora_up.weight", "lora_down.weight"}, others={"lora_mid.weight"}),
    _layout(
        "LoHa", _loha, {"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"}, others={"hada_t1", "hada_t2"}
    ),
    _layout("IA3", _ia3, {"weight", "on_input"}),
    _layout(
        "LoKr",
        _lokr,
        *(
            {*first, *second}
            for first in ({"lokr_w1"}, {"lokr_w1_a", "lokr_w1_b"})
            for second in ({"lokr_w2"}, {"lokr_w2_a", "lokr_w2_b"})
        ),
        others={"lokr_t2"},
    ),
    _layout("full", _full, {"diff"}, others={"diff_b"}),
    _layout("norm", _norm, {"w_norm", "b_norm"}),
    _layout("GLoRA", _glora, {"a1.weight", "a2.weight", "alpha", "b1.weight", "b2.weight"}),
    _layout("OFT", _oft, {"oft_blocks"}, {"oft_diag"}, others={"rescale"}),
)
