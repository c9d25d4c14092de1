"""What a diffusers scheduler, with its options, is in A1111's words.

Source: diffusers 0.42, ``schedulers/scheduling_*.py``, with the noise levels of Stable Diffusion; how near
each comes was measured, see ``tests/runtime/test_sampler_aliases.py``.
"""

import re
from ast import literal_eval
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mezzotint.grammar.errors import MezzotintError

Match: TypeAlias = Literal["exact", "close", "none"]
Options: TypeAlias = Mapping[str, object]

OPTIONS = (
    "algorithm_type", "clip_sample", "euler_at_final", "final_sigmas_type", "noise_sampler_seed",
    "prediction_type", "set_alpha_to_one", "skip_prk_steps", "solver_order", "solver_type", "steps_offset",
    "timestep_spacing", "use_beta_sigmas", "use_exponential_sigmas", "use_flow_sigmas", "use_karras_sigmas",
    "use_lu_lambdas",
)  # fmt: skip
"""The options that are understood; what they leave out has the class's own default."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one program's name of a sampler or of a schedule means here.

    Attributes:
        tool: key in :data:`mezzotint.runtime.sampler_aliases.TOOLS`.
        name: as that program writes it.
        target: A1111's name; ``None`` if it has nothing of the kind.
        schedule: label of the schedule that a sampler's name implies; empty if it leaves that open.
        match: ``exact`` is the same steps from the same evaluations, to rounding; ``close`` the same
            method, different in what ``reason`` says; ``none`` nothing of the kind.
        reason: why it is not exact.
    """

    tool: str
    name: str
    target: str | None
    schedule: str = ""
    match: Match = "exact"
    reason: str = ""


_ROUNDED = "whole time steps"
_SINGLE = "it takes no noise (eta 0), and two of its steps are one here"
_MULTISTEP: Mapping[tuple[str, int, str], str] = {
    ("dpmsolver++", 1, "midpoint"): "Euler",  # of first order they are one formula
    ("dpmsolver++", 1, "heun"): "Euler",
    ("dpmsolver++", 2, "midpoint"): "DPM++ 2M",
    ("sde-dpmsolver++", 1, "midpoint"): "Euler a",
    ("sde-dpmsolver++", 1, "heun"): "Euler a",
    ("sde-dpmsolver++", 2, "midpoint"): "DPM++ 2M SDE",
    ("sde-dpmsolver++", 2, "heun"): "DPM++ 2M SDE Heun",
}
_INDEPENDENT_NOISE = "whole time steps, noise of independent draws"
# Class, sampler, why it is not exact; the empty reason is exact.
_CLASSES: Mapping[str, tuple[str | None, str]] = {
    "EulerDiscreteScheduler": ("Euler", ""),
    "EulerAncestralDiscreteScheduler": ("Euler a", ""),
    "HeunDiscreteScheduler": ("Heun", ""),
    "LMSDiscreteScheduler": ("LMS", ""),
    "KDPM2DiscreteScheduler": ("DPM2", "no sigma is discarded"),
    "KDPM2AncestralDiscreteScheduler": ("DPM2 a", "no sigma is discarded"),
    "DPMSolverSinglestepScheduler": ("DPM++ 2S a", _SINGLE),
    "DPMSolverSDEScheduler": ("DPM++ SDE", "noise of a seed of its own"),
    "UniPCMultistepScheduler": ("UniPC", "other time steps, bh2 of order 2 unless told otherwise"),
    "DDIMScheduler": ("DDIM", "one step more at the end"),
    "PNDMScheduler": ("PLMS", "one step more at the end"),
    "LCMScheduler": ("LCM", "other time steps"),
    "CosineDPMSolverMultistepScheduler": (None, "for models with a cosine schedule"),
    "DDPMScheduler": (None, "no sampler of A1111"),
    "DEISMultistepScheduler": (None, "no sampler of A1111"),
    "EDMDPMSolverMultistepScheduler": (None, "for models trained on EDM's sigmas"),
    "EDMEulerScheduler": (None, "for models trained on EDM's sigmas"),
    "FlowMatchEulerDiscreteScheduler": (None, "for flow matching models"),
    "FlowMatchHeunDiscreteScheduler": (None, "for flow matching models"),
    "IPNDMScheduler": (None, "no sampler of A1111"),
    "SASolverScheduler": (None, "no sampler of A1111"),
    "TCDScheduler": (None, "no sampler of A1111"),
}
# What else differs where these options do not stand as Stable Diffusion needs them.
_UNLESS: Mapping[str, Mapping[str, str]] = {
    "DDIMScheduler": {"clip_sample": "latents are clipped"},
    "PNDMScheduler": {"skip_prk_steps": "Runge-Kutta steps first"},
}
_NO_SCHEDULE = frozenset({"DDIM", "PLMS", "UniPC", "LCM"})  # their time steps are their own
_WITHOUT_ZERO = frozenset({"DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler"})
CLASSES = (*_CLASSES, "DPMSolverMultistepScheduler")

