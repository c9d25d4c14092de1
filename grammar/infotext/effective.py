"""Everything an infotext means to v1.10.1: the settings with defaults and old conventions filled in.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py`` and ``modules/infotext_versions.py``.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.record import Infotext, size_of
from mezzotint.grammar.infotext.samplers import AUTOMATIC, SAME_SAMPLER, SAME_SCHEDULE
from mezzotint.grammar.infotext.versions import Version, known, parse_version

Settings: TypeAlias = dict[str, str | int | bool]
Attention: TypeAlias = Callable[[str], Iterable[tuple[str, float]]]

SAME_CHECKPOINT = "Use same checkpoint"

_HIRES_STYLES = known("1.8.0-139")
_NEW_TIMELINES = known("1.6.0")
_FULL_PRECISION_ALPHAS = known("1.7.0-225")
_REFINER_BY_TIME = known("1.8.0")

_DEFAULTS: Settings = {
    "Hires sampler": SAME_SAMPLER,
    "Hires schedule type": SAME_SCHEDULE,
    "Hires checkpoint": SAME_CHECKPOINT,
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
    "RNG": "GPU",
    "Schedule type": AUTOMATIC,
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
}


class InfotextError(MezzotintError):
    """A number in an infotext cannot be computed with; the reference fails on it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The reference's settings that change how it reads an infotext, with its defaults."""

    backcompat: bool = True
    old_hires_size: bool = False  # "use_old_hires_fix_width_height"
    skip: frozenset[str] = frozenset()  # keys to disregard


def effective(infotext: Infotext, attention: Attention, options: ReadOptions | None = None) -> Settings:
    """The complete settings; texts stay texts, only values filled in here are numbers or booleans.

    A value like ``512x768`` becomes two entries, ``Size-1`` and ``Size-2``. No style database is consulted.

    Args:
        attention: the attention parser, which tells whether the prompts use emphasis;
            :func:`mezzotint.compiler.passes.attention.attention` is the reference's.

    Raises:
        InfotextError: ``First pass size`` or the size beside it cannot be converted.
        PromptError: whatever ``attention`` raises on a malformed weight in either prompt; a text
            that has ``Emphasis`` is not asked.
    """
    options = options or ReadOptions()
    settings = _split_sizes(infotext)
    version = parse_version(str(settings.get("Version", "")))
    _settle_hires_prompts(settings, infotext, version)
    settings["Prompt"] = infotext.prompt
    settings["Negative prompt"] = infotext.negative_prompt
    settings.setdefault("Clip skip", "1")
    if "Hypernet" in settings:
        strength = settings.get("Hypernet strength", "1.0")
        settings["Prompt"] = f"{infotext.prompt}<hypernet:{settings['Hypernet']}:{strength}>"
    if "Hires resize-1" not in settings:
        settings["Hires resize-1"] = settings["Hires resize-2"] = 0
    _settle_first_pass(settings, options)
    for key, value in _DEFAULTS.items():
        settings.setdefault(key, value)
    if settings["FP8 weight"] != "Disable":
        settings.setdefault("Cache FP16 weight for LoRA", False)
    # The reference reads the weights even so, and fails on a text that it wrote itself with "Emphasis: None".
    if "Emphasis" not in settings and _uses_emphasis(infotext, attention):
        settings["Emphasis"] = "Original"
    settings.setdefault("Refiner switch by sampling steps", False)
    if options.backcompat and version is not None:
        _apply_backcompat(settings, version)
    for key in options.skip:
        settings.pop(key, None)
    return settings


def _split_sizes(infotext: Infotext) -> Settings:
    settings: Settings = {}
    for setting in infotext.settings:
        if setting.value is None:
            continue
        pair = size_of(setting.value)
        if pair is None:
            settings[setting.key] = setting.value
        else:
            settings[f"{setting.key}-1"], settings[f"{setting.key}-2"] = pair
    return settings


def _settle_hires_prompts(settings: Settings, infotext: Infotext, version: Version | None) -> None:
    """Looking for styles in the hires prompts blanks each one that equals the prompt of the first pass."""
    mains = {"Hires prompt": infotext.prompt, "Hires negative prompt": infotext.negative_prompt}
    if settings.keys().isdisjoint(mains) or (version is not None and version <= _HIRES_STYLES):
        return
    for key, main in mains.items():
        value = settings.get(key, main)
        settings[key] = "" if value == main else value


def _settle_first_pass(settings: Settings, options: ReadOptions) -> None:
    """Before 2023 ``Size`` was the final size and ``First pass size`` the first."""
    try:
        if options.old_hires_size:
            width, height = int(settings["Hires resize-1"]), int(settings.get("Hires resize-2", 0))
            if width and height:
                settings["Size-1"], settings["Size-2"] = width, height
                return
        if not {"First pass size-1", "First pass size-2"} <= settings.keys():
            return
        first = int(settings["First pass size-1"]), int(settings["First pass size-2"])
        final = int(settings.get("Size-1", 512)), int(settings.get("Size-2", 512))
        settings["Size-1"], settings["Size-2"] = first if all(first) else _old_first_pass(*final)
        settings["Hires resize-1"], settings["Hires resize-2"] = final
    except (ValueError, ArithmeticError) as error:
        raise InfotextError(
            'the sizes beside "First pass size" cannot be converted; '
            'write "Size" as two whole numbers above zero, such as 512x768'
        ) from error


def _old_first_pass(width: int, height: int) -> tuple[int, int]:
    """About 512 x 512 pixels in the proportions of the final picture, in steps of 64."""
    scale = math.sqrt(512 * 512 / (width * height))
    return math.ceil(scale * width / 64) * 64, math.ceil(scale * height / 64) * 64


def _uses_emphasis(infotext: Infotext, attention: Attention) -> bool:
    """Reads both prompts whatever the first one says, so that a malformed weight in either is an error."""
    fragments = [*attention(infotext.prompt), *attention(infotext.negative_prompt)]
    return any(weight != 1.0 and text != "BREAK" for text, weight in fragments)


def _apply_backcompat(settings: Settings, version: Version) -> None:
    if version < _NEW_TIMELINES:
        if "[" in str(settings["Prompt"]):
            settings["Old prompt editing timelines"] = True
        if settings.get("Sampler") in {"DDIM", "PLMS"}:
            settings["Pad conds v0"] = True
    if version < _FULL_PRECISION_ALPHAS:
        settings["Downcast alphas_cumprod"] = True
    if version < _REFINER_BY_TIME and settings.get("Refiner"):
        settings["Refiner switch by sampling steps"] = True


def enables_hires(settings: Settings) -> bool:
    """Whether the reference switches hires fix on when these settings are pasted.

    It does for every text with ``Denoising strength``, img2img results included, as it fills in
    ``Hires resize-1`` before it looks; :func:`has_hires` asks the text itself.
    """
    keys = {"Hires upscale", "Hires upscaler", "Hires resize-1"}
    return "Denoising strength" in settings and not settings.keys().isdisjoint(keys)


def has_hires(infotext: Infotext) -> bool:
    """Whether the text itself names a second pass."""
    keys = ("Hires upscale", "Hires upscaler", "Hires resize")
    return "Denoising strength" in infotext and any(key in infotext for key in keys)
