"""What ComfyUI and diffusers call a sampler and its schedule."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mezzotint.runtime.sampler_aliases import sampler_names, schedule_names
from mezzotint.runtime.sampler_diffusers import Meaning, Options, meaning_of, read_spelling, spelled
from mezzotint.runtime.sampler_table import Resolved

_COMFY, _DIFFUSERS = "comfy", "diffusers"
# DDIM without noise is Euler's method on its own schedule, which is what ComfyUI's "ddim" does.
_COMFY_SAMPLERS = {"DDIM": ("ddim", "ddim_uniform")}
_COMFY_SCHEDULES = {"Uniform": "normal", "Polyexponential": "exponential"}  # with rho 1, its default
_OTHERWISE = ("euler", "normal")
_RANK = {"exact": 0, "close": 1, "none": 2}
# In the order in which they are tried: the fewest options first.
_SCHEDULE_OPTIONS: tuple[Options, ...] = (
    {},
    {"timestep_spacing": "linspace"},
    {"use_karras_sigmas": True},
    {"use_exponential_sigmas": True},
    {"use_beta_sigmas": True},
    {"timestep_spacing": "trailing"},
    {"timestep_spacing": "leading"},
)
# Beginnings of options that a class has not.
_LACKS = {"EulerAncestralDiscreteScheduler": "use_", "DPMSolverSinglestepScheduler": "timestep_"}
_SAME_SIGMAS = {"Normal": "Uniform", "Polyexponential": "Exponential"}  # the latter with rho 1, its default


@dataclass(frozen=True, slots=True)
class Named:
    """A pair of names, or a class and its options, and what differs."""

    name: str
    schedule: str = ""
    options: Options = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def comfy_names(resolved: Resolved | None) -> Named:
    """``sampler_name`` and ``scheduler`` of ComfyUI's KSampler."""
    if resolved is None:
        return Named(*_OTHERWISE, notes=("no sampler is known: euler, normal",))
    sampler, schedule = resolved.sampler.name, resolved.effective_scheduler
    if sampler in _COMFY_SAMPLERS:
        name, own = _COMFY_SAMPLERS[sampler]
        return Named(name, own, notes=("DDIM takes nearly the same steps in ComfyUI",))
    notes = []
    found = _best(one for one in sampler_names() if one.tool == _COMFY and one.target == sampler)
    if found is None:
        notes.append(f"ComfyUI has no {sampler}: {_OTHERWISE[0]} instead")
    elif found.reason:
        notes.append(f"{found.name} is nearly {sampler}: {found.reason}")
    label = _COMFY_SCHEDULES.get(schedule)
    if label is None:
        meant = _best(one for one in schedule_names() if one.tool == _COMFY and one.target == schedule)
        label = _OTHERWISE[1] if meant is None else meant.name
        if meant is None:
            notes.append(f"ComfyUI's sampler has no schedule {schedule}: {label} instead")
        elif meant.reason:
            notes.append(f"the schedule {label} is nearly {schedule}: {meant.reason}")
    return Named(_OTHERWISE[0] if found is None else found.name, label, notes=tuple(notes))


def _best(meanings: Iterator[Meaning]) -> Meaning | None:
    return min(meanings, key=lambda one: _RANK[one.match], default=None)


def diffusers_scheduler(resolved: Resolved | None) -> Named:
    """A scheduler class of diffusers and its options."""
    if resolved is None:
        return Named("EulerDiscreteScheduler", notes=("no sampler is known: EulerDiscreteScheduler",))
    sampler, schedule = resolved.sampler.name, resolved.effective_scheduler
    schedule = _SAME_SIGMAS.get(schedule, schedule)
    found = list(_classes(sampler))
    fitting = [one for one in found if one[2].schedule in {schedule, ""}]
    if fitting:
        name, options, meaning = min(fitting, key=lambda one: _RANK[one[2].match])
        notes = [f"{name} is nearly {sampler}: {meaning.reason}"] if meaning.reason else []
        return Named(name, options=options, notes=tuple(notes))
    if found:
        name, options, meaning = found[0]
        return Named(
            name, options=options, notes=(f"{name} has no schedule {schedule}: {meaning.schedule} instead",)
        )
    return Named(
        "EulerDiscreteScheduler", notes=(f"diffusers has no {sampler}: EulerDiscreteScheduler instead",)
    )


def _classes(sampler: str) -> Iterator[tuple[str, Options, Meaning]]:
    """The classes and options that mean a sampler, one for each schedule."""
    for one in sampler_names():
        read = read_spelling(one.name) if one.tool == _DIFFUSERS else None
        if read is None:
            continue
        name, own = read
        for more in _SCHEDULE_OPTIONS:
            if name in _LACKS and any(key.startswith(_LACKS[name]) for key in more):
                continue
            options = {**own, **more}
            meaning = meaning_of(_DIFFUSERS, spelled(name, options), name, options)
            if meaning.target == sampler:
                yield name, options, meaning
            if meaning.target == sampler and not meaning.schedule:
                break  # it has no schedule to choose
