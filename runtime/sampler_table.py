"""Every sampler and schedule of stable-diffusion-webui 1.10.1, and how infotexts name them.

A data module: it imports nothing heavy, so that reading and checking metadata stays quick.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext import samplers as names

Family: TypeAlias = Literal["sigma", "timestep", "lcm"]
AUTOMATIC = names.AUTOMATIC


@dataclass(frozen=True, slots=True)
class SamplerInfo:
    """One sampler.

    Attributes:
        name: as infotexts write it.
        function: ``module:function`` under :mod:`mezzotint.runtime.samplers`.
        aliases: other names that A1111's API accepts.
        family: ``sigma`` (k-diffusion style), ``timestep`` (DDIM style) or ``lcm``.
        discard: drops the next-to-last sigma.
        second_order: prompt schedules are laid out over twice the steps.
        brownian: asks for Brownian noise.
        spans: takes the model's smallest and largest sigma, not a schedule's.
        options: fields of the render settings that the function takes.
    """

    name: str
    function: str
    aliases: tuple[str, ...] = ()
    family: Family = "sigma"
    discard: bool = False
    second_order: bool = False
    brownian: bool = False
    spans: bool = False
    options: tuple[str, ...] = ()

    @property
    def schedule(self) -> str:
        """Label of the schedule that "Automatic" means; ``Uniform`` unless the sampler has its own."""
        return names.SAMPLERS[self.name] or "Uniform"

    @property
    def writes_ensd(self) -> bool:
        """Whether infotexts mention ENSD."""
        return self.name in names.ENSD_SAMPLERS


@dataclass(frozen=True, slots=True)
class SchedulerInfo:
    """One schedule: the label that infotexts write, the internal name and further spellings."""

    label: str
    name: str
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """All names, in the order the reference tries them."""
        return (self.label, self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A sampler and a schedule label that both exist."""

    sampler: SamplerInfo
    scheduler: str

    @property
    def effective_scheduler(self) -> str:
        """The schedule that will be computed: "Automatic" replaced by the sampler's own."""
        return self.sampler.schedule if self.scheduler == AUTOMATIC else self.scheduler


_ETA = ("eta",)
_ETA_NOISE = ("eta", "s_noise")
_CHURN = ("s_churn", "s_tmin", "s_tmax", "s_noise")
_UNIPC = ("uni_pc_variant", "uni_pc_skip_type", "uni_pc_order", "uni_pc_lower_order_final")

# fmt: off
SAMPLERS: tuple[SamplerInfo, ...] = (
    SamplerInfo("DPM++ 2M", "dpmpp:dpmpp_2m", ("k_dpmpp_2m",)),
    SamplerInfo("DPM++ SDE", "dpmpp:dpmpp_sde", ("k_dpmpp_sde",), second_order=True,
                brownian=True, options=_ETA_NOISE),
    SamplerInfo("DPM++ 2M SDE", "dpmpp_sde:dpmpp_2m_sde", ("k_dpmpp_2m_sde",),
                brownian=True, options=_ETA_NOISE),
    SamplerInfo("DPM++ 2M SDE Heun", "dpmpp_sde:dpmpp_2m_sde_heun", ("k_dpmpp_2m_sde_heun",),
                brownian=True, options=_ETA_NOISE),
    SamplerInfo("DPM++ 2S a", "dpmpp:dpmpp_2s_ancestral", ("k_dpmpp_2s_a",),
                second_order=True, options=_ETA_NOISE),
    SamplerInfo("DPM++ 3M SDE", "dpmpp_sde:dpmpp_3m_sde", ("k_dpmpp_3m_sde",),
                discard=True, brownian=True, options=_ETA_NOISE),
    SamplerInfo("Euler a", "euler:euler_ancestral", ("k_euler_a", "k_euler_ancestral"),
                options=_ETA),
    SamplerInfo("Euler", "euler:euler", ("k_euler",), options=_CHURN),
    SamplerInfo("LMS", "lms:lms", ("k_lms",)),
    SamplerInfo("Heun", "second_order:heun", ("k_heun",), second_order=True, options=_CHURN),
    SamplerInfo("DPM2", "second_order:dpm_2", ("k_dpm_2",), discard=True,
                second_order=True, options=_CHURN),
    SamplerInfo("DPM2 a", "second_order:dpm_2_ancestral", ("k_dpm_2_a",), discard=True,
                second_order=True, options=_ETA_NOISE),
    SamplerInfo("DPM fast", "dpm_solver:dpm_fast", ("k_dpm_fast",), spans=True,
                options=_ETA_NOISE),
    SamplerInfo("DPM adaptive", "dpm_solver:dpm_adaptive", ("k_dpm_ad",), spans=True,
                options=_ETA),
    SamplerInfo("Restart", "restart:restart", ("restart",), second_order=True,
                options=("s_noise",)),
    SamplerInfo("DDIM", "ddim:ddim", ("ddim",), family="timestep", options=("eta_ddim",)),
    SamplerInfo("DDIM CFG++", "ddim:ddim_cfgpp", ("ddim_cfgpp",), family="timestep",
                options=("eta_ddim",)),
    SamplerInfo("PLMS", "ddim:plms", ("plms",), family="timestep"),
    SamplerInfo("UniPC", "unipc:unipc", ("unipc",), family="timestep", options=_UNIPC),
    SamplerInfo("LCM", "lcm:lcm", ("k_lcm",), family="lcm"),
)
# fmt: on

