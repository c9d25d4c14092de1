"""Diffusers and transformers configurations, derived from the shapes of a checkpoint's tensors.

Shapes tell all but the attention heads, for which each family has a rule, and which
:class:`mezzotint.runtime.models.hints.Hints` may say.
"""

from itertools import count, pairwise
from typing import Any

from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.header import Shapes, TensorFileError
from mezzotint.runtime.models.hints import Hints

_SD1_HEADS = 8
_HEAD_WIDTH = 64
_TIME_NUMBER_WIDTH = 256


def unet_config(shapes: Shapes, family: Family, hints: Hints) -> dict[str, Any]:
    """The configuration of a ``UNet2DConditionModel``.

    Args:
        shapes: of the UNet in the original layout, without a prefix.
        family: of the checkpoint.
        hints: of the checkpoint.

    Raises:
        TensorFileError: the tensors are no such UNet, or its heads cannot be told.

    Source: the published configurations of SD 1, SD 2 and SDXL.
    """
    levels = _unet_levels(shapes)
    channels = unet_channels(shapes)
    depths = [max(depth for _, depth in level) for level in levels]
    middle = _depth(shapes, "middle_block.1.")
    crossed = ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths]
    cross = next((name for name in shapes if name.endswith("attn2.to_k.weight")), "attn2.to_k.weight")
    linear = next((len(s) == 2 for name, s in shapes.items() if name.endswith(".proj_in.weight")), False)
    config: dict[str, Any] = {
        "in_channels": _shape(shapes, "input_blocks.0.0.weight")[1],
        "out_channels": _shape(shapes, "out.2.weight")[0],
        "block_out_channels": channels,
        "layers_per_block": len(levels[0]),
        "down_block_types": crossed,
        "up_block_types": [name.replace("Down", "Up") for name in reversed(crossed)],
        # Where a level has no transformers its number is idle, but the middle block reads the last one.
        "transformer_layers_per_block": [depth or 1 for depth in depths[:-1]] + [depths[-1] or middle],
        "cross_attention_dim": _shape(shapes, cross)[1],
        "use_linear_projection": linear,
        "attention_head_dim": _unet_heads(channels, family, hints),
    }
    if family.is_sdxl:
        config |= {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": _TIME_NUMBER_WIDTH,
            "projection_class_embeddings_input_dim": _shape(shapes, "label_emb.0.0.weight")[1],
        }
    return config


def unet_channels(shapes: Shapes) -> list[int]:
    """The channels of a UNet's blocks at each resolution; the argument as in :func:`unet_config`.

    Raises:
        TensorFileError: the tensors are no such UNet.
    """
    return [level[0][0] for level in _unet_levels(shapes)]


def _unet_levels(shapes: Shapes) -> list[list[tuple[int, int]]]:
    """For each resolution the blocks' channels and transformer depths."""
    levels: list[list[tuple[int, int]]] = [[]]
    for number in count(1):
        block = f"input_blocks.{number}."
        if f"{block}0.op.weight" in shapes:
            levels.append([])
        elif f"{block}0.out_layers.3.weight" in shapes:
            channels = _shape(shapes, f"{block}0.out_layers.3.weight")[0]
            levels[-1].append((channels, _depth(shapes, f"{block}1.")))
        else:
            break
    if any(len(first) != len(second) for first, second in pairwise(levels)) or not levels[0]:
        raise TensorFileError("not built as Stable Diffusion's: is the file damaged?")
    return levels


def _depth(shapes: Shapes, block: str) -> int:
    """How many transformers stand in a block."""
    return next(n for n in count() if f"{block}transformer_blocks.{n}.norm1.weight" not in shapes)


