"""Everything about one picture but its prompts: a plain record, and its way to and from infotexts.

No torch here: reading, checking and writing settings is as light as reading metadata.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.sampler_table import Resolved, resolve, resolve_recorded

MAX_STEPS = 1000  # the models know a thousand noise levels
MIN_SIDE, MAX_SIDE = 8, 8192
RANDOM_SOURCES = ("CPU", "GPU", "NV")
NOISE_SCHEDULES = ("Default", "Zero Terminal SNR")
EMPHASES = ("Original", "No norm", "Ignore", "None")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """Settings of one picture, checked; the names are the infotext's.

    Attributes:
        steps: sampling steps, 1..1000.
        sampler: name, see :mod:`mezzotint.runtime.sampler_table`; joined old names are split.
        scheduler: schedule label ("Schedule type").
        cfg_scale: guidance scale; an ``int`` is written without a decimal point, as it was read.
        seed: 0..2^64-1.
        width: pixels, a multiple of 8.
        height: pixels, a multiple of 8.
        clip_skip: 1 is the text encoder's last layer.
        rng: source of the noise: ``CPU``, ``NV`` or ``GPU`` (computed as ``NV``).
        sampler_rng: source of the noise after the initial one; ``None`` is the same stream.
        eta: noise share of ancestral and SDE samplers.
        eta_ddim: noise share of DDIM.
        ensd: "eta noise seed delta".
        variation_seed: mixed in by ``variation_strength``.
        variation_strength: 0 is off.
        seed_resize: ``(width, height)`` in pixels that the noise is drawn for first.
        s_churn: noise churn of Euler, Heun and DPM2.
        s_tmin: smallest sigma that is churned.
        s_tmax: largest; 0 is no limit.
        s_noise: factor on the noise that samplers add.
        schedule_min_sigma: smallest sigma of the schedule; 0 is the model's.
        schedule_max_sigma: largest; 0 is the model's.
        schedule_rho: exponent; 0 is the schedule's own.
        beta_alpha: shape of the Beta schedule.
        beta_beta: shape of the Beta schedule.
        discard_penultimate_sigma: for every sampler, not only those that ask for it.
        sgm_noise_multiplier: scale the initial noise by ``sqrt(1 + sigma^2)``.
        ngms: below this sigma the negative prompt is left out of every other evaluation.
        ngms_all_steps: out of every one.
        skip_early_cfg: share of the steps that begin without the negative prompt.
        noise_schedule: ``Default`` or ``Zero Terminal SNR``.
        downcast_alphas_cumprod: noise levels rounded to half precision, as before web UI 1.7.
        emphasis: how weights act, see :class:`mezzotint.compiler.ir.Emphasis`.
        old_prompt_editing_timelines: as before web UI 1.6.
        pad_conds_v0: bring the negative prompt to the positive's length, by cutting it or by repeating its
            last token, as before web UI 1.6.
        tiling: let the picture's edges meet.
        old_karras_sigmas: schedules between 0.1 and 10; A1111 does not record it.
        quantize_sigmas: trained time steps only, none between; A1111 does not record it.
        shared_brownian: one Brownian path for a whole batch, from torch's stream ("no batch
            determinism"); A1111 does not record it.
        uni_pc_variant: ``bh1``, ``bh2`` or ``vary_coeff``.
        uni_pc_skip_type: ``time_uniform``, ``time_quadratic`` or ``logSNR``.
        uni_pc_order: at most ``steps`` less 1.
        uni_pc_lower_order_final: lower the order towards the end.

    Raises:
        MezzotintError: a value cannot be rendered; the message names the remedy.
    """

    steps: int = 20
    sampler: str = "DPM++ 2M"
    scheduler: str = "Automatic"
    cfg_scale: float = 7.0
    seed: int = 0
    width: int = 512
    height: int = 512
    clip_skip: int = 1
    rng: str = "CPU"
    sampler_rng: str | None = None
    eta: float = 1.0
    eta_ddim: float = 0.0
    ensd: int = 0
    variation_seed: int = 0
    variation_strength: float = 0.0
    seed_resize: tuple[int, int] | None = None
    s_churn: float = 0.0
    s_tmin: float = 0.0
    s_tmax: float = 0.0
    s_noise: float = 1.0
    schedule_min_sigma: float = 0.0
    schedule_max_sigma: float = 0.0
    schedule_rho: float = 0.0
    beta_alpha: float = 0.6
    beta_beta: float = 0.6
    discard_penultimate_sigma: bool = False
    sgm_noise_multiplier: bool = False
    ngms: float = 0.0
    ngms_all_steps: bool = False
    skip_early_cfg: float = 0.0
    noise_schedule: str = "Default"
    downcast_alphas_cumprod: bool = False
    emphasis: str = "Original"
    old_prompt_editing_timelines: bool = False
    pad_conds_v0: bool = False
    tiling: bool = False
    old_karras_sigmas: bool = False
    quantize_sigmas: bool = False
    shared_brownian: bool = False
    uni_pc_variant: str = "bh1"
    uni_pc_skip_type: str = "time_uniform"
    uni_pc_order: int = 3
    uni_pc_lower_order_final: bool = True

    def __post_init__(self) -> None:
        resolve(self.sampler, self.scheduler)
        _check_range("steps", self.steps, 1, MAX_STEPS)
        _check_side("width", self.width)
        _check_side("height", self.height)
        _check_range("seed", self.seed, 0, 2**64 - 1)
        _check_range("variation_seed", self.variation_seed, 0, 2**64 - 1)
        _check_range("clip_skip", self.clip_skip, 1, 24)
        _check_choice("rng", self.rng, RANDOM_SOURCES)
        _check_choice("sampler_rng", self.sampler_rng or self.rng, RANDOM_SOURCES)
        _check_choice("noise_schedule", self.noise_schedule, NOISE_SCHEDULES)
        _check_choice("emphasis", self.emphasis, EMPHASES)
        if not abs(self.cfg_scale) < 1000:  # also catches nan
            raise MezzotintError(f"cfg_scale {self.cfg_scale} is out of range: use 1 to 30")
        if self.seed_resize is not None and min(self.seed_resize) <= 0:
            raise MezzotintError("seed_resize needs a positive width and height, or leave it out")

    @property
    def resolved(self) -> Resolved:
        """Sampler and schedule, looked up."""
        return resolve(self.sampler, self.scheduler)

    @property
    def latent_size(self) -> tuple[int, int]:
        """``(height, width)`` in latent cells of 8 pixels."""
        return self.height // 8, self.width // 8


@dataclass(frozen=True, slots=True)
class _Field:
    """How one setting is spelled in an infotext; ``needs`` is the sampler option that makes it matter."""

    key: str
    name: str
    kind: type
    needs: str = ""


_EARLY_EXTRAS = (
    _Field("Emphasis", "emphasis", str),
    _Field("Old prompt editing timelines", "old_prompt_editing_timelines", bool),
    _Field("Downcast alphas_cumprod", "downcast_alphas_cumprod", bool),
    _Field("Noise Schedule", "noise_schedule", str),
    _Field("Discard penultimate sigma", "discard_penultimate_sigma", bool),
)
_SCHEDULE_EXTRAS = (
    _Field("Schedule min sigma", "schedule_min_sigma", float),
    _Field("Schedule max sigma", "schedule_max_sigma", float),
)
_LATE_EXTRAS = (
    _Field("SGM noise multiplier", "sgm_noise_multiplier", bool),
    _Field("Eta", "eta", float, "eta"),
    _Field("Eta DDIM", "eta_ddim", float, "eta_ddim"),
    _Field("Sigma churn", "s_churn", float, "s_churn"),
    _Field("Sigma tmin", "s_tmin", float, "s_tmin"),
    _Field("Sigma tmax", "s_tmax", float, "s_tmax"),
    _Field("Sigma noise", "s_noise", float, "s_noise"),
    _Field("UniPC variant", "uni_pc_variant", str, "uni_pc_variant"),
    _Field("UniPC skip type", "uni_pc_skip_type", str, "uni_pc_skip_type"),
    _Field("UniPC order", "uni_pc_order", int, "uni_pc_order"),
    _Field("UniPC lower order final", "uni_pc_lower_order_final", bool, "uni_pc_lower_order_final"),
    _Field("NGMS", "ngms", float),
    _Field("NGMS all steps", "ngms_all_steps", bool),
    _Field("Skip Early CFG", "skip_early_cfg", float),
    _Field("Pad conds v0", "pad_conds_v0", bool),
    _Field("Sampler RNG", "sampler_rng", str),  # from here on our own keys: A1111 loses these settings
    _Field("Old Karras sigmas", "old_karras_sigmas", bool),
    _Field("Quantize sigmas", "quantize_sigmas", bool),
    _Field("Shared Brownian noise", "shared_brownian", bool),
)
_TILING = _Field("Tiling", "tiling", bool)
_RHO = _Field("Schedule rho", "schedule_rho", float)
_BETA = (
    _Field("Beta schedule alpha", "beta_alpha", float),
    _Field("Beta schedule beta", "beta_beta", float),
    _Field("Beta scheduler alpha", "beta_alpha", float),  # what 1.10.1's reader looks for
    _Field("Beta scheduler beta", "beta_beta", float),
)
_CORE = (
    _Field("Steps", "steps", int),
    _Field("CFG scale", "cfg_scale", float),
    _Field("Seed", "seed", int),
    _Field("Clip skip", "clip_skip", int),
    _Field("ENSD", "ensd", int),
    _Field("RNG", "rng", str),
    _Field("Variation seed", "variation_seed", int),
    _Field("Variation seed strength", "variation_strength", float),
)
_READ = (*_CORE, _TILING, *_EARLY_EXTRAS, *_SCHEDULE_EXTRAS, _RHO, *_BETA, *_LATE_EXTRAS)
_PAIRS = ("Size", "Seed resize from")
_DEFAULTS = {field.name: field.default for field in fields(RenderSettings)}

_INERT = frozenset(
    (
        "Model", "Model hash", "Lora hashes", "TI hashes", "Hashes", "Version", "User",
        "Batch size", "Batch pos", "Init image hash", "Prompt", "Negative prompt",
    )
)  # fmt: skip
# What the reference's reader fills in for absent keys: nothing was asked for where these values stand.
_FILLED_IN = {
    "Hires resize-1": "0",
    "Hires resize-2": "0",
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": "32",
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": "False",
}


def settings_from_infotext(items: Mapping[str, str], base: RenderSettings | None = None) -> RenderSettings:
    """Read settings from an infotext's fields; sampler names are read as the writing version meant them.

    Args:
        items: keys and value texts, "Size" whole or split into "Size-1" and "Size-2".
        base: where absent fields come from; the noise source is an exception: absent means ``GPU``.

    Raises:
        MezzotintError: a value is malformed, unknown or out of range.
    """
    base = base or RenderSettings()
    values: dict[str, Any] = {field.name: getattr(base, field.name) for field in fields(base)}
    values["rng"] = "GPU"
    for field in _READ:
        if field.key in items:
            values[field.name] = _read(field, items[field.key])
    if (size := _pair(items, "Size")) is not None:
        values["width"], values["height"] = size
    values["seed_resize"] = _pair(items, "Seed resize from")
    if "Sampler" in items or "Schedule type" in items:
        resolved = resolve_recorded(
            items.get("Sampler", base.sampler), items.get("Schedule type"), items.get("Version", "")
        )
        values["sampler"], values["scheduler"] = resolved.sampler.name, resolved.scheduler
    return RenderSettings(**values)


def infotext_items(
    settings: RenderSettings, *, model_hash: str = "", model: str = ""
) -> list[tuple[str, str]]:
    """Write settings as an infotext's fields, in A1111's order; "Version" is left to the caller.

    Two differences, where A1111 would lose what it takes to make the picture again: ENSD is written
    whenever it acts, and "NGMS", "Skip Early CFG" and "Emphasis" whenever they are set.
    """
    info = settings.resolved.sampler
    items: list[tuple[str, object]] = [
        ("Steps", settings.steps),
        ("Sampler", info.name),
        ("Schedule type", _written_schedule(settings)),
        ("CFG scale", settings.cfg_scale),
        ("Seed", settings.seed),
        ("Size", f"{settings.width}x{settings.height}"),
    ]
    items += [(key, value) for key, value in (("Model hash", model_hash), ("Model", model)) if value]
    if settings.variation_strength:
        items.append(("Variation seed", settings.variation_seed))
        items.append(("Variation seed strength", settings.variation_strength))
    if settings.seed_resize is not None:
        items.append(("Seed resize from", f"{settings.seed_resize[0]}x{settings.seed_resize[1]}"))
    if settings.clip_skip > 1:
        items.append(("Clip skip", settings.clip_skip))
    if settings.ensd and _ensd_acts(settings):
        items.append(("ENSD", settings.ensd))
    if settings.rng != "GPU":
        items.append(("RNG", settings.rng))
    items += _changed(settings, (_TILING, *_EARLY_EXTRAS))
    items += _schedule_items(settings)
    items += _changed(settings, _LATE_EXTRAS)
    return [(key, str(value)) for key, value in items]


def unhonoured(items: Mapping[str, str]) -> list[str]:
    """The keys that would change the picture, and that this runtime does not act on, in their order."""
    known = {field.key for field in _READ} | _INERT | {"Sampler", "Schedule type"}
    known |= {f"{pair}{part}" for pair in _PAIRS for part in ("", "-1", "-2")}
    return [key for key, value in items.items() if key not in known and _FILLED_IN.get(key) != value]


def missing(items: Mapping[str, str]) -> list[str]:
    """The keys without which no picture can be made again, and that ``items`` lacks."""
    needed = [key for key in ("Steps", "Sampler", "CFG scale", "Seed") if key not in items]
    return needed if "Size" in items or "Size-1" in items else [*needed, "Size"]


def _written_schedule(settings: RenderSettings) -> str:
    """The label A1111 writes: "Automatic" is spelled out where the sampler has a schedule of its own."""
    resolved = settings.resolved
    has_own = resolved.sampler.family == "sigma" and resolved.sampler.schedule != "Uniform"
    return resolved.effective_scheduler if has_own else resolved.scheduler


def _schedule_items(settings: RenderSettings) -> list[tuple[str, object]]:
    label = _written_schedule(settings)
    if label == "Automatic" or settings.resolved.sampler.family == "timestep":
        return []
    items = _changed(settings, _SCHEDULE_EXTRAS)
    if label in ("Karras", "Polyexponential"):
        items += _changed(settings, (_RHO,))
    if label == "Beta":
        items += [(field.key, getattr(settings, field.name)) for field in _BETA[:2]]
    return items


def _ensd_acts(settings: RenderSettings) -> bool:
    info = settings.resolved.sampler
    if info.writes_ensd:
        return settings.eta != 0
    shares = ("s_churn", "eta_ddim")
    draws = any(name in info.options and getattr(settings, name) for name in shares)
    return draws or info.name in ("LCM", "Restart")


def _changed(settings: RenderSettings, group: Iterable[_Field]) -> list[tuple[str, object]]:
    """The fields of a group that differ from their default and matter to the sampler."""
    options = settings.resolved.sampler.options
    return [
        (field.key, getattr(settings, field.name))
        for field in group
        if getattr(settings, field.name) != _DEFAULTS[field.name]
        and (not field.needs or field.needs in options)
    ]


def _read(field: _Field, text: str) -> object:
    if field.kind is bool:
        return text != "False"  # the reference takes any other text for true
    if field.kind is str:
        return text
    try:
        return _number(text) if field.kind is float else int(text)
    except ValueError as error:
        raise MezzotintError(f"{field.key}: {text!r} is not a number: correct or remove the field") from error


def _number(text: str) -> float:
    """A number that prints as it was written: ``7`` stays an int, not ``7.0``."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _pair(items: Mapping[str, str], key: str) -> tuple[int, int] | None:
    if key in items:
        first, _, second = items[key].partition("x")
    elif f"{key}-1" in items and f"{key}-2" in items:
        first, second = items[f"{key}-1"], items[f"{key}-2"]
    else:
        return None
    try:
        return int(first), int(second)
    except ValueError as error:
        raise MezzotintError(f"{key}: {first}x{second} is not a size: write it as 512x768") from error


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise MezzotintError(f"{name} {value} is out of range: use {low} to {high}")


def _check_side(name: str, value: int) -> None:
    _check_range(name, value, MIN_SIDE, MAX_SIDE)
    if value % 8:
        near = f"{value - value % 8} or {value - value % 8 + 8}"
        raise MezzotintError(f"{name} {value} is not a multiple of 8: use {near}")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise MezzotintError(f"unknown {name} {value!r}: use one of {', '.join(choices)}")
