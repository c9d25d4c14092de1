"""Settings to and from the fields of an infotext; no torch here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from mezzotint.runtime.fields import Field, changed, is_random, read_fields, read_pair, spellings
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.passes import infotext as passes
from mezzotint.runtime.sampler_table import resolve_recorded

_OLD_TIMELINES = Field("Old prompt editing timelines", "old_prompt_editing_timelines", bool)
_EMPHASIS = Field("Emphasis", "emphasis", str)
_MODEL_EXTRAS = (
    Field("Downcast alphas_cumprod", "downcast_alphas_cumprod", bool),
    Field("Noise Schedule", "noise_schedule", str),
)
_DISCARD = Field("Discard penultimate sigma", "discard_penultimate_sigma", bool)
_SCHEDULE_EXTRAS = (
    Field("Schedule min sigma", "schedule_min_sigma", float),
    Field("Schedule max sigma", "schedule_max_sigma", float),
)
_LATE_EXTRAS = (
    Field("SGM noise multiplier", "sgm_noise_multiplier", bool),
    Field("Eta", "eta", float, "eta"),
    Field("Eta DDIM", "eta_ddim", float, "eta_ddim"),
    Field("Sigma churn", "s_churn", float, "s_churn"),
    Field("Sigma tmin", "s_tmin", float, "s_tmin"),
    Field("Sigma tmax", "s_tmax", float, "s_tmax"),
    Field("Sigma noise", "s_noise", float, "s_noise"),
    Field("UniPC variant", "uni_pc_variant", str, "uni_pc_variant"),
    Field("UniPC skip type", "uni_pc_skip_type", str, "uni_pc_skip_type"),
    Field("UniPC order", "uni_pc_order", int, "uni_pc_order"),
    Field("UniPC lower order final", "uni_pc_lower_order_final", bool, "uni_pc_lower_order_final"),
    Field("NGMS", "ngms", float),
    Field("NGMS all steps", "ngms_all_steps", bool),
    Field("Skip Early CFG", "skip_early_cfg", float),
    Field("Pad conds", "pad_conds", bool),
    Field("Pad conds v0", "pad_conds_v0", bool),
    Field("CFG rescale", "guidance_rescale", float),  # from here on our own keys: A1111 loses these settings
    Field("Sampler RNG", "sampler_rng", str),
    Field("Old Karras sigmas", "old_karras_sigmas", bool),
    Field("Quantize sigmas", "quantize_sigmas", bool),
    Field("Shared Brownian noise", "shared_brownian", bool),
    Field("Fast", "fast", bool),
)
_TILING = Field("Tiling", "tiling", bool)
_RHO = Field("Schedule rho", "schedule_rho", float)
_BETA = (
    Field("Beta schedule alpha", "beta_alpha", float),
    Field("Beta schedule beta", "beta_beta", float),
    Field("Beta scheduler alpha", "beta_alpha", float),  # what 1.10.1's reader looks for
    Field("Beta scheduler beta", "beta_beta", float),
)
_EXTRA_NOISE = Field("Extra noise", "extra_noise", float)
_BATCH = (  # as the web UI wrote them before 2023; they say where a picture came from, no more
    Field("Batch size", "batch_size", int),
    Field("Batch pos", "batch_pos", int),
)
_CORE = (
    Field("Steps", "steps", int),
    Field("CFG scale", "cfg_scale", float),
    Field("Seed", "seed", int),
    Field("Clip skip", "clip_skip", int),
    Field("ENSD", "ensd", int),
    Field("RNG", "rng", str),
    Field("Variation seed", "variation_seed", int),
    Field("Variation seed strength", "variation_strength", float),
)
_READ = (
    *_CORE,
    *_BATCH,
    _TILING,
    _OLD_TIMELINES,
    _EMPHASIS,
    *_MODEL_EXTRAS,
    _DISCARD,
    *_SCHEDULE_EXTRAS,
    _RHO,
    *_BETA,
    _EXTRA_NOISE,
    *_LATE_EXTRAS,
)
_PAIRS = ("Size", "Seed resize from")
_SEEDS = ("Seed", "Variation seed")
_DEFAULT = RenderSettings()

_INERT = frozenset(
    (
        "Model", "Model hash", "VAE", "VAE hash", "Lora hashes", "TI hashes", "Hashes", "Version", "User",
        "Prompt", "Negative prompt",
    )
)  # fmt: skip
# What the reference's reader fills in for absent keys: nothing was asked for where these values stand.
_FILLED_IN = {
    "Hires checkpoint": "Use same checkpoint",
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
}


def settings_from_infotext(items: Mapping[str, str], base: RenderSettings | None = None) -> RenderSettings:
    """Read settings from an infotext's fields; sampler names are read as the writing version meant them.

    A "Denoising strength" is that of a second pass if the text says anything else of one (the reference's
    paste always takes it so), else of image to image.

    Args:
        items: keys and value texts, "Size" whole or split into "Size-1" and "Size-2".
        base: where absent fields come from; the noise source and the passes are exceptions: no source
            means ``GPU``, and passes that are not named are not run.

    Raises:
        MezzotintError: a value is malformed, unknown or out of range.
    """
    base = base or RenderSettings()
    items = _without_random_seeds(items)
    values: dict[str, Any] = {field.name: getattr(base, field.name) for field in fields(base)}
    values["rng"] = "GPU"
    values.update(read_fields(items, _READ))
    if (size := read_pair(items, "Size")) is not None:
        values["width"], values["height"] = size
    values["seed_resize"] = read_pair(items, "Seed resize from")
    if "Sampler" in items or "Schedule type" in items:
        resolved = resolve_recorded(
            items.get("Sampler", base.sampler), items.get("Schedule type"), items.get("Version", "")
        )
        values["sampler"], values["scheduler"] = resolved.sampler.name, resolved.scheduler
    values["hires"] = passes.read_hires(items)
    values["image"] = None if values["hires"] else passes.read_image(items)
    values["refiner"] = passes.read_refiner(items)
    return RenderSettings(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The files that take part in a picture, as its infotext names them; empty is "not written".

    Attributes:
        model_hash, model: the checkpoint.
        vae_hash, vae: the VAE, if it is not the checkpoint's own.
        lora_hashes: ``name: hash, …``.
        ti_hashes: the same of embeddings.
        emphasis_first: whether "Emphasis" stands before them.
    """

    model_hash: str = ""
    model: str = ""
    vae_hash: str = ""
    vae: str = ""
    lora_hashes: str = ""
    ti_hashes: str = ""
    emphasis_first: bool = False


