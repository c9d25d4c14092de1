"""Settings of the passes to and from the fields of an infotext, in A1111's words and order."""

from collections.abc import Iterator, Mapping
from typing import Any

from mezzotint.grammar.infotext.samplers import AUTOMATIC, SAME_SAMPLER, SAME_SCHEDULE
from mezzotint.runtime.fields import Field, changed, read_fields, read_pair, spellings
from mezzotint.runtime.passes.settings import HiresSettings, ImageSettings, MaskSettings, RefinerSettings
from mezzotint.runtime.sampler_table import Resolved, resolve, resolve_recorded

STRENGTH = Field("Denoising strength", "strength", float)
INIT_HASH = Field("Init image hash", "hash", str)
_PROMPTS = (
    Field("Hires prompt", "prompt", str),
    Field("Hires negative prompt", "negative_prompt", str),
)
_SCALE = Field("Hires upscale", "scale", float)
_STEPS = Field("Hires steps", "steps", int)
_UPSCALER = Field("Hires upscaler", "upscaler", str)
_SAMPLER, _SCHEDULE, _RESIZE = "Hires sampler", "Hires schedule type", "Hires resize"
_MASK_EARLY = (Field("Mask blur", "blur", int),)
_MASK_PADDING = Field("Masked area padding", "padding", int)
_CONTENT = Field("Masked content", "content", str)
_MASK_HASH = Field("Mask hash", "hash", str)  # our own: tells whether the mask is the one that was used
_MASK_MODE, _MASK_AREA = "Mask mode", "Inpaint area"
_NOT_MASKED, _ONLY_MASKED = "Inpaint not masked", "Only masked"
_NOISE_MULTIPLIER = Field("Noise multiplier", "noise_multiplier", float)
_OWN = (  # A1111 loses these
    Field("Resize mode", "resize_mode", str),
    Field("Exact image steps", "exact_steps", bool),
)
_REFINER = (
    Field("Refiner", "model", str),
    Field("Refiner switch at", "switch_at", float),
)
_REFINER_OPTIONS = (
    Field("Refiner switch by sampling steps", "by_steps", bool),
    Field("Hires refiner", "acts_in", str),
)
_NAMES = (STRENGTH, INIT_HASH, *_PROMPTS, _SCALE, _STEPS, _UPSCALER, *_MASK_EARLY, _MASK_PADDING, _CONTENT,
          _MASK_HASH, _NOISE_MULTIPLIER, *_OWN, *_REFINER, *_REFINER_OPTIONS)  # fmt: skip
KEYS = frozenset(
    {field.key for field in _NAMES} | {_SAMPLER, _SCHEDULE, _MASK_MODE, _MASK_AREA} | spellings(_RESIZE)
)
"""Every key that is read here."""


def read_hires(items: Mapping[str, str]) -> HiresSettings | None:
    """The second pass, if the text names one: a strength, and an upscaler, a factor or a size.

    Raises:
        MezzotintError: a value is malformed, unknown or out of range.
    """
    resize = read_pair(items, _RESIZE) or (0, 0)
    named = resize != (0, 0) or _SCALE.key in items or _UPSCALER.key in items
    if not (named and STRENGTH.key in items):
        return None
    values: dict[str, Any] = read_fields(items, (STRENGTH, *_PROMPTS, _SCALE, _STEPS, _UPSCALER))
    sampler, scheduler = _own_sampler(items)
    return HiresSettings(resize=resize, sampler=sampler, scheduler=scheduler, **values)


