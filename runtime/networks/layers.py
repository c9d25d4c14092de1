"""The layers of a loaded model, by the names that network files call them by.

The reference runs the original code and so knows a layer by its place there (``input_blocks_4_1_…``); names
after diffusers' modules it translates. Names that it does not translate, it ignores: those are left out
here, too, except for dotted paths, which it does not read at all.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/networks.py``; the layout of
the original UNet is CompVis/latent-diffusion ``ldm/modules/diffusionmodules/openaimodel.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor, nn


class ModelParts(Protocol):
    """The parts of a model that networks change."""

    @property
    def unet(self) -> Any:
        """A diffusers ``UNet2DConditionModel``."""
        ...

    @property
    def text_encoders(self) -> Sequence[Any]:
        """One ``CLIPTextModel`` (SD 1.x, 2.x), or that of CLIP-L and that of OpenCLIP-G (SDXL)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer that a network can change.

    Attributes:
        path: its path in a pipeline of diffusers.
        module: what holds ``weight`` and ``bias``.
        attention: the path of the attention it belongs to, where the original holds the three input
            projections in one tensor (OpenCLIP).
    """

    path: str
    module: nn.Module
    attention: str = ""

    @property
    def is_text(self) -> bool:
        """Whether the factor for text encoders applies."""
        return self.path.startswith("text_encoder")

    @property
    def weight(self) -> Tensor:
        """Its weight as it is now."""
        weight: Tensor = self.module.get_parameter("weight")
        return weight

    @property
    def bias(self) -> Tensor | None:
        """Its bias as it is now."""
        bias: Tensor | None = getattr(self.module, "bias", None)
        return bias

    @property
    def takes_bias(self) -> bool:
        """Whether the reference changes its bias, too: not that of a projection in a shared tensor."""
        return not self.attention or self.path.endswith(".out_proj")


def named_layers(model: ModelParts) -> dict[str, Layer]:
    """All layers under each of their names."""
    found = dict(_unet_layers(model.unet))
    encoders = list(model.text_encoders)
    for index, encoder in enumerate(encoders):
        found.update(_text_layers(encoder, index, len(encoders)))
    return found


_KINDS = (nn.Linear, nn.Conv2d, nn.GroupNorm, nn.LayerNorm)


def _with_weights(root: Any) -> Iterator[tuple[str, nn.Module]]:
    return ((path, module) for path, module in root.named_modules() if isinstance(module, _KINDS))


def _unet_layers(unet: Any) -> Iterator[tuple[str, Layer]]:
    original = _original_blocks(unet)
    for path, module in _with_weights(unet):
        layer = Layer(f"unet.{path}", module)
        yield layer.path, layer
        name = _original_name(path, original)
        yield f"lora_unet_{name}", layer
        yield f"oft_unet_{name}", layer
        if _is_translated(path, name):
            yield f"lora_unet_{_flat(path)}", layer


_TRANSLATED = ("conv_in", "conv_out", "time_embedding.", "down_blocks.", "mid_block.", "up_blocks.")


def _is_translated(path: str, name: str) -> bool:
    """Whether the reference knows the layer by its name in diffusers, too."""
    if path.startswith("up_blocks.") and ".upsamplers." in path:
        # It takes the first block to have no attention, which is wrong for SDXL, whose layer it then misses.
        return name.endswith("_1_conv") == path.startswith("up_blocks.0.")
    return path.startswith(_TRANSLATED)


_RESNET = {
    "conv1": "in_layers_2",
    "conv2": "out_layers_3",
    "norm1": "in_layers_0",
    "norm2": "out_layers_0",
    "time_emb_proj": "emb_layers_1",
    "conv_shortcut": "skip_connection",
}


def _original_name(path: str, blocks: Mapping[str, str]) -> str:
    """``down_blocks.0.resnets.0.conv1`` is ``input_blocks_1_0_in_layers_2``."""
    if path in blocks:
        return blocks[path]
    depth = 3 if path.startswith("mid_block.") else 4
    parts = path.split(".")
    block, rest = ".".join(parts[:depth]), "_".join(parts[depth:])
    if block not in blocks:
        return _flat(path)
    return f"{blocks[block]}_{_RESNET.get(rest, rest) if 'resnets' in parts else rest}"


def _original_blocks(unet: Any) -> dict[str, str]:
    """The places of diffusers' blocks in the original, where all stand in two numbered rows."""
    blocks = {
        "conv_in": "input_blocks_0_0",
        "time_embedding.linear_1": "time_embed_0",
        "time_embedding.linear_2": "time_embed_2",
        "add_embedding.linear_1": "label_emb_0_0",
        "add_embedding.linear_2": "label_emb_0_2",
        "conv_norm_out": "out_0",
        "conv_out": "out_2",
        "mid_block.resnets.0": "middle_block_0",
        "mid_block.attentions.0": "middle_block_1",
        "mid_block.resnets.1": "middle_block_2",
    }
    at = 1
    for i, block in enumerate(unet.down_blocks):
        for j in range(len(block.resnets)):
            blocks[f"down_blocks.{i}.resnets.{j}"] = f"input_blocks_{at}_0"
            blocks[f"down_blocks.{i}.attentions.{j}"] = f"input_blocks_{at}_1"
            at += 1
        if block.downsamplers:
            blocks[f"down_blocks.{i}.downsamplers.0.conv"] = f"input_blocks_{at}_0_op"
            at += 1
    at = 0
    for i, block in enumerate(unet.up_blocks):
        for j in range(len(block.resnets)):
            blocks[f"up_blocks.{i}.resnets.{j}"] = f"output_blocks_{at}_0"
            blocks[f"up_blocks.{i}.attentions.{j}"] = f"output_blocks_{at}_1"
            at += 1
        if block.upsamplers:
            place = 2 if getattr(block, "attentions", None) else 1
            blocks[f"up_blocks.{i}.upsamplers.0.conv"] = f"output_blocks_{at - 1}_{place}_conv"
    return blocks


def _text_layers(encoder: Any, index: int, count: int) -> Iterator[tuple[str, Layer]]:
    is_open_clip = encoder.config.hidden_act == "gelu"
    pipeline_name = "text_encoder_2" if index else "text_encoder"
    for path, module in _with_weights(encoder):
        # transformers 5 dropped the level from CLIPTextModel, and kept it where there is a projection.
        path = path.removeprefix("text_model.")
        in_pipeline = path if path == "text_projection" else f"text_model.{path}"
        attention, _, last = path.rpartition(".")
        packed = is_open_clip and attention.endswith("self_attn")
        layer = Layer(
            f"{pipeline_name}.{in_pipeline}", module, f"{pipeline_name}.{attention}" if packed else ""
        )
        yield layer.path, layer
        if is_open_clip:
            if path.startswith("encoder.layers.") and last in _OPEN_CLIP:
                yield f"lora_te{'2' if count > 1 else ''}_text_model_{_flat(path)}", layer
        else:
            yield f"lora_te1_text_model_{_flat(path)}", layer
            if count == 1 and path.startswith("encoder.layers."):
                yield f"lora_te_text_model_{_flat(path)}", layer


_OPEN_CLIP = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
"""What it translates: OpenCLIP has other names for the norms, which it does not."""


def _flat(path: str) -> str:
    return path.replace(".", "_")
