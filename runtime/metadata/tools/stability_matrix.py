"""Stability Matrix: ``parameters-json`` and ``smproj`` beside an infotext and a graph.

Source: files of the program.
"""

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.a1111 import from_infotext
from mezzotint.runtime.metadata.tools.comfyui import find_graph, from_graph
from mezzotint.runtime.metadata.tools.fields import collect, generation, model, rest, sides, used_names
from mezzotint.runtime.metadata.tools.items import infotext_of, parse_leniently
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "stabilitymatrix"

_NAMES = {
    PROMPT: "PositivePrompt",
    NEGATIVE_PROMPT: "NegativePrompt",
    "Steps": "Steps",
    "CFG scale": "CfgScale",
    "Seed": "Seed",
    "Model hash": "ModelHash",
}
_USED = used_names(_NAMES, "Width", "Height", "ModelName", "Sampler")


def read(found: Metadata) -> Generation | None:
    """The program's own object, else its infotext."""
    text = found.find("parameters-json")
    data = load_object(text)
    if text is not None and data is not None:
        fields = collect(data, _NAMES) + model(data.get("ModelName")) + sampler(data.get("Sampler"))
        graph, graph_text = find_graph(found)
        if graph is not None:  # which knows the size before the picture was enlarged
            fields += from_graph(graph, graph_text).fields
        fields += sides(data, "Width", "Height")
        return generation(NAME, text, fields, others=rest(data, _USED))
    written = infotext_of(found) if found.find("smproj") is not None else None
    return None if written is None else from_infotext(NAME, parse_leniently(written), written)
