"""The options of ``mezzotint render`` and ``reproduce``, and what they say about a picture."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from mezzotint.runtime.passes.settings import (
    LATENT_UPSCALERS,
    MASKED_CONTENTS,
    PIXEL_UPSCALERS,
    RESIZE_MODES,
    HiresSettings,
    ImageSettings,
    RefinerSettings,
)
from mezzotint.runtime.request import Request

Command = TypeVar("Command", bound=Callable[..., Any])
_SIZE = re.compile(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})")
_FACTOR = re.compile(r"\d{1,2}(\.\d{1,6})?")
_MASK_BLUR = 4  # what A1111's form begins with
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


class _Size(click.ParamType["tuple[int, int]"]):
    name = "WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        found = _SIZE.fullmatch(str(value))
        if not found:
            self.fail(f"{value!r} is not a size: write it as 512x768", param, ctx)
        return int(found[1]), int(found[2])


class _Target(click.ParamType["float | tuple[int, int]"]):
    name = "FACTOR|WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | tuple[int, int]:
        if found := _SIZE.fullmatch(str(value)):
            return int(found[1]), int(found[2])
        if not _FACTOR.fullmatch(str(value)):
            self.fail(f"{value!r} is neither a factor nor a size: write 2 or 1024x1536", param, ctx)
        return float(value)


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


network_options = _all(
    click.option(
        "--vae", metavar="VAE", help="A VAE to use instead of the model's own: a path, or as for --model."
    ),
    click.option("--refiner", metavar="MODEL", help="A model that takes over on the way, as for --model."),
    click.option(
        "--lora-dir",
        "loras",
        type=_FOLDER,
        multiple=True,
        metavar="DIR",
        help="Where LoRA files are that <lora:…> tags name; may be given again.",
    ),
    click.option(
        "--hypernet-dir",
        "hypernets",
        type=_FOLDER,
        multiple=True,
        metavar="DIR",
        help="Where hypernetworks are.",
    ),
    click.option(
        "--embedding-dir",
        "embeddings",
        type=_FOLDER,
        multiple=True,
        metavar="DIR",
        help="Where textual inversions are that the prompts name.",
    ),
)

picture_options = _all(
    click.option("--init", type=_FILE, metavar="FILE", help="A picture to start from."),
    click.option(
        "--mask", type=_FILE, metavar="FILE", help="Paint only where this picture is white, or is opaque."
    ),
)

pass_options = _all(
    click.option(
        "--strength",
        type=float,
        metavar="X",
        help="Denoising strength of --hires (0.7) or --init (0.75), 0 to 1.",
    ),
    click.option(
        "--hires", type=_Target(), help="Enlarge by a factor or to a size, and sample a second time."
    ),
    click.option(
        "--hires-steps", type=int, metavar="N", help="Steps of the second pass.  [default: --steps]"
    ),
    click.option(
        "--hires-upscaler",
        metavar="NAME",
        help=f"One of {', '.join((*LATENT_UPSCALERS, *PIXEL_UPSCALERS))}.  [default: Latent]",
    ),
    click.option("--hires-sampler", metavar="NAME", help="Sampler of the second pass."),
    click.option("--hires-scheduler", metavar="NAME", help="Noise schedule of the second pass."),
    click.option("--hires-prompt", metavar="TEXT", help="Prompt of the second pass."),
    click.option("--hires-negative", metavar="TEXT", help="Negative prompt of the second pass."),
    click.option(
        "--resize-mode",
        type=click.Choice(RESIZE_MODES, case_sensitive=False),
        help="How --init is brought to size.  [default: Just resize]",
    ),
    click.option("--noise-multiplier", type=float, metavar="X", help="Factor on the noise over --init."),
    click.option(
        "--exact-steps", is_flag=True, default=None, help="Take all steps over --init, not a share of them."
    ),
    click.option(
        "--mask-blur", type=int, metavar="N", help=f"Blur of the mask in pixels.  [default: {_MASK_BLUR}]"
    ),
    click.option(
        "--mask-content",
        type=click.Choice(MASKED_CONTENTS),
        help="What stands under the mask first.  [default: original]",
    ),
    click.option("--mask-invert", is_flag=True, default=None, help="Paint what is not masked."),
    click.option(
        "--only-masked", is_flag=True, default=None, help="Enlarge the masked part, paint it, put it back."
    ),
    click.option(
        "--mask-padding",
        type=int,
        metavar="N",
        help="Pixels around the part with --only-masked.  [default: 32]",
    ),
    click.option(
        "--refiner-switch",
        type=float,
        metavar="X",
        help="Share of the way that the first model goes alone.  [default: 0.8]",
    ),
    click.option(
        "--extra-noise", type=float, metavar="X", help="More noise where a pass starts from a picture."
    ),
)

setting_options = _all(
    click.option("--steps", type=int, metavar="N", help="Sampling steps.  [default: 20]"),
    click.option(
        "--sampler", metavar="NAME", help='As A1111 names it; "DPM++ 2M Karras" works.  [default: DPM++ 2M]'
    ),
    click.option(
        "--scheduler", metavar="NAME", help="Noise schedule.  [default: Automatic, the sampler's own]"
    ),
    click.option("--cfg", "cfg_scale", type=float, metavar="SCALE", help="CFG scale.  [default: 7]"),
    click.option(
        "--cfg-rescale",
        "guidance_rescale",
        type=float,
        metavar="X",
        help="Keep a high CFG scale from burning out, 0 to 1.",
    ),
    click.option("--seed", type=int, metavar="N", help="Seed of the noise.  [default: random]"),
    click.option(
        "--size",
        type=_Size(),
        help="Width and height in pixels.  [default: that of --init, or what the model was trained for]",
    ),
    click.option(
        "--clip-skip", type=int, metavar="N", help="Text encoder layers to leave out, counted as A1111 does."
    ),
    click.option(
        "--rng", metavar="SOURCE", help="Noise source: CPU, NV or GPU (computed as NV).  [default: CPU]"
    ),
    click.option("--tiling", is_flag=True, default=None, help="Let the picture's edges meet."),
    click.option(
        "--pad-conds", is_flag=True, default=None, help="Pad prompts of different lengths with empty ones."
    ),
)

_SETTINGS = (
    "steps", "sampler", "scheduler", "cfg_scale", "guidance_rescale", "seed", "clip_skip", "tiling",
    "pad_conds", "extra_noise", "fast",
)  # fmt: skip


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the render settings that the options name; ``None`` where they are silent."""
    width, height = options["size"] or (None, None)
    rng = options["rng"]
    named = {name: options[name] for name in _SETTINGS}
    return {**named, "width": width, "height": height, "rng": rng.upper() if rng else None}