SCHEDULERS: tuple[SchedulerInfo, ...] = tuple(
    SchedulerInfo(label, name, tuple(aliases)) for label, (name, *aliases) in names.SCHEDULES.items()
)

DEFAULT_SAMPLER = SAMPLERS[0]
_BY_NAME = {info.name: info for info in SAMPLERS}
_BY_FOLDED = {name.casefold(): info for info in SAMPLERS for name in (*info.aliases, info.name)}
_LABELS = {spelling: info.label for info in SCHEDULERS for spelling in info.spellings}


def find_sampler(name: str) -> SamplerInfo:
    """Look a sampler up by its name; an alias or another case of the letters is understood, too.

    Raises:
        MezzotintError: there is no such sampler; the message lists near misses and all names.
    """
    found = _BY_NAME.get(name) or _BY_FOLDED.get(name.strip().casefold())
    if found is None:
        raise MezzotintError(_unknown("sampler", name, [info.name for info in SAMPLERS]))
    return found


def find_scheduler(name: str) -> str:
    """Look up the label of a schedule by any of its spellings.

    Raises:
        MezzotintError: there is no such schedule; the message lists near misses and all labels.
    """
    folded = {spelling.casefold(): label for spelling, label in _LABELS.items()}
    found = _LABELS.get(name) or folded.get(name.strip().casefold())
    if found is None:
        raise MezzotintError(_unknown("schedule type", name, [info.label for info in SCHEDULERS]))
    return found


def resolve(sampler: str | None, scheduler: str | None = None, *, fold: bool = False) -> Resolved:
    """Resolve sampler and schedule texts as version 1.10.1 does, old joined names included.

    Args:
        sampler: such as ``Euler a`` or ``DPM++ 2M Karras``; ``None`` is the default sampler. A schedule
            at its end beats ``scheduler``.
        scheduler: label or internal name; ``None`` is "Automatic".
        fold: give "Automatic" where the schedule is the sampler's own, as the web UI's paste does.

    Raises:
        MezzotintError: a name is unknown (the reference would silently take its default).
    """
    label = AUTOMATIC if not scheduler else find_scheduler(scheduler)
    name, suffix = names.split_schedule(sampler or DEFAULT_SAMPLER.name)
    info = find_sampler(name)
    label = suffix or label
    if fold and info.family == "sigma" and info.schedule == label != "Uniform":
        label = AUTOMATIC
    return Resolved(info, label)


def resolve_recorded(sampler: str | None, scheduler: str | None, version: str = "") -> Resolved:
    """Resolve the fields of a file as the version that wrote them meant them.

    See :func:`mezzotint.grammar.infotext.samplers.schedule_as_made` for what :func:`resolve`, and the
    reference, would misread.

    Raises:
        MezzotintError: a name is unknown.
    """
    resolved = resolve(sampler, scheduler)
    made = names.schedule_as_made(sampler, scheduler or None, version)
    return Resolved(resolved.sampler, made) if made else resolved


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    guess = f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    return f"unknown {what} {name!r}{guess} known: {', '.join(known)}".replace("' known", "'; known")
