"""A network file's tensors, by the layers of a model that they change."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mezzotint.runtime.models.tensors import SafetensorsFile, tensor_file
from mezzotint.runtime.networks.keys import read_key
from mezzotint.runtime.networks.layers import Layer
from mezzotint.runtime.networks.peft_metadata import peft_scale

BUNDLED = "bundle_emb"
_TYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


@dataclass(frozen=True, slots=True, eq=False)
class LayerParts:
    """What a file has for one layer: tensors by kohya's words for the parts."""

    layer: Layer
    parts: dict[str, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkFile:
    """A network file, read for a model.

    Attributes:
        layers: by their path, in the file's order.
        unmatched: tensors of no layer of the model.
        shapes: of all its tensors.
        metadata: what the trainer wrote beside them; nothing in a pickle.
    """

    layers: Mapping[str, LayerParts]
    unmatched: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str]


def read_network(path: Path, names: Mapping[str, Layer]) -> NetworkFile:
    """Read a file for a model whose layers go by these names; embeddings bundled in it are left.

    Raises:
        TensorFileError: the file is damaged, or would run code.
    """
    layers: dict[str, LayerParts] = {}
    unmatched = []
    file = tensor_file(path)
    tensors = file.read(lambda name: not name.startswith(f"{BUNDLED}."))
    for name, tensor in tensors.items():
        key = read_key(name)
        layer = names.get(key.layer)
        if layer is None:
            unmatched.append(name)
            continue
        found = layers.setdefault(layer.path, LayerParts(layer, {}))
        found.parts[key.part] = _calculable(tensor)
    metadata = file.header.metadata if isinstance(file, SafetensorsFile) else {}
    for found in layers.values():
        _add_scale(found, metadata)
    return NetworkFile(layers, tuple(unmatched), file.shapes, metadata)


def _add_scale(found: LayerParts, metadata: Mapping[str, str]) -> None:
    """Give a LoRA without ``alpha`` the factor that its metadata has for it."""
    down = found.parts.get("lora_down.weight")
    if down is None or not down.ndim or found.parts.keys() & {"alpha", "scale"}:
        return
    if (scale := peft_scale(found.layer.path, down.shape[0], metadata)) is not None:
        found.parts["scale"] = torch.tensor(scale, dtype=torch.float64)


def _calculable(tensor: Tensor) -> Tensor:
    """In a type that products exist in; 8-bit floats become float32."""
    if tensor.is_floating_point() and tensor.dtype not in _TYPES:
        return tensor.float()
    return tensor