def with_passes(request: Request, options: Mapping[str, Any]) -> Request:
    """The request with the passes that the options ask for; what they leave out, the document says.

    Raises:
        click.UsageError: an option is of no use without another one.
        MezzotintError: a value is out of range.
    """
    settings = request.settings
    hires, image = settings.hires, settings.image
    if options["init"] is not None:
        hires = None
    if options["hires"] is not None:
        hires, image = hires or HiresSettings(), None
    hires = _hires(hires, options)
    image = _image(image, options)
    if options["init"] is None:
        image = None
    if hires is None and image is None and options["strength"] is not None:
        raise click.UsageError("--strength is of no use without --hires or --init")
    refiner = _refiner(settings.refiner, options)
    return replace(request, settings=replace(settings, hires=hires, image=image, refiner=refiner))


def _hires(hires: HiresSettings | None, options: Mapping[str, Any]) -> HiresSettings | None:
    given = _given(options, "hires_", ("steps", "upscaler", "sampler", "scheduler", "prompt"))
    given |= _given(options, "", ("strength",))
    if options["hires_negative"] is not None:
        given["negative_prompt"] = options["hires_negative"]
    if isinstance(options["hires"], tuple):
        given["resize"] = options["hires"]
    elif options["hires"] is not None:
        given |= {"scale": options["hires"], "resize": (0, 0)}
    if hires is not None:
        return replace(hires, **given)
    if given.keys() - {"strength"}:
        raise click.UsageError("options of the second pass are of no use without --hires")
    return None


def _refiner(refiner: RefinerSettings | None, options: Mapping[str, Any]) -> RefinerSettings | None:
    switch = options["refiner_switch"]
    if options["refiner"] is None and refiner is None and switch is not None:
        raise click.UsageError("--refiner-switch is of no use without --refiner")
    if options["refiner"] is not None:
        refiner = refiner or RefinerSettings(model=options["refiner"])
    return refiner if refiner is None or switch is None else replace(refiner, switch_at=switch)


def _image(image: ImageSettings | None, options: Mapping[str, Any]) -> ImageSettings | None:
    given = _given(options, "", ("resize_mode", "noise_multiplier", "exact_steps"))
    masked = _given(options, "mask_", ("blur", "content", "padding")) | _given(options, "", ("only_masked",))
    if options["mask_invert"] is not None:
        masked["inverted"] = options["mask_invert"]
    if options["init"] is None:
        if given or masked or options["mask"] is not None:
            raise click.UsageError("options of a picture to start from are of no use without --init")
        return image
    if masked and options["mask"] is None:
        raise click.UsageError("options of a mask are of no use without --mask")
    if options["mask"] is not None and image is None:
        masked.setdefault("blur", _MASK_BLUR)
    image = image or ImageSettings()
    given |= _given(options, "", ("strength",))
    return replace(image, mask=replace(image.mask, **masked), **given)


def _given(options: Mapping[str, Any], prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Fields whose options were given."""
    return {name: options[prefix + name] for name in names if options[prefix + name] is not None}
