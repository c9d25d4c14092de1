"""Civitai's generator: an infotext with its resources, or a graph with ``extraMetadata``.

Source: files of the service.
"""

from collections.abc import Iterator, Mapping

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load, load_object
from mezzotint.runtime.metadata.tools.comfy_graph import graph_of
from mezzotint.runtime.metadata.tools.comfyui import from_graph
from mezzotint.runtime.metadata.tools.fields import (
    collect,
    generation,
    model,
    rest,
    sides,
    text_of,
    used_names,
)
from mezzotint.runtime.metadata.tools.items import LooseInfotext, infotext_of, parse_leniently
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "civitai"

_NAMES = {
    PROMPT: "prompt",
    NEGATIVE_PROMPT: "negativePrompt",
    "Steps": "steps",
    "CFG scale": "cfgScale",
    "Seed": "seed",
    "Clip skip": "clipSkip",
    "Denoising strength": "denoise",
}
_USED = used_names(_NAMES, "width", "height", "sampler")
_MARKS = ("Civitai resources", "Civitai metadata")
_EXTRA = "extraMetadata"
_UNKNOWN = "Undefined"  # what it writes for a sampler it has no name for


def read(found: Metadata) -> Generation | None:
    """Either form."""
    for text in (found.parameters, found.find("prompt")):
        data = load_object(text) if text is not None and _EXTRA in text else None
        if text is not None and data is not None:
            return _read_graph(data, text)
    text = infotext_of(found)
    if text is None:
        return None
    infotext = parse_leniently(text) if any(mark in text for mark in _MARKS) else None
    if infotext is None or not any(mark in infotext.settings for mark in _MARKS):
        return None
    return _read_infotext(infotext, text)


def _read_graph(data: Mapping[str, object], text: str) -> Generation | None:
    """What the service says, and from the graph what it does not."""
    extra = data.get(_EXTRA)
    stated = load_object(extra) if isinstance(extra, str) else extra
    if not isinstance(stated, dict) or "prompt" not in stated:
        return None
    fields = collect(stated, _NAMES) + sides(stated) + sampler(stated.get("sampler"))
    graph = graph_of(data)
    traced = None if graph is None else from_graph(graph, text)
    if traced is not None:
        named = next((field.value for field in fields if field.key == "Sampler"), None)
        is_same = named in {None, traced.get("Sampler")}  # else the schedule is another sampler's
        fields += [field for field in traced.fields if is_same or field.key != "Schedule type"]
    return generation(NAME, text, fields, others=rest(stated, _USED))


def _read_infotext(infotext: LooseInfotext, text: str) -> Generation:
    fields = [
        Field(PROMPT, infotext.prompt, infotext.prompt),
        Field(NEGATIVE_PROMPT, infotext.negative_prompt, infotext.negative_prompt),
    ]
    settings = dict(infotext.settings)
    if settings.get("Sampler") == _UNKNOWN:
        del settings["Sampler"]
    fields += [Field(key, value, value) for key, value in settings.items() if key not in _MARKS]
    fields += [*_checkpoint(settings.get(_MARKS[0]))]
    others = [Field(mark, settings[mark], settings[mark]) for mark in _MARKS if mark in settings]
    return generation(NAME, text, fields, others=others, notes=infotext.notes)


def _checkpoint(resources: str | None) -> Iterator[Field]:
    """The resource that is a checkpoint; its name stays whole, as it is no file's."""
    found = load(resources) if resources else None
    for resource in found if isinstance(found, list) else []:
        if isinstance(resource, dict) and text_of(resource.get("type")) in {"checkpoint", "Checkpoint"}:
            name = text_of(resource.get("modelName"))
            if name:
                yield Field("Model", name, name)
            else:
                yield from model(resource.get("name"))
