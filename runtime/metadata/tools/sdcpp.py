"""stable-diffusion.cpp: an infotext with names of its own.

Source: stable-diffusion.cpp ``examples/cli/main.cpp``; files of the program.
"""

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.tools.fields import generation, model
from mezzotint.runtime.metadata.tools.items import infotext_of, parse_leniently
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "sd.cpp"

_MARKS = ("stable-diffusion.cpp", "SDCPP: {")
_RNG = {"cuda": "NV", "std_default": "CPU", "cpu": "CPU"}
_SCHEDULES = frozenset(
    {"discrete", "karras", "exponential", "ays", "gits", "sgm_uniform", "simple", "smoothstep"}
)


def read(found: Metadata) -> Generation | None:
    """An infotext with the program's name in it."""
    text = infotext_of(found)
    if text is None or not any(mark in text for mark in _MARKS):
        return None
    infotext = parse_leniently(text)
    settings = dict(infotext.settings)
    if "stable-diffusion.cpp" not in settings.get("Version", "") and "SDCPP" not in settings:
        return None
    fields = [
        Field(PROMPT, infotext.prompt, infotext.prompt),
        Field(NEGATIVE_PROMPT, infotext.negative_prompt, infotext.negative_prompt),
        *_sampler(settings.pop("Sampler", "")),
        *model(settings.pop("Model", None)),
        *model(settings.get("Unet")),  # of models in parts, whose name stands here
    ]
    rng, guidance = settings.pop("RNG", None), settings.pop("Guidance", None)
    if rng is not None:
        fields.append(Field("RNG", _RNG.get(rng, rng), rng))
    if guidance is not None:
        fields.append(Field("Distilled CFG Scale", guidance, guidance))
    fields += [Field(key, value, value) for key, value in settings.items()]
    return generation(NAME, text, fields, notes=infotext.notes)


def _sampler(written: str) -> list[Field]:
    """The schedule stands behind the sampler: ``euler_a discrete``."""
    name, _, schedule = written.rpartition(" ")
    if schedule not in _SCHEDULES:
        return sampler(written)
    first, *others = sampler(name, schedule)
    return [Field(first.key, first.value, written), *others]