def infotext_items(settings: RenderSettings, resources: Resources = Resources()) -> list[tuple[str, str]]:
    """Write settings as an infotext's fields, in A1111's order; "Version" is left to the caller.

    Where A1111 would lose what it takes to make the picture again, this writes more: ENSD whenever it
    acts; "NGMS", "Skip Early CFG", "Pad conds" and "Emphasis" whenever they are set; a "Hires schedule
    type" also if it is a sampler's own; the batch; and the fields of our own.
    """
    items: list[tuple[str, object]] = [
        ("Steps", settings.steps),
        ("Sampler", settings.resolved.sampler.name),
        ("Schedule type", _written_schedule(settings)),
        ("CFG scale", settings.cfg_scale),
        ("Seed", settings.seed),
        ("Size", f"{settings.width}x{settings.height}"),
    ]
    items += _named(
        ("Model hash", resources.model_hash),
        ("Model", resources.model),
        ("VAE hash", resources.vae_hash),
        ("VAE", resources.vae),
    )
    items += _core_items(settings)
    if settings.hires is not None:
        items += passes.hires_items(settings.hires, settings.resolved, _written_schedule(settings))
    if settings.image is not None:
        items += passes.image_items(settings.image)
    items += _named(("Lora hashes", resources.lora_hashes))
    items += _changed(settings, (_OLD_TIMELINES,))
    prompt_items = [*_named(("TI hashes", resources.ti_hashes)), *_changed(settings, (_EMPHASIS,))]
    items += reversed(prompt_items) if resources.emphasis_first else prompt_items
    items += _changed(settings, _MODEL_EXTRAS)
    if settings.image is not None:
        items += passes.image_noise_items(settings.image)
    items += _changed(settings, (_DISCARD,))
    items += _schedule_items(settings)
    items += _changed(settings, (_EXTRA_NOISE,))
    if settings.refiner is not None:
        items += passes.refiner_items(settings.refiner)
    items += _changed(settings, _LATE_EXTRAS)
    return [(key, str(value)) for key, value in items]


