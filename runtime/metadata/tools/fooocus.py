"""Fooocus and its forks: a JSON object under ``parameters``, in EXIF, or in older ones under ``Comment``.

Source: Fooocus ``modules/meta_parser.py``; files of Fooocus-MRE and RuinedFooocus.
"""

from collections.abc import Mapping

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import (
    Names,
    collect,
    first,
    generation,
    model,
    rest,
    sides,
    size,
    used_names,
)
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "fooocus"
RUINED = "ruinedfooocus"

_NAMES: Names = {
    PROMPT: "prompt",
    NEGATIVE_PROMPT: "negative_prompt",
    "Steps": "steps",
    "CFG scale": ("guidance_scale", "cfg"),
    "Seed": "seed",
    "Model hash": "base_model_hash",
    "VAE": "vae",
    "Clip skip": "clip_skip",
    "Denoising strength": "overwrite_strength",
}
_LAYER = "base_clip_skip"  # of Fooocus-MRE: the number of the last layer, from behind
_MODELS = ("base_model", "base_model_name")
_SAMPLERS = ("sampler", "sampler_name")
_USED = used_names(_NAMES, *_MODELS, "resolution", "width", "height", *_SAMPLERS, "scheduler", _LAYER)
_RUINED_NAMES = {
    PROMPT: "Prompt",
    NEGATIVE_PROMPT: "Negative",
    "Steps": "steps",
    "CFG scale": "cfg",
    "Seed": "seed",
    "Model hash": "base_model_hash",
    "Clip skip": "clip_skip",
    "Denoising strength": "denoise",
}
_RUINED_USED = used_names(_RUINED_NAMES, "base_model_name", "width", "height", "sampler_name", "scheduler")
_MISSING = ("Fooocus' own changes to the sampler (sharpness, ADM guidance), which other programs lack",)


def read(found: Metadata) -> Generation | None:
    """The object wherever it stands; an infotext with Fooocus' mark is A1111's reader's."""
    for text in (found.parameters, found.find("Comment"), found.find("comment")):
        data = load_object(text)
        if text is None or data is None:
            continue
        if data.get("software") == "RuinedFooocus" or ("Prompt" in data and "base_model_name" in data):
            return _read_ruined(data, text)
        if "prompt" in data and any(name in data for name in _MODELS):
            return _read(data, text)
    return None


def _read(data: Mapping[str, object], text: str) -> Generation:
    fields = [
        *collect(data, _NAMES),
        *size(data.get("resolution")),
        *sides(data),
        *model(first(data, _MODELS)),
        *sampler(first(data, _SAMPLERS), data.get("scheduler")),
    ]
    layer = data.get(_LAYER)
    if isinstance(layer, int) and layer < 0:
        fields.append(Field("Clip skip", str(-layer), str(layer)))
    return generation(NAME, text, fields, others=rest(data, _USED), missing=_MISSING)


def _read_ruined(data: Mapping[str, object], text: str) -> Generation:
    fields = [
        *collect(data, _RUINED_NAMES),
        *sides(data),
        *model(data.get("base_model_name")),
        *sampler(data.get("sampler_name"), data.get("scheduler")),
    ]
    return generation(RUINED, text, fields, others=rest(data, _RUINED_USED))
