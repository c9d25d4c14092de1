"""Small checkpoints in the original layout, with random weights, the same in every run."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

Shape = tuple[int, ...]
Named = Iterator[tuple[str, Shape]]
UNET, VAE = "model.diffusion_model.", "first_stage_model."


def _both(name: str, *weight: int) -> Named:
    """A layer with a bias."""
    yield f"{name}.weight", weight
    yield f"{name}.bias", weight[:1]


def _block(name: str, into: int, out: int, time: int) -> Named:
    yield from _both(f"{name}.in_layers.0", into)
    yield from _both(f"{name}.in_layers.2", out, into, 3, 3)
    yield from _both(f"{name}.emb_layers.1", out, time)
    yield from _both(f"{name}.out_layers.0", out)
    yield from _both(f"{name}.out_layers.3", out, out, 3, 3)
    if into != out:
        yield from _both(f"{name}.skip_connection", out, into, 1, 1)


def _transformers(name: str, width: int, context: int, depth: int, *, linear: bool) -> Named:
    kernel = () if linear else (1, 1)
    yield from _both(f"{name}.norm", width)
    for projection in ("proj_in", "proj_out"):
        yield from _both(f"{name}.{projection}", width, width, *kernel)
    for number in range(depth):
        inner = f"{name}.transformer_blocks.{number}"
        for norm in ("norm1", "norm2", "norm3"):
            yield from _both(f"{inner}.{norm}", width)
        for attention, source in (("attn1", width), ("attn2", context)):
            yield f"{inner}.{attention}.to_q.weight", (width, width)
            yield f"{inner}.{attention}.to_k.weight", (width, source)
            yield f"{inner}.{attention}.to_v.weight", (width, source)
            yield from _both(f"{inner}.{attention}.to_out.0", width, width)
        yield from _both(f"{inner}.ff.net.0.proj", width * 8, width)
        yield from _both(f"{inner}.ff.net.2", width, width * 4)


def _unet(
    widths: Shape, depths: Shape, context: int, *, linear: bool = True, adm: int = 0, blocks: int = 1
) -> Named:
    """``blocks`` blocks at each resolution, and one more on the way up."""
    base, time = widths[0], widths[0] * 4
    yield from _both("time_embed.0", time, base)
    yield from _both("time_embed.2", time, time)
    if adm:
        yield from _both("label_emb.0.0", time, adm)
        yield from _both("label_emb.0.2", time, time)
    yield from _both("input_blocks.0.0", base, 4, 3, 3)
    number, width, skips = 1, base, [base]
    for level, (out, depth) in enumerate(zip(widths, depths, strict=True)):
        for _ in range(blocks):
            yield from _block(f"input_blocks.{number}.0", width, out, time)
            if depth:
                yield from _transformers(f"input_blocks.{number}.1", out, context, depth, linear=linear)
            number, width = number + 1, out
            skips.append(width)
        if level < len(widths) - 1:
            yield from _both(f"input_blocks.{number}.0.op", width, width, 3, 3)
            number += 1
            skips.append(width)
    yield from _block("middle_block.0", width, width, time)
    yield from _transformers("middle_block.1", width, context, depths[-1] or max(depths), linear=linear)
    yield from _block("middle_block.2", width, width, time)
    number = 0
    for level in reversed(range(len(widths))):
        for last in [*[False] * blocks, True]:
            yield from _block(f"output_blocks.{number}.0", width + skips.pop(), widths[level], time)
            width, after = widths[level], 1
            if depths[level]:
                after = 2
                name = f"output_blocks.{number}.1"
                yield from _transformers(name, width, context, depths[level], linear=linear)
            if last and level:
                yield from _both(f"output_blocks.{number}.{after}.conv", width, width, 3, 3)
            number += 1
    yield from _both("out.0", base)
    yield from _both("out.2", 4, base, 3, 3)


def _vae_block(name: str, width: int = 32) -> Named:
    for part in ("norm1", "norm2"):
        yield from _both(f"{name}.{part}", width)
    for part in ("conv1", "conv2"):
        yield from _both(f"{name}.{part}", width, width, 3, 3)


def _vae_half(half: str, direction: str, blocks: int, into: int, out: int) -> Named:
    """Four resolutions of 32 channels."""
    yield from _both(f"{half}.conv_in", 32, into, 3, 3)
    for level in range(4):
        for number in range(blocks):
            yield from _vae_block(f"{half}.{direction}.{level}.block.{number}")
        if level != (3 if direction == "down" else 0):
            yield from _both(f"{half}.{direction}.{level}.{direction}sample.conv", 32, 32, 3, 3)
    yield from _vae_block(f"{half}.mid.block_1")
    yield from _vae_block(f"{half}.mid.block_2")
    yield from _both(f"{half}.mid.attn_1.norm", 32)
    for part in ("q", "k", "v", "proj_out"):
        yield from _both(f"{half}.mid.attn_1.{part}", 32, 32, 1, 1)
    yield from _both(f"{half}.norm_out", 32)
    yield from _both(f"{half}.conv_out", out, 32, 3, 3)


def _vae() -> Named:
    yield from _vae_half("encoder", "down", 1, 3, 8)
    yield from _vae_half("decoder", "up", 2, 4, 3)
    yield from _both("quant_conv", 8, 8, 1, 1)
    yield from _both("post_quant_conv", 4, 4, 1, 1)


def _clip(width: int, layers: int = 2, widening: int = 2) -> Named:
    yield "text_model.embeddings.token_embedding.weight", (49408, width)
    yield "text_model.embeddings.position_embedding.weight", (77, width)
    for number in range(layers):
        layer = f"text_model.encoder.layers.{number}"
        for part in ("layer_norm1", "layer_norm2"):
            yield from _both(f"{layer}.{part}", width)
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield from _both(f"{layer}.self_attn.{part}", width, width)
        yield from _both(f"{layer}.mlp.fc1", width * widening, width)
        yield from _both(f"{layer}.mlp.fc2", width, width * widening)
    yield from _both("text_model.final_layer_norm", width)


def _open_clip(width: int, layers: int = 3, widening: int = 2) -> Named:
    yield "positional_embedding", (77, width)
    yield "text_projection", (width, width)
    yield "logit_scale", ()
    yield "token_embedding.weight", (49408, width)
    for number in range(layers):
        block = f"transformer.resblocks.{number}"
        for part in ("ln_1", "ln_2"):
            yield from _both(f"{block}.{part}", width)
        yield f"{block}.attn.in_proj_weight", (width * 3, width)
        yield f"{block}.attn.in_proj_bias", (width * 3,)
        yield from _both(f"{block}.attn.out_proj", width, width)
        yield from _both(f"{block}.mlp.c_fc", width * widening, width)
        yield from _both(f"{block}.mlp.c_proj", width, width * widening)
    yield from _both("ln_final", width)


def _under(prefix: str, named: Named) -> Named:
    return ((prefix + name, shape) for name, shape in named)


def _filled(named: Named) -> dict[str, Tensor]:
    """Half precision, as checkpoints come; norms are near 1 and 0, the rest is small."""
    generator = torch.Generator().manual_seed(0)
    state = {}
    for name, shape in named:
        values = torch.randn(shape, generator=generator) * 0.05
        state[name] = (values + 1 if len(shape) == 1 and name.endswith("weight") else values).half()
    return state


_FAMILIES: dict[str, Callable[[], Named]] = {
    "sd1": lambda: chain(
        _under(UNET, _unet((32, 64), (1, 0), 64, linear=False)),
        _under(VAE, _vae()),
        _under("cond_stage_model.transformer.", _clip(64)),
    ),
    "sd2": lambda: chain(
        _under(UNET, _unet((64, 64), (1, 0), 64)),
        _under(VAE, _vae()),
        _under("cond_stage_model.model.", _open_clip(64)),
    ),
    "sdxl": lambda: chain(
        _under(UNET, _unet((64, 64, 128), (0, 1, 2), 128, adm=64 + 6 * 256)),
        _under(VAE, _vae()),
        _under("conditioner.embedders.0.transformer.", _clip(64)),
        _under("conditioner.embedders.1.model.", _open_clip(64)),
    ),
    "refiner": lambda: chain(
        _under(UNET, _unet((64, 64), (1, 0), 64, adm=64 + 5 * 256)),
        _under(VAE, _vae()),
        _under("conditioner.embedders.0.model.", _open_clip(64)),
    ),
}

_PUBLISHED: dict[str, Callable[[], Named]] = {
    "sd1": lambda: chain(
        _under(UNET, _unet((320, 640, 1280, 1280), (1, 1, 1, 0), 768, linear=False, blocks=2)),
        _under("cond_stage_model.transformer.", _clip(768, 12, 4)),
    ),
    "sd2": lambda: chain(
        _under(UNET, _unet((320, 640, 1280, 1280), (1, 1, 1, 0), 1024, blocks=2)),
        _under("cond_stage_model.model.", _open_clip(1024, 24, 4)),
    ),
    "sdxl": lambda: chain(
        _under(UNET, _unet((320, 640, 1280), (0, 2, 10), 2048, adm=2816, blocks=2)),
        _under("conditioner.embedders.0.transformer.", _clip(768, 12, 4)),
        _under("conditioner.embedders.1.model.", _open_clip(1280, 32, 4)),
    ),
    "refiner": lambda: chain(
        _under(UNET, _unet((384, 768, 1536, 1536), (0, 4, 4, 0), 1280, adm=2560, blocks=2)),
        _under("conditioner.embedders.0.model.", _open_clip(1280, 32, 4)),
    ),
}

States = Callable[[str], dict[str, Tensor]]
Checkpoints = Callable[[str], Path]


@pytest.fixture(scope="session")
def state_of() -> States:
    """The tensors of a family's checkpoint, in a new dictionary."""
    made: dict[str, dict[str, Tensor]] = {}

    def state(family: str) -> dict[str, Tensor]:
        if family not in made:
            made[family] = _filled(_FAMILIES[family]())
        return dict(made[family])

    return state


@pytest.fixture(scope="session")
def published() -> States:
    """The tensors of a published checkpoint but for its VAE: in full size, and without memory."""

    def state(family: str) -> dict[str, Tensor]:
        return {name: torch.empty(shape, device="meta") for name, shape in _PUBLISHED[family]()}

    return state


@pytest.fixture(scope="session")
def checkpoint(state_of: States, tmp_path_factory: pytest.TempPathFactory) -> Checkpoints:
    """The file of a family's checkpoint; nothing lies beside it."""
    folder = tmp_path_factory.mktemp("checkpoints")

    def path(family: str) -> Path:
        file = folder / f"{family}.safetensors"
        if not file.exists():
            save_file(state_of(family), file)
        return file

    return path


@pytest.fixture(autouse=True)
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder for each test."""
    home = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.delenv("MEZZOTINT_NO_CACHE", raising=False)
    return home