def _unet_heads(channels: list[int], family: Family, hints: Hints) -> int | list[int]:
    if heads := hints.unet.get("num_heads"):
        return heads
    width = hints.unet.get("num_head_channels")
    given: Any = hints.folder.get("unet", {}).get("attention_head_dim")
    if width is None and _are_heads(given, len(channels)):
        counts: int | list[int] = given
        return counts
    if width is None and family is Family.SD1:
        return _SD1_HEADS
    width = width or _HEAD_WIDTH
    if any(side % width for side in channels):
        raise TensorFileError(
            f"{channels} channels are of no published size, so that the attention heads cannot be told: "
            "put its configuration beside it, under the same name and ending in .yaml"
        )
    return [side // width for side in channels]


def _are_heads(value: object, levels: int) -> bool:
    heads = value if isinstance(value, list) else [value] * levels
    return len(heads) == levels and all(isinstance(number, int) and number > 0 for number in heads)


def vae_config(shapes: Shapes, scaling_factor: float) -> dict[str, Any]:
    """The configuration of an ``AutoencoderKL``.

    Args:
        shapes: of the VAE in the original layout, without a prefix.
        scaling_factor: of the family.

    Raises:
        TensorFileError: the tensors are no such VAE.
    """
    levels = [f"encoder.down.{n}.block." for n in _counted(shapes, "encoder.down.{}.block.0.conv1.weight")]
    if not levels:
        raise TensorFileError("not built as Stable Diffusion's: is the file damaged?")
    return {
        "in_channels": _shape(shapes, "encoder.conv_in.weight")[1],
        "out_channels": _shape(shapes, "decoder.conv_out.weight")[0],
        "latent_channels": _shape(shapes, "decoder.conv_in.weight")[1],
        "block_out_channels": [_shape(shapes, f"{level}0.conv1.weight")[0] for level in levels],
        "layers_per_block": len(_counted(shapes, levels[0] + "{}.conv1.weight")),
        "down_block_types": ["DownEncoderBlock2D"] * len(levels),
        "up_block_types": ["UpDecoderBlock2D"] * len(levels),
        "scaling_factor": scaling_factor,
    }


def text_config(shapes: Shapes, component: str, hints: Hints, *, is_open_clip: bool) -> dict[str, Any]:
    """The configuration of a ``CLIPTextModel``.

    Args:
        shapes: as transformers names the tensors.
        component: ``text_encoder`` or ``text_encoder_2``.
        hints: of the checkpoint.
        is_open_clip: OpenCLIP's models have another activation function.

    Raises:
        TensorFileError: the tensors are no such text encoder, or its heads cannot be told.
    """
    vocabulary, width = _shape(shapes, "embeddings.token_embedding.weight")
    heads = hints.text_heads(component, width, is_open_clip=is_open_clip)
    if heads is None and width % _HEAD_WIDTH == 0:
        heads = width // _HEAD_WIDTH
    if heads is None:
        raise TensorFileError(
            f"{width} channels are of no published size, so that the attention heads cannot be told: "
            f"put its configuration beside it, as config/{component}/config.json"
        )
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": _shape(shapes, "encoder.layers.0.mlp.fc1.weight")[0],
        "num_hidden_layers": len(_counted(shapes, "encoder.layers.{}.mlp.fc1.weight")),
        "num_attention_heads": heads,
        "max_position_embeddings": _shape(shapes, "embeddings.position_embedding.weight")[0],
        "hidden_act": "gelu" if is_open_clip else "quick_gelu",
        "projection_dim": shapes.get("text_projection.weight", (width,))[0],
        "bos_token_id": 0,
        "eos_token_id": 2,
        "pad_token_id": 1,
    }


def _counted(shapes: Shapes, name: str) -> range:
    """0, 1, … for as long as there is a tensor of that name."""
    return range(next(n for n in count() if name.format(n) not in shapes))


def _shape(shapes: Shapes, name: str) -> tuple[int, ...]:
    """The shape of a matrix or kernel that every such model has."""
    if name not in shapes or len(shapes[name]) < 2 or 0 in shapes[name]:
        raise TensorFileError(f"tensor {name!r} is missing or malformed: is the file damaged?")
    return shapes[name]