def _own_sampler(items: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Sampler and schedule of the second pass; ``None`` is "as in the first"."""
    sampler = items.get(_SAMPLER, SAME_SAMPLER)
    scheduler = items.get(_SCHEDULE, SAME_SCHEDULE)
    own = None if scheduler == SAME_SCHEDULE else scheduler
    if sampler == SAME_SAMPLER:
        return None, resolve(None, own).scheduler if own else None
    if own is None and "Schedule type" in items:  # written since schedules have a field of their own
        resolved = resolve(sampler, None)
    else:
        resolved = resolve_recorded(sampler, own, items.get("Version", ""))
    return resolved.sampler.name, resolved.scheduler if own or resolved.scheduler != AUTOMATIC else None


def hires_items(hires: HiresSettings, first: Resolved, recorded: str) -> Iterator[tuple[str, object]]:
    """Write a second pass, but for its strength.

    Args:
        hires: the second pass.
        first: sampler and schedule of the first.
        recorded: what "Schedule type" says of the first.

    Yields a schedule that A1111 leaves out where its reader would take another.
    """
    second = hires_resolved(hires, first)
    if second.sampler.name != first.sampler.name:
        yield _SAMPLER, second.sampler.name
    yield from changed(hires, _PROMPTS, HiresSettings())
    computed, of_first = computed_schedule(second), computed_schedule(first)
    read_back = resolve(second.sampler.name, recorded)
    if computed is not None and computed != of_first:
        yield _SCHEDULE, computed
    elif read_back.effective_scheduler != second.effective_scheduler:
        yield _SCHEDULE, second.scheduler
    if hires.resize == (0, 0):
        yield _SCALE.key, hires.scale
    else:
        yield _RESIZE, f"{hires.resize[0]}x{hires.resize[1]}"
    yield from changed(hires, (_STEPS,), HiresSettings())
    yield _UPSCALER.key, hires.upscaler


def hires_resolved(hires: HiresSettings, first: Resolved) -> Resolved:
    """Sampler and schedule of the second pass."""
    return resolve(hires.sampler or first.sampler.name, hires.scheduler or first.scheduler)


def computed_schedule(resolved: Resolved) -> str | None:
    """The schedule that is computed by a formula, of the samplers that have a schedule; else ``None``."""
    automatic = resolved.scheduler == AUTOMATIC and resolved.sampler.schedule == "Uniform"
    return None if automatic or resolved.sampler.family == "timestep" else resolved.effective_scheduler


def read_image(items: Mapping[str, str]) -> ImageSettings | None:
    """Image to image, if the text has a strength; whether there was a mask, it does not always say.

    Raises:
        MezzotintError: a value is malformed, unknown or out of range.
    """
    if STRENGTH.key not in items:
        return None
    masked: dict[str, Any] = read_fields(items, (*_MASK_EARLY, _MASK_PADDING, _CONTENT, _MASK_HASH))
    mask = MaskSettings(
        inverted=items.get(_MASK_MODE) == _NOT_MASKED,
        only_masked=items.get(_MASK_AREA) == _ONLY_MASKED,
        **masked,
    )
    values: dict[str, Any] = read_fields(items, (STRENGTH, INIT_HASH, _NOISE_MULTIPLIER, *_OWN))
    return ImageSettings(mask=mask, **values)


def image_items(image: ImageSettings) -> Iterator[tuple[str, object]]:
    """Write image to image, but for its strength, its noise and the hash of its picture."""
    mask, default = image.mask, MaskSettings()
    if mask.inverted:
        yield _MASK_MODE, _NOT_MASKED
    yield from changed(mask, _MASK_EARLY, default)
    if mask.only_masked:
        yield _MASK_AREA, _ONLY_MASKED
        yield _MASK_PADDING.key, mask.padding
    yield from changed(mask, (_CONTENT, _MASK_HASH), default)
    yield from changed(image, _OWN, ImageSettings())


def image_noise_items(image: ImageSettings) -> Iterator[tuple[str, object]]:
    """Write what A1111 writes later, when it draws the noise."""
    yield from changed(image, (_NOISE_MULTIPLIER,), ImageSettings())


def read_refiner(items: Mapping[str, str]) -> RefinerSettings | None:
    """The refiner, if the text names one.

    Raises:
        MezzotintError: a value is malformed, unknown or out of range.
    """
    if not items.get(_REFINER[0].key):
        return None
    values: dict[str, Any] = read_fields(items, (*_REFINER, *_REFINER_OPTIONS))
    return RefinerSettings(**values)


def refiner_items(refiner: RefinerSettings) -> Iterator[tuple[str, object]]:
    """Write a refiner."""
    yield from changed(refiner, _REFINER_OPTIONS, RefinerSettings(model=""))
    for field in _REFINER:
        yield field.key, getattr(refiner, field.name)
