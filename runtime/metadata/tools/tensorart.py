"""TensorArt: ``generation_data``, often with a NUL behind it.

Source: files of the service.
"""

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import collect, generation, model, rest, sides, used_names
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "tensorart"

_NAMES = {
    PROMPT: "prompt",
    NEGATIVE_PROMPT: "negativePrompt",
    "Steps": "steps",
    "CFG scale": "cfgScale",
    "Distilled CFG Scale": "guidance",
    "Seed": "seed",
    "Clip skip": "clipSkip",
    "VAE": "vae",
    "Denoising strength": "denoisingStrength",
}
_USED = used_names(_NAMES, "width", "height", "baseModel", "samplerName", "scheduler")


def read(found: Metadata) -> Generation | None:
    """The object; the graph beside it is of nodes that only the service has."""
    text = found.find("generation_data")
    data = load_object(text)
    if text is None or data is None or "prompt" not in data:
        return None
    fields = collect(data, _NAMES) + sides(data) + sampler(data.get("samplerName"), data.get("scheduler"))
    base = data.get("baseModel")
    if isinstance(base, dict):
        fields += model(base.get("label") or base.get("modelFileName"))
        fields += collect(base, {"Model hash": "hash"})
    return generation(NAME, text, fields, others=rest(data, _USED))
