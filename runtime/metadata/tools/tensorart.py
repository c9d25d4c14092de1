"""TensorArt: ``generation_data``, often with a NUL behind it.

Source: files of the service.
"""

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.comfyui import find_graph, from_graph
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
_RANDOM = "-1"  # the seed that asks for any
_USED = used_names(_NAMES, "width", "height", "baseModel", "samplerName", "scheduler")


def read(found: Metadata) -> Generation | None:
    """The object, and from the graph beside it what that leaves open."""
    text = found.find("generation_data")
    data = load_object(text)
    if text is None or data is None or "prompt" not in data:
        return None
    stated = {key: value for key, value in data.items() if not (key == "seed" and text_of(value) == _RANDOM)}
    fields = collect(stated, _NAMES) + sides(data) + sampler(data.get("samplerName"), data.get("scheduler"))
    base = data.get("baseModel")
    if isinstance(base, dict):
        fields += model(base.get("modelFileName") or base.get("label"))
        fields += collect(base, {"Model hash": "hash"})
    graph, graph_text = find_graph(found)
    if graph is not None:  # which knows what was left open
        fields += from_graph(graph, graph_text).fields
    return generation(NAME, text, fields, others=rest(data, _USED))