_MAX_SPELLING = 400
_SPELLING = re.compile(r"(?:diffusers\.)?(\w+)\s*(?:\((.*)\))?")
_OPTION = re.compile(r"\s*(\w+)\s*=\s*(True|False|None|-?\d+|'[^',]*'|\"[^\",]*\")\s*")


def read_spelling(text: str) -> tuple[str, Options] | None:
    """Read ``Class`` or ``Class(option=value, …)``; ``None`` if it names no scheduler class of ours.

    Raises:
        MezzotintError: the class is known, what stands in its brackets is not.
    """
    found = _SPELLING.fullmatch(text.strip()) if len(text) <= _MAX_SPELLING else None
    classes = {name.casefold(): name for name in CLASSES}
    if found is None or found[1].casefold() not in classes:
        return None
    options: dict[str, object] = {}
    for part in filter(str.strip, (found[2] or "").split(",")):
        option = _OPTION.fullmatch(part)
        if option is None:
            raise MezzotintError(
                f"{part.strip()!r} is not an option of {found[1]}: write option=value, such as "
                "use_karras_sigmas=True"
            )
        options[option[1]] = literal_eval(option[2])
    if strange := options.keys() - set(OPTIONS):
        raise MezzotintError(
            f"the option {min(strange)!r} of {found[1]} says nothing about its sampler: leave it out; "
            f"those that do: {', '.join(OPTIONS)}"
        )
    return classes[found[1].casefold()], options


def spelled(name: str, options: Options) -> str:
    """A class and its options as one writes them."""
    inner = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return f"{name}({inner})" if inner else name


def meaning_of(tool: str, name: str, scheduler: str, options: Options) -> Meaning:
    """What a scheduler class means.

    Args:
        tool: whose name it is.
        name: as that program writes it.
        scheduler: one of :data:`CLASSES`.
        options: of the class; what is absent has its default.
    """
    target, reason = _method(scheduler, options)
    if target is None:
        return Meaning(tool, name, None, match="none", reason=reason)
    if target in _NO_SCHEDULE:
        return Meaning(tool, name, target, match="close", reason=reason)
    schedule, difference = _schedule(scheduler, options)
    if schedule is None:
        return Meaning(tool, name, None, match="none", reason=difference)
    reasons = ", ".join(filter(None, (reason, difference)))
    return Meaning(tool, name, target, schedule, "close" if reasons else "exact", reasons)


def _method(scheduler: str, options: Options) -> tuple[str | None, str]:
    """The sampler, and why it is not exact."""
    kind = str(options.get("algorithm_type", "dpmsolver++"))
    order = options.get("solver_order", 2)
    if scheduler != "DPMSolverMultistepScheduler":
        if scheduler == "DPMSolverSinglestepScheduler" and (kind, order) != ("dpmsolver++", 2):
            return None, f"A1111 has no single-step {kind} of order {order}"
        target, reason = _CLASSES[scheduler]
        beside = [text for key, text in _UNLESS.get(scheduler, {}).items() if not _is_sd(key, options)]
        return target, ", ".join([reason, *beside])
    if (kind, order) == ("sde-dpmsolver++", 3):
        return None, "a term of its third order has the other sign; DPM++ 3M SDE is a quarter off"
    solver = str(options.get("solver_type", "midpoint"))
    target = _MULTISTEP.get((kind, order if isinstance(order, int) else 0, solver))
    if target is None:
        return None, f"A1111 has no multistep {kind} of order {order}, {solver}"
    return target, _INDEPENDENT_NOISE if "SDE" in target else _ROUNDED


def _is_sd(option: str, options: Options) -> bool:
    """Whether an option stands as Stable Diffusion needs it; the classes' defaults are the opposite."""
    return options.get(option) is (option == "skip_prk_steps")


def _schedule(scheduler: str, options: Options) -> tuple[str | None, str]:
    """The schedule's label, and why it is not exact."""
    if options.get("use_flow_sigmas"):
        return None, "for flow matching models"
    last = "stops at the smallest sigma" if options.get("final_sigmas_type") == "sigma_min" else ""
    if options.get("use_lu_lambdas"):
        return "Exponential", last
    for flag, label in (("karras", "Karras"), ("exponential", "Exponential"), ("beta", "Beta")):
        if options.get(f"use_{flag}_sigmas"):
            return label, last
    spacing = options.get("timestep_spacing", "linspace")
    if spacing == "trailing":
        return "Simple", last or "the same sigmas where the steps divide 1000"
    if spacing == "leading":
        return "DDIM", last or "starts from more noise, and other sigmas where the steps do not divide 1000"
    return "SGM Uniform" if scheduler in _WITHOUT_ZERO else "Uniform", last
