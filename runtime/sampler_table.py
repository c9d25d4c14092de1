"""Every sampler and schedule of stable-diffusion-webui 1.10.1, and how infotexts name them.

A data module: it imports nothing heavy, so that reading and checking metadata stays quick.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext import samplers as names
from mezzotint.runtime import sampler_aliases as aliases
from mezzotint.runtime.sampler_aliases import split_tool
from mezzotint.runtime.sampler_diffusers import Meaning

Family: TypeAlias = Literal["sigma", "timestep", "lcm"]
AUTOMATIC = names.AUTOMATIC
A1111 = "a1111"
_MAX_MISSPELT = 100  # letters of a name that near misses are looked for


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

JOINED = (
    "DPM++ 2M Karras", "DPM++ SDE Karras", "DPM++ 2M SDE Exponential", "DPM++ 2M SDE Karras",
    "DPM++ 2M SDE Heun Karras", "DPM++ 2M SDE Heun Exponential", "DPM++ 3M SDE Karras",
    "DPM++ 3M SDE Exponential", "LMS Karras", "DPM2 Karras", "DPM2 a Karras", "DPM++ 2S a Karras",
)  # fmt: skip
"""Names that versions before 1.9 offered; any other pair is understood as well."""

DEFAULT_SAMPLER = SAMPLERS[0]
_BY_NAME = {info.name: info for info in SAMPLERS}
_BY_ALIAS = {alias: info for info in SAMPLERS for alias in info.aliases}
_BY_FOLDED = {name.casefold(): info for info in SAMPLERS for name in (*info.aliases, info.name)}
_LABELS = {spelling: info.label for info in SCHEDULERS for spelling in info.spellings}
_FOLDED_LABELS = {spelling.casefold(): label for spelling, label in _LABELS.items()}


def own_names() -> tuple[Meaning, ...]:
    """A1111's further names of samplers: those that its API takes, and the joined ones of old."""
    by_api = [Meaning(A1111, alias, info.name) for info in SAMPLERS for alias in info.aliases]
    joined = [Meaning(A1111, name, *names.split_schedule(name)) for name in JOINED]
    return (*by_api, *joined)


def find_sampler(name: str) -> SamplerInfo:
    """Look a sampler up by A1111's names and aliases alone, in any case of the letters.

    Raises:
        MezzotintError: there is no such sampler; the message lists near misses and all names.
    """
    found = _BY_NAME.get(name) or _BY_FOLDED.get(name.strip().casefold())
    if found is None:
        raise MezzotintError(_unknown("sampler", name, [info.name for info in SAMPLERS], _sampler_words()))
    return found


def sampler_meanings(name: str) -> list[Meaning]:
    """What a sampler's name may mean: one meaning for each program that has it.

    A1111's own spelling means what A1111 means by it, whoever else uses the word. Otherwise every program
    that writes the word so has a say, and only if there is none is the case of the letters forgiven, to
    A1111's names first. A program before a colon is asked alone: ``comfy:ddim``.

    Args:
        name: a name without a schedule at its end.

    Raises:
        MezzotintError: a diffusers class has options that cannot be read.
    """
    tool, word = split_tool(name)
    if tool not in (None, A1111):
        return aliases.sampler_meanings(word, tool) or aliases.sampler_meanings(word, tool, fold=True)
    if tool == A1111 or word in _BY_NAME:
        info = _BY_NAME.get(word) or _BY_FOLDED.get(word.casefold())
        return [] if info is None else [Meaning(A1111, word, info.name)]
    own = [Meaning(A1111, word, info.name)] if (info := _BY_ALIAS.get(word)) else []
    if exact := own + aliases.sampler_meanings(word):
        return exact
    if (info := _BY_FOLDED.get(word.casefold())) is not None:
        return [Meaning(A1111, word, info.name)]
    return aliases.sampler_meanings(word, fold=True)


def schedule_meanings(name: str) -> list[Meaning]:
    """What a schedule's name may mean, as :func:`sampler_meanings`; A1111's words are A1111's."""
    tool, word = split_tool(name)
    if tool not in (None, A1111):
        return aliases.schedule_meanings(word, tool, fold=True)
    label = _LABELS.get(word) or _FOLDED_LABELS.get(word.casefold())
    own = [] if label is None else [Meaning(A1111, word, label)]
    return own if own or tool == A1111 else aliases.schedule_meanings(word, fold=True)


