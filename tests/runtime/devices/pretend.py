"""A pretended accelerator: its tensors lie in the CPU's memory, and refuse to meet those of the CPU.

What a GPU would refuse, a tensor that was left on the wrong device, shows without one. Run as a program it
renders on it and on the CPU, and prints for each kind of picture by how many grey levels the two differ.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.compare import compare
from mezzotint.runtime.engine import Engine
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.loader import LoadedModel
from mezzotint.runtime.passes.settings import HiresSettings, ImageSettings, MaskSettings
from mezzotint.runtime.passes.source import Source
from mezzotint.runtime.sampler_table import SAMPLERS

DEVICE = "pretend"
_MOVES = ("_to_copy", "copy_", "to", "type_as")


class Away(torch.Tensor):
    """A tensor of the pretended device."""

    held: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor) -> "Away":
        """Of the same shape and type."""
        made: Away = torch.Tensor._make_wrapper_subclass(
            cls, inner.shape, strides=inner.stride(), dtype=inner.dtype, device=torch.device(DEVICE)
        )
        made.held = inner
        return made

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, _types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Compute on the CPU."""
        return _run(func, args, kwargs or {})


def _run(func: Any, args: Any, kwargs: Any) -> Any:
    name = func.overloadpacket.__name__
    leaves = tree_leaves((args, kwargs))
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
    devices = [leaf.type for leaf in leaves if isinstance(leaf, torch.device)]
    is_away = any(isinstance(tensor, Away) for tensor in tensors)
    if is_away and name not in _MOVES and any(not isinstance(t, Away) and t.ndim for t in tensors):
        raise RuntimeError(f"{func}: tensors on two devices")
    if devices:
        is_away = devices[0] == DEVICE
    elif name in ("to", "type_as") and len(tensors) > 1:
        is_away = isinstance(tensors[1], Away)
    result = func(*tree_map(_here, args), **tree_map(_here, kwargs))
    if name.endswith("_"):
        return args[0]
    return tree_map(lambda out: Away(out) if isinstance(out, Tensor) and is_away else out, result)


def _here(value: Any) -> Any:
    if isinstance(value, torch.device):
        return torch.device("cpu")
    return value.held if isinstance(value, Away) else value


class _Dispatch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class _Making(TorchFunctionMode):
    """``torch.tensor`` with a device, which asks no mode."""

    def __torch_function__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.tensor and torch.device(kwargs.get("device") or "cpu").type == DEVICE:
            return Away(func(*args, **{**kwargs, "device": "cpu"}))
        return func(*args, **kwargs)


def model(dtype: torch.dtype, *, away: bool) -> LoadedModel:
    """The built-in model, on the pretended device or on the CPU."""
    loaded = LoadedModel(find_model("builtin"), dtype=dtype)
    for network in (loaded.unet, loaded.vae, *loaded.text_encoders) if away else ():
        for module in network.modules():
            for name, parameter in module._parameters.items():
                if parameter is not None:
                    module._parameters[name] = torch.nn.Parameter(Away(parameter.detach()), False)
            for name, buffer in module._buffers.items():
                module._buffers[name] = None if buffer is None else Away(buffer)
    loaded.device = DEVICE if away else "cpu"
    return loaded


def paint(loaded: LoadedModel, settings: RenderSettings) -> Image.Image:
    """One picture."""
    drawn = Image.radial_gradient("L").resize((64, 64))
    source = Source(drawn.convert("RGB"), drawn if settings.image and settings.image.mask.hash else None)
    prompts = loaded.encode(compile_prompt("a red circle AND a [blue|green] star", "grey"), size=(64, 64))
    return Engine(loaded, threads=1).sample(prompts, settings, hires=prompts, source=source).image


def kinds() -> dict[str, RenderSettings]:
    """What is rendered."""

    def settings(**changes: Any) -> RenderSettings:
        return RenderSettings(**{"steps": 3, "width": 64, "height": 64, "seed": 2, **changes})

    return {
        **{info.name: settings(sampler=info.name) for info in SAMPLERS},
        "hires": settings(hires=HiresSettings(scale=1.5)),
        "hires by pixels": settings(hires=HiresSettings(scale=1.5, upscaler="Lanczos")),
        "image": settings(image=ImageSettings(), steps=6),
        "mask": settings(
            image=ImageSettings(mask=MaskSettings(hash="x", content="latent noise")),
            sampler="Euler a",
            steps=6,
        ),
        "rest": settings(
            tiling=True, fast=True, variation_strength=0.3, guidance_rescale=0.5, pad_conds=True, rng="NV"
        ),
    }


def main() -> None:
    """Print the differences as JSON."""
    from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

    setup: Callable[[str], None] = _setup_privateuseone_for_python_backend
    setup(DEVICE)
    found = {}
    for dtype in (torch.float32, torch.float16):
        near, far = model(dtype, away=False), model(dtype, away=True)
        for name, settings in kinds().items() if dtype is torch.float32 else [("half", kinds()["Euler"])]:
            expected = paint(near, settings)
            with _Making(), _Dispatch():  # type: ignore[no-untyped-call]
                found[name] = compare(expected, paint(far, settings)).levels
    try:
        torch.zeros(2) + Away(torch.zeros(2))
    except RuntimeError as error:
        found["refused"] = "two devices" in str(error)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
