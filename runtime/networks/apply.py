"""Networks merged into the weights of a model, and the weights put back as they were.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/networks.py``: networks act on
a layer one after the other, in the order of their tags, each on what the one before has left.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor, nn

from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.models.header import TensorFileError
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.find import Found, FoundLora
from mezzotint.runtime.networks.hypernets import attached, load_hypernet
from mezzotint.runtime.networks.kinds import kind_of_file, kind_of_model
from mezzotint.runtime.networks.layers import Layer, ModelParts, named_layers
from mezzotint.runtime.networks.layouts import Layout, LayoutError, Parts, find_layout, layer_change
from mezzotint.runtime.networks.network_file import LayerParts, NetworkFile, read_network
from mezzotint.runtime.networks.tags import LoraTag

_Originals: TypeAlias = dict[tuple[nn.Module, str], nn.Parameter | None]

_MISFITS = (LayoutError, RuntimeError, IndexError, ValueError)
"""Ours, and what torch raises where shapes do not go together."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a network did to a model.

    Attributes:
        name: as its tag has it.
        layers: how many it changed.
        unmatched: its tensors that belong to no layer of the model.
        unread: its tensors that belong to a layer, and say nothing that is understood.
        unfit: layers it would have changed but for the shapes, and why.
        failure: why it did nothing at all, where that is so.
    """

    name: str
    layers: int = 0
    unmatched: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    failure: str = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, in words; each kind takes a line."""
        found = (
            (self.unmatched, "tensors belong to no layer of this model"),
            (self.unread, "tensors are not understood"),
            (self.unfit, "layers do not fit this model"),
        )
        lines = [f'"{self.name}": {len(what)} {said}, such as {what[0]}' for what, said in found if what]
        return tuple(map(printable, (self.failure, *lines) if self.failure else lines))


@dataclass(frozen=True, slots=True, eq=False)
class _LayerChange:
    """What a network has for one layer."""

    layer: Layer
    layout: Layout
    parts: Parts

    @classmethod
    def of(cls, found: LayerParts, lora: FoundLora) -> "_LayerChange":
        layout = find_layout(found.parts)
        if layout is None:
            parts = printable(", ".join(sorted(found.parts)))
            raise NetworkError(f"{lora.path}: no known layout of networks has {parts} for {found.layer.path}")
        return cls(found.layer, layout, found.parts)


@contextmanager
def applied(model: ModelParts, found: Found, *, strict: bool = True) -> Iterator[tuple[Effect, ...]]:
    """While open, networks act: LoRA and its kin are merged into the UNet and the text encoders, and
    hypernetworks stand in the UNet's attention. Then every bit is as before.

    Nothing else may change the model's weights in the meantime. Those that networks touch are held twice.

    Args:
        model: it must be on its device already.
        found: what :func:`mezzotint.runtime.networks.find.find_networks` gave.
        strict: whether a network that cannot be used, or that changes nothing, is an error, or told of in
            its :attr:`Effect.failure`.

    Raises:
        NetworkError: a network is of no known layout, or changes nothing in this model.
        TensorFileError: a file is damaged, or reading it would run code.
    """
    with ExitStack() as stack:
        originals: _Originals = {}
        stack.callback(_put_back, originals)
        effects = [*_merge_all(model, found.loras, originals, strict)]
        for hypernet in found.hypernets:
            with _failing_softly(hypernet.tag.name, effects, strict):
                count = stack.enter_context(attached(model.unet, load_hypernet(hypernet)))
                if not count:
                    raise NetworkError(
                        f"{hypernet.path} changes nothing: it is for other widths than this model's"
                    )
                effects.append(Effect(hypernet.tag.name, count))
        yield tuple(effects)


def _put_back(originals: _Originals) -> None:
    for (module, name), original in originals.items():
        setattr(module, name, original)


@contextmanager
def _failing_softly(name: str, effects: list[Effect], strict: bool) -> Iterator[None]:
    """Turn a network that cannot be used into an effect, unless that is to be an error."""
    try:
        yield
    except (NetworkError, TensorFileError) as error:
        if strict:
            raise
        effects.append(Effect(name, failure=str(error)))


def _merge_all(
    model: ModelParts, loras: Sequence[FoundLora], originals: _Originals, strict: bool
) -> list[Effect]:
    names = named_layers(model) if loras else {}
    files: dict[Path, NetworkFile] = {}
    effects: list[Effect] = []
    for lora in loras:
        with _failing_softly(lora.tag.name, effects, strict):
            if lora.path not in files:
                files[lora.path] = read_network(lora.path, names)
            effects.append(_merge(lora, files[lora.path], model, originals))
    return effects


def _merge(lora: FoundLora, file: NetworkFile, model: ModelParts, originals: _Originals) -> Effect:
    changes = [_LayerChange.of(found, lora) for found in file.layers.values()]
    unread = [f"{c.layer.path}: {part}" for c in changes for part in c.layout.unread(c.parts)]
    count, unfit = 0, []
    for block in _blocks(changes):
        try:
            weights = _merged_block(block, lora.tag)
        except _MISFITS as error:
            unfit.append(f"{block[0].layer.path}: {error}")
            continue
        count += len(block)
        for module, name, weight in weights:
            originals.setdefault((module, name), getattr(module, name))
            setattr(module, name, nn.Parameter(weight, requires_grad=False))
    if not count and (unfit or file.unmatched):
        kind = kind_of_file(file.shapes, file.metadata)
        raise NetworkError(
            f"{lora.path} changes nothing in this model: it is {kind}, and the model is "
            f"{kind_of_model(model.unet)}; use a network made for that"
        )
    return Effect(lora.tag.name, count, file.unmatched, tuple(unread), tuple(unfit))


def _blocks(changes: Iterable[_LayerChange]) -> Iterable[list[_LayerChange]]:
    """Layers that change together or not at all: the four of an attention of OpenCLIP, or one."""
    blocks: dict[str, list[_LayerChange]] = {}
    for change in changes:
        blocks.setdefault(change.layer.attention or change.layer.path, []).append(change)
    return blocks.values()


def _merged_block(block: list[_LayerChange], tag: LoraTag) -> list[tuple[nn.Module, str, Tensor]]:
    """New values for the parameters of a block; nothing is changed yet."""
    if block[0].layer.attention and len(block) < 4:
        raise LayoutError("the reference changes all four projections of this attention or none")
    with torch.no_grad():
        return [value for change in block for value in _merged_layer(change, tag)]


def _merged_layer(change: _LayerChange, tag: LoraTag) -> Iterator[tuple[nn.Module, str, Tensor]]:
    layer, weight = change.layer, change.layer.weight
    multiplier = tag.te if layer.is_text else tag.unet
    delta, bias_delta = layer_change(change.layout, change.parts, weight, multiplier, tag.dyn)
    # What is added decides the type of the sum, except where the original has one tensor for three layers.
    merged = weight + delta if layer.attention else weight.to(delta.dtype) + delta
    yield layer.module, "weight", merged.to(weight.dtype)
    if bias_delta is not None and layer.takes_bias:
        bias = bias_delta if layer.bias is None else layer.bias + bias_delta
        if bias.shape != weight.shape[:1]:
            raise LayoutError(f"has a bias of {tuple(bias.shape)} for a weight of {tuple(weight.shape)}")
        yield layer.module, "bias", bias.to(weight.dtype)
