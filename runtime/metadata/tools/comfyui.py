"""ComfyUI: the graph in ``prompt``, which is what ran; of some saving nodes an infotext beside it.

Source: ComfyUI ``nodes.py`` (SaveImage), ``comfy_extras/nodes_images.py``; files of other saving nodes.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Confidence, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.a1111 import from_infotext
from mezzotint.runtime.metadata.tools.comfy_graph import Graph, graph_of
from mezzotint.runtime.metadata.tools.comfy_hires import hires_fields
from mezzotint.runtime.metadata.tools.comfy_trace import Trace, trace
from mezzotint.runtime.metadata.tools.comfy_workflow import graph_of_workflow
from mezzotint.runtime.metadata.tools.fields import constant, generation, model, model_name, size, text_of
from mezzotint.runtime.metadata.tools.items import infotext_of, parse_leniently
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "comfyui"

_MARKS = ("ComfyUI", ".safetensors", ".ckpt", ".gguf")  # in infotexts of saving nodes
_ANSWERING = "TextGenerate"
_ONLY_EDITORS = "the graph that ran: only the editor's is here"
_LAST_LAYER = -1
_TRACED = Confidence.DERIVED


def read(found: Metadata) -> Generation | None:
    """The traced graph, or the saving node's own infotext where there is one that says something."""
    graph, text = find_graph(found)
    saved = _read_saved(found, is_certain=graph is not None)
    if graph is None:
        return saved or _read_workflow(found)
    traced = from_graph(graph, text)
    if saved is None or saved.prompt in {"", "unknown"} or not saved.settings:
        return traced
    return replace(saved, notes=tuple(_contradictions(saved, traced)))


def _read_saved(found: Metadata, *, is_certain: bool) -> Generation | None:
    """A saving node's infotext, with ComfyUI's names in it; without a graph beside it they must tell."""
    text = infotext_of(found)
    if text is None or not (is_certain or any(mark in text for mark in _MARKS)):
        return None
    infotext = parse_leniently(text)
    settings = dict(infotext.settings)
    version, used, name = (settings.get(key, "") for key in ("Version", "Model", "Sampler"))
    is_typical = model_name(used) != used and ("_" in name or "Hashes" in settings)
    if not is_certain and "ComfyUI" not in version and (version or not is_typical):
        return None
    foreign = sampler(name) if "_" in name else []
    fields = [*foreign, *model(used or None)]
    changed = {field.key: field.value for field in fields}
    read_back = from_infotext(NAME, infotext, text)
    if all(settings.get(key) == value for key, value in changed.items()):
        return read_back
    return generation(NAME, text, [*fields, *read_back.fields])


def find_graph(found: Metadata) -> tuple[Graph | None, str]:
    """The graph wherever it stands, and the text it was read from."""
    for text in _candidates(found):
        data = load_object(text)
        inner = None if data is None else data.get("prompt")
        if isinstance(inner, str):
            inner = load_object(inner)
        graph = graph_of(data) or graph_of(inner)
        if graph is not None:
            return graph, text
    return None, ""


def _candidates(found: Metadata) -> Iterator[str]:
    yield from _labelled(found, "prompt")
    if found.parameters is not None:
        yield found.parameters


def _labelled(found: Metadata, keyword: str) -> Iterator[str]:
    """The texts of a PNG with this keyword, and those of EXIF that begin with it."""
    text, label = found.find(keyword), f"{keyword}:"
    if text is not None:
        yield text
    for entry in found.entries:
        if entry.keyword.startswith("exif:") and entry.text[: len(label)].lower() == label:
            yield entry.text[len(label) :]


def from_graph(graph: Graph, text: str, tool: str = NAME) -> Generation:
    """What tracing finds out about a graph."""
    found = trace(graph)
    if found is None:
        return generation(tool, text, [], missing=["a sampler: the graph has none that we know"])
    return generation(
        tool,
        text,
        [*_fields(found), *hires_fields(graph, found)],
        others=_others(found),
        missing=_missing(found, graph),
        notes=["the graph samples more than one picture; this may be another of them"] * found.is_ambiguous,
    )


def _fields(found: Trace) -> Iterator[Field]:
    values = found.values
    for key, words in ((PROMPT, found.positive), (NEGATIVE_PROMPT, found.negative)):
        if words is not None:
            yield Field(key, words.text, words.text, words.confidence)
    for key, name in (
        ("Steps", "steps"),
        ("CFG scale", "cfg"),
        ("Seed", "seed"),
        ("Distilled CFG Scale", "guidance"),
    ):
        text = text_of(values.get(name))
        if text:
            yield Field(key, text, text, _TRACED)
    yield from sampler(values.get("sampler"), values.get("scheduler"), _TRACED)
    if "width" in values and "height" in values:
        yield from size(f"{values['width']}x{values['height']}", _TRACED)
    yield from model(values.get("checkpoint"), _TRACED)
    yield from _rarer(found)
    yield constant("RNG", "CPU")  # A1111's name for where ComfyUI draws its noise
    yield constant("Emphasis", "No norm")  # weights without restoring the mean


def _rarer(found: Trace) -> Iterator[Field]:
    values = found.values
    denoise, layer = values.get("denoise"), values.get("clip_layer")
    if isinstance(denoise, int | float) and denoise < 1:
        yield Field("Denoising strength", str(denoise), str(denoise), _TRACED)
    if isinstance(layer, int) and layer < _LAST_LAYER:
        yield Field("Clip skip", str(-layer), str(layer), _TRACED)
    vae = text_of(values.get("vae"))
    if vae:
        yield Field("VAE", re.split(r"[\\/]", vae)[-1], vae, _TRACED)  # A1111 keeps the ending
    shift = text_of(values.get("shift"))
    if shift:
        yield Field("Shift", shift, shift, _TRACED)


def _others(found: Trace) -> list[Field]:
    loras = [f"{model_name(name)}: {strength}" for name, strength in found.loras]
    return [Field("loras", ", ".join(loras), ", ".join(loras), _TRACED)] if loras else []


def _missing(found: Trace, graph: Graph) -> list[str]:
    missing = [f"the picture {name} that it was made from" for name in found.inputs]
    if graph.is_exhausted:
        missing.append("what stands further back in the graph, which is too tangled to be followed")
    if found.passes:
        count = len(found.passes)
        missing.append(f"{count} later pass{'es' * (count > 1)} of the graph, which only ComfyUI can run")
    if any(node.kind == _ANSWERING for node in graph.nodes.values()):
        missing.append("the words that a language model made of this prompt")
    return missing


def _contradictions(stated: Generation, traced: Generation) -> Iterator[str]:
    for key in (PROMPT, NEGATIVE_PROMPT, "Steps", "CFG scale", "Seed"):
        ours, graphs = stated.get(key), traced.get(key)
        if ours and graphs and ours.split() != graphs.split() and not _same_number(ours, graphs):
            yield f"{key}: the infotext says {ours!r}, the graph that ran says {graphs!r}"


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _read_workflow(found: Metadata) -> Generation | None:
    """A picture with nothing but the editor's graph, which ran unless somebody changed it."""
    if found.find("prompt") not in {None, "", "{}"}:
        return None
    for text in _labelled(found, "workflow"):
        data = load_object(text)
        if data is None or not isinstance(data.get("nodes"), list):
            continue
        graph = graph_of_workflow(data)
        if graph is None:
            return generation(NAME, text, [], missing=[_ONLY_EDITORS])
        traced = from_graph(graph, text)
        return replace(traced, missing=(*traced.missing, _ONLY_EDITORS))
    return None