def unhonoured(items: Mapping[str, str]) -> list[str]:
    """The keys that would change the picture, and that this runtime does not act on, in their order."""
    known = {field.key for field in _READ} | _INERT | {"Sampler", "Schedule type"}
    known |= spellings(*_PAIRS) | passes.KEYS
    return [key for key, value in items.items() if key not in known and _FILLED_IN.get(key) != value]


def missing(items: Mapping[str, str]) -> list[str]:
    """The keys without which no picture can be made again, and that ``items`` lacks."""
    items = _without_random_seeds(items)
    needed = [key for key in ("Steps", "Sampler", "CFG scale", "Seed") if key not in items]
    return needed if "Size" in items or "Size-1" in items else [*needed, "Size"]


def _without_random_seeds(items: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in items.items() if key not in _SEEDS or not is_random(value)}


def _named(*items: tuple[str, object]) -> list[tuple[str, object]]:
    return [(key, value) for key, value in items if value]


def _core_items(settings: RenderSettings) -> list[tuple[str, object]]:
    """What stands between the model and the extras."""
    items: list[tuple[str, object]] = []
    if settings.batch_size > 1:
        items += [(field.key, getattr(settings, field.name)) for field in _BATCH]
    if settings.variation_strength:
        items.append(("Variation seed", settings.variation_seed))
        items.append(("Variation seed strength", settings.variation_strength))
    if settings.seed_resize is not None:
        items.append(("Seed resize from", f"{settings.seed_resize[0]}x{settings.seed_resize[1]}"))
    second = settings.hires or settings.image
    if second is not None:
        items.append((passes.STRENGTH.key, second.strength))
    if settings.clip_skip > 1:
        items.append(("Clip skip", settings.clip_skip))
    if settings.ensd and _ensd_acts(settings):
        items.append(("ENSD", settings.ensd))
    if settings.image is not None and settings.image.hash:
        items.append((passes.INIT_HASH.key, settings.image.hash))
    if settings.rng != "GPU":
        items.append(("RNG", settings.rng))
    return items + _changed(settings, (_TILING,))


def _written_schedule(settings: RenderSettings) -> str:
    """The label A1111 writes: "Automatic" is spelled out where the sampler has a schedule of its own."""
    resolved = settings.resolved
    has_own = resolved.sampler.family == "sigma" and resolved.sampler.schedule != "Uniform"
    return resolved.effective_scheduler if has_own else resolved.scheduler


def _schedule_items(settings: RenderSettings) -> list[tuple[str, object]]:
    """The schedule's constants, where a pass has a schedule that takes them."""
    passes_run = [settings.resolved]
    if settings.hires is not None:
        passes_run.append(passes.hires_resolved(settings.hires, settings.resolved))
    labels = {label for label in map(passes.computed_schedule, passes_run) if label is not None}
    if not labels:
        return []
    items = _changed(settings, _SCHEDULE_EXTRAS)
    if labels & {"Karras", "Polyexponential"}:
        items += _changed(settings, (_RHO,))
    if "Beta" in labels:
        items += [(field.key, getattr(settings, field.name)) for field in _BETA[:2]]
    return items


def _ensd_acts(settings: RenderSettings) -> bool:
    if settings.hires is not None and settings.hires.sampler not in (None, settings.resolved.sampler.name):
        return True  # two samplers to ask: rather say it once too often
    info = settings.resolved.sampler
    if info.writes_ensd:
        return settings.eta != 0
    shares = ("s_churn", "eta_ddim")
    draws = any(name in info.options and getattr(settings, name) for name in shares)
    return draws or info.name in ("LCM", "Restart")


def _changed(settings: RenderSettings, group: Iterable[Field]) -> list[tuple[str, object]]:
    """The fields of a group that differ from their default and matter to a sampler."""
    options = set(settings.resolved.sampler.options)
    if settings.hires is not None:
        options |= set(passes.hires_resolved(settings.hires, settings.resolved).sampler.options)
    return changed(settings, [f for f in group if not f.needs or f.needs in options], _DEFAULT)
