"""SwarmUI: an object with ``sui_image_params`` under ``parameters`` or in EXIF.

Source: SwarmUI ``src/Text2Image/T2IParamInput.cs`` and its documentation of parameters.
"""

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import (
    collect,
    generation,
    model,
    rest,
    sides,
    text_of,
    used_names,
)
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "swarmui"

_NAMES = {
    PROMPT: "prompt",
    NEGATIVE_PROMPT: "negativeprompt",
    "Steps": "steps",
    "CFG scale": "cfgscale",
    "Distilled CFG Scale": "fluxguidancescale",
    "Seed": "seed",
    "Variation seed": "variationseed",
    "Variation seed strength": "variationseedstrength",
    "Denoising strength": "initimagecreativity",
    "VAE": "vae",
}
_USED = used_names(_NAMES, "model", "width", "height", "sampler", "scheduler", "clipstopatlayer")


def read(found: Metadata) -> Generation | None:
    """The object wherever it stands; the oldest files have it in EXIF's Model."""
    for text in (found.parameters, found.find("exif:Model")):
        data = load_object(text)
        params = None if data is None else data.get("sui_image_params")
        if text is not None and data is not None and isinstance(params, dict):
            return _read(data, params, text)
    return None


def _read(data: dict[str, object], params: dict[str, object], text: str) -> Generation:
    fields = collect(params, _NAMES) + sides(params) + model(params.get("model"))
    fields += sampler(params.get("sampler"), params.get("scheduler"))
    layer, models = params.get("clipstopatlayer"), data.get("sui_models")
    if isinstance(layer, int) and layer < 0:
        fields.append(Field("Clip skip", str(-layer), str(layer)))
    others = rest(params, _USED)
    extra = data.get("sui_extra_data")
    if isinstance(extra, dict):
        others += rest(extra, ())
    hashes = text_of(models)
    if hashes:
        others += (Field("models", hashes, hashes),)
    return generation(NAME, text, fields, others=others)
