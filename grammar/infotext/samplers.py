"""Names of samplers and schedules: what an infotext writes and which pair it means.

Source: stable-diffusion-webui v1.10.1, ``modules/sd_samplers.py`` and ``modules/sd_schedulers.py``; for
older texts, the release notes and sources of v1.5 to v1.9.
"""

from collections.abc import Mapping

from mezzotint.grammar.infotext.versions import known, parse_version

AUTOMATIC = "Automatic"
SAME_SAMPLER = "Use same sampler"
SAME_SCHEDULE = "Use same scheduler"

# Label, then the other spellings that may stand in a text. The order is the reference's: it decides
# which suffix of a sampler name is cut first.
SCHEDULES: Mapping[str, tuple[str, ...]] = {
    AUTOMATIC: ("automatic",),
    "Uniform": ("uniform",),
    "Karras": ("karras",),
    "Exponential": ("exponential",),
    "Polyexponential": ("polyexponential",),
    "SGM Uniform": ("sgm_uniform", "SGMUniform"),
    "KL Optimal": ("kl_optimal",),
    "Align Your Steps": ("align_your_steps",),
    "Simple": ("simple",),
    "Normal": ("normal",),
    "DDIM": ("ddim",),
    "Beta": ("beta",),
}
SCHEDULE_NAMES = {name: label for label, others in SCHEDULES.items() for name in (label, others[0])}

# Each sampler with the schedule that "Automatic" stands for; None when it has none of its own.
SAMPLERS: Mapping[str, str | None] = {
    "DPM++ 2M": "Karras",
    "DPM++ SDE": "Karras",
    "DPM++ 2M SDE": "Exponential",
    "DPM++ 2M SDE Heun": "Exponential",
    "DPM++ 2S a": "Karras",
    "DPM++ 3M SDE": "Exponential",
    "Euler a": None,
    "Euler": None,
    "LMS": None,
    "Heun": None,
    "DPM2": "Karras",
    "DPM2 a": "Karras",
    "DPM fast": None,
    "DPM adaptive": None,
    "Restart": "Karras",
    "DDIM": None,
    "DDIM CFG++": None,
    "PLMS": None,
    "UniPC": None,
    "LCM": None,
}
DEFAULT_SAMPLER = "DPM++ 2M"

# Samplers whose runs the setting "ENSD" is recorded for, though it acts on all of them.
ENSD_SAMPLERS = frozenset({"Euler a", "DPM++ 2S a", "DPM2 a", "DPM fast", "DPM adaptive"})

_FIRST_WITH_SCHEDULES = known("1.9.0")
# 1.5 to 1.8 wrote the internal name of a schedule that overrode the sampler's.
_ONCE_OVERRIDING = frozenset({"karras", "exponential", "polyexponential"})


def resolve_sampler(sampler: str | None, schedule: str | None, *, fold: bool) -> tuple[str, str]:
    """Sampler name and schedule label that the two texts mean to v1.10.1.

    A schedule at the end of the sampler's name wins over ``schedule``. Unknown names silently become
    DPM++ 2M and Automatic, as in the reference. With ``fold``, as when a text is pasted into its form,
    the sampler's own schedule is called Automatic; a job is run without.
    """
    name, suffix = split_schedule(DEFAULT_SAMPLER if sampler is None else sampler)
    label = suffix or SCHEDULE_NAMES.get(schedule or "", AUTOMATIC)
    if name not in SAMPLERS:
        name = DEFAULT_SAMPLER
    if fold and SAMPLERS[name] == label:
        label = AUTOMATIC
    return name, label


def split_schedule(sampler: str) -> tuple[str, str]:
    """Cut the schedules off the end of an old joined name: ``DPM++ 2M Karras`` is (DPM++ 2M, Karras).

    Spellings are tried in the order of the table, and the last one cut counts; the label is empty when
    the name has none.
    """
    label = ""
    for candidate, others in SCHEDULES.items():
        for spelling in (candidate, *others):
            if sampler.endswith(" " + spelling):
                label = candidate
                sampler = sampler[: -len(spelling) - 1]
                break
    return sampler, label


def resolve_hires_sampler(settings: Mapping[str, object]) -> tuple[str, str]:
    """Sampler and schedule of the second pass, from :func:`~mezzotint.grammar.infotext.effective.effective`.

    ``Use same …`` stands for equality with the raw text of the first pass, so a text with
    ``Sampler: DPM++ 2M Karras`` yields an explicit name. A key that was disregarded means the same.
    """
    main = _text(settings.get("Sampler")), _text(settings.get("Schedule type"))
    sampler = _text(settings.get("Hires sampler", SAME_SAMPLER))
    schedule = _text(settings.get("Hires schedule type", SAME_SCHEDULE))
    name, label = resolve_sampler(
        main[0] if sampler == SAME_SAMPLER else sampler,
        main[1] if schedule == SAME_SCHEDULE else schedule,
        fold=True,
    )
    return SAME_SAMPLER if name == main[0] else name, SAME_SCHEDULE if label == main[1] else label


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def schedule_as_made(sampler: str | None, schedule: str | None, version: str = "") -> str | None:
    """The schedule that made the picture, where v1.10.1 misreads texts older than 1.9; else None.

    Before 1.9 a bare ``Sampler: DPM++ 2M`` meant the uniform schedule (v1.10.1 reads Karras), and a
    lower-case ``Schedule type: karras`` won over the suffix of the sampler's name (v1.10.1 prefers the
    suffix). Since 1.9 the schedule is always written.

    Args:
        sampler: the text of ``Sampler``.
        schedule: the text of ``Schedule type``.
        version: the text of ``Version``.
    """
    written = parse_version(version)
    if written is not None and written >= _FIRST_WITH_SCHEDULES:
        return None
    if schedule in _ONCE_OVERRIDING:
        return SCHEDULE_NAMES[schedule]
    if schedule is None and sampler is not None and SAMPLERS.get(sampler) and sampler != "Restart":
        return "Uniform"
    return None