def find_scheduler(name: str) -> str:
    """Look up the label of a schedule by any of its spellings, in any program.

    Raises:
        MezzotintError: there is no such schedule, or the word means several, or nothing of A1111's; the
            message lists near misses and all labels.
    """
    meanings = schedule_meanings(name)
    if not meanings:
        words = [*_LABELS, *(one.name for one in aliases.schedule_names())]
        raise MezzotintError(_unknown("schedule type", name, [info.label for info in SCHEDULERS], words))
    return _agreed("schedule type", name, meanings)


def resolve(sampler: str | None, scheduler: str | None = None, *, fold: bool = False) -> Resolved:
    """Resolve sampler and schedule texts as version 1.10.1 does, old joined names included.

    Names of other programs are understood, too, see :func:`sampler_meanings`.

    Args:
        sampler: such as ``Euler a`` or ``DPM++ 2M Karras``; ``None`` is the default sampler. A schedule
            at its end, or one that another program's name implies, beats ``scheduler``.
        scheduler: label or internal name; ``None`` is "Automatic".
        fold: give "Automatic" where the schedule is the sampler's own, as the web UI's paste does.

    Raises:
        MezzotintError: a name is unknown (the reference would silently take its default), or means
            different things to different programs.
    """
    label = AUTOMATIC if not scheduler else find_scheduler(scheduler)
    name, suffix = names.split_schedule(sampler or DEFAULT_SAMPLER.name)
    info, implied = _wide_sampler(name)
    label = suffix or implied or label
    if fold and info.family == "sigma" and info.schedule == label != "Uniform":
        label = AUTOMATIC
    return Resolved(info, label)


def resolve_recorded(sampler: str | None, scheduler: str | None, version: str = "") -> Resolved:
    """Resolve the fields of a file as the version that wrote them meant them.

    See :func:`mezzotint.grammar.infotext.samplers.schedule_as_made` for what :func:`resolve`, and the
    reference, would misread. A word that A1111 knows is A1111's here, for the file is its.

    Raises:
        MezzotintError: a name is unknown.
    """
    resolved = resolve(_recorded_name(sampler), scheduler)
    made = names.schedule_as_made(sampler, scheduler or None, version)
    return Resolved(resolved.sampler, made) if made else resolved


def _recorded_name(sampler: str | None) -> str | None:
    """The name with A1111's word for it in front, where A1111 has one."""
    name, suffix = names.split_schedule(sampler or "")
    info = _BY_NAME.get(name) or _BY_FOLDED.get(name.strip().casefold())
    return sampler if info is None else " ".join(filter(None, (info.name, suffix)))


def _wide_sampler(name: str) -> tuple[SamplerInfo, str]:
    """A sampler by any program's name, and the schedule that all who have the name mean by it."""
    meanings = sampler_meanings(name)
    if not meanings:
        raise MezzotintError(_unknown("sampler", name, [info.name for info in SAMPLERS], _sampler_words()))
    info = _BY_NAME[_agreed("sampler", name, meanings)]
    implied = {one.schedule for one in meanings}
    return info, implied.pop() if len(implied) == 1 else ""


def _agreed(what: str, name: str, meanings: list[Meaning]) -> str:
    """What all mean."""
    targets = {one.target for one in meanings}
    if len(targets) > 1:
        said = "; ".join(
            f"{one.tool}:{one.name} is {one.target or f'nothing of A1111 ({one.reason})'}" for one in meanings
        )
        raise MezzotintError(f"the {what} {name!r} means different things, say which: {said}")
    target = targets.pop()
    if target is None:
        raise MezzotintError(f"the {what} {name!r} has no counterpart in A1111: {meanings[0].reason}")
    return target


def _sampler_words() -> list[str]:
    """Every word for a sampler that is not A1111's own spelling."""
    return list(dict.fromkeys([*_BY_ALIAS, *(one.name for one in aliases.sampler_names())]))


def _unknown(what: str, name: str, known: list[str], words: list[str]) -> str:
    """The message for a name that nothing has.

    Args:
        what: is unknown.
        name: the name.
        known: A1111's names.
        words: where near misses are looked for if those have none.
    """
    word = split_tool(name)[1][:_MAX_MISSPELT]
    near = get_close_matches(word, known, n=3, cutoff=0.5) or get_close_matches(word, words, n=3, cutoff=0.5)
    guess = f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    return f"unknown {what} {name!r}{guess} known: {', '.join(known)}".replace("' known", "'; known")
