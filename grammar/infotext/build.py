"""Writing an infotext as the reference does, down to what it drops.

Source: stable-diffusion-webui v1.10.1, ``modules/processing.py``, ``create_infotext``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mezzotint.grammar.infotext.lexer import NEGATIVE
from mezzotint.grammar.infotext.quoting import Value, quote
from mezzotint.grammar.infotext.samplers import AUTOMATIC, ENSD_SAMPLERS

# A list holds one value for each image of the job; a function is called with the image's index.
Extra: TypeAlias = "Value | Callable[[int], Value]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the reference knows when it writes: one job, which may make several images.

    Sizes are in pixels, ``size`` being that of the first pass. None leaves an item out. The prompts and seeds
    are one for each image. ``eta`` is the ancestral one, dimensionless; None means 1. ``extras`` are further
    items in order, ``Denoising strength`` among them.
    """

    steps: int
    sampler: str
    schedule_type: str = AUTOMATIC
    cfg_scale: float
    size: tuple[int, int]
    prompts: Sequence[str]
    negative_prompts: Sequence[str]
    seeds: Sequence[Value]
    subseeds: Sequence[Value] = ()
    subseed_strength: float = 0
    seed_resize_from: tuple[int, int] = (0, 0)
    image_cfg_scale: float | None = None
    face_restoration: str | None = None
    model_hash: str | None = None
    model: str | None = None
    fp8_weight: str | None = None
    cache_fp16_weight: bool | None = None
    vae_hash: str | None = None
    vae: str | None = None
    conditional_mask_weight: float | None = None
    clip_skip: int = 1
    ensd: int = 0
    eta: float | None = None
    token_merging_ratio: float = 0
    token_merging_ratio_hr: float = 0
    enable_hr: bool = False
    init_image_hash: str | None = None
    rng: str = "GPU"
    tiling: bool = False
    extras: Mapping[str, Extra] = field(default_factory=dict)
    version: str | None = None
    user: str | None = None


def build(job: Job, index: int = 0) -> str:
    """The infotext of the image with this index, counted over all batches of the job from 0."""
    return join(job.prompts[index], job.negative_prompts[index], _items(job, index), index)


def join(prompt: str, negative_prompt: str, items: Mapping[str, Extra], index: int = 0) -> str:
    """One infotext from its parts.

    An item whose value is None is left out, and so is a list that has no entry at ``index``. An item whose
    value equals its key shrinks to the bare key, and white space around the whole text is lost: see
    :mod:`mezzotint.grammar.infotext.losses` for all that does not survive.
    """
    values = ((key, _resolve(value, index)) for key, value in items.items())
    line = ", ".join(
        key if value == key else f"{key}: {quote(value)}" for key, value in values if value is not None
    )
    negative = f"\n{NEGATIVE} {negative_prompt}" if negative_prompt else ""
    return f"{prompt}{negative}\n{line}".strip()


def _resolve(value: Extra, index: int) -> Value:
    if callable(value):
        return value(index)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value[index] if index < len(value) else None
    return value


def _items(job: Job, index: int) -> dict[str, Extra]:
    """All items in written order: an extra that has a core item's key takes its place."""
    return _core(job, index) | dict(job.extras) | {"Version": job.version, "User": job.user}


def _core(job: Job, index: int) -> dict[str, Extra]:
    varied = job.subseed_strength != 0
    ensd = job.ensd if job.sampler in ENSD_SAMPLERS and job.eta != 0 else 0
    return {
        "Steps": job.steps,
        "Sampler": job.sampler,
        "Schedule type": job.schedule_type,
        "CFG scale": job.cfg_scale,
        "Image CFG scale": job.image_cfg_scale,
        "Seed": job.seeds[index],
        "Face restoration": job.face_restoration,
        "Size": _size(job.size),
        "Model hash": job.model_hash,
        "Model": job.model,
        "FP8 weight": job.fp8_weight,
        "Cache FP16 weight for LoRA": job.cache_fp16_weight,
        "VAE hash": job.vae_hash,
        "VAE": job.vae,
        "Variation seed": job.subseeds[index] if varied else None,
        "Variation seed strength": job.subseed_strength if varied else None,
        "Seed resize from": _size(job.seed_resize_from) if min(job.seed_resize_from) > 0 else None,
        "Denoising strength": None,  # its place: the value is an extra
        "Conditional mask weight": job.conditional_mask_weight,
        "Clip skip": job.clip_skip if job.clip_skip > 1 else None,
        "ENSD": ensd or None,
        "Token merging ratio": job.token_merging_ratio or None,
        "Token merging ratio hr": (job.token_merging_ratio_hr or None) if job.enable_hr else None,
        "Init image hash": job.init_image_hash,
        "RNG": job.rng if job.rng != "GPU" else None,
        "Tiling": True if job.tiling else None,
    }


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
