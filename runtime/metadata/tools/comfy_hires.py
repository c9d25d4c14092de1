"""A second pass over an enlarged picture, as A1111's hires fix says it.

Source: ComfyUI ``nodes.py`` (LatentUpscale and its kin); stable-diffusion-webui v1.10.1,
``modules/processing.py``, for the names.
"""

from collections.abc import Iterator

from mezzotint.runtime.metadata.generation import Confidence, Field
from mezzotint.runtime.metadata.tools.comfy_graph import Graph, Link
from mezzotint.runtime.metadata.tools.comfy_trace import Trace, back, own_values
from mezzotint.runtime.metadata.tools.comfy_values import number
from mezzotint.runtime.metadata.tools.fields import model_name, text_of
from mezzotint.runtime.metadata.tools.samplers import sampler

_TRACED = Confidence.DERIVED


def hires_fields(graph: Graph, found: Trace) -> Iterator[Field]:
    """The fields of the only later pass of a picture that began from noise; none for other graphs."""
    denoise = found.values.get("denoise", 1)
    if len(found.passes) != 1 or not isinstance(denoise, int | float) or denoise < 1:
        return
    later = own_values(graph, found.passes[0])
    for key, name in (("Hires steps", "steps"), ("Denoising strength", "denoise")):
        text = text_of(later.get(name))
        if text:
            yield Field(key, text, text, _TRACED)
    if later.get("sampler") != found.values.get("sampler"):
        for field in sampler(later.get("sampler"), None, _TRACED):
            yield Field("Hires sampler", field.value, field.written, field.confidence)
    yield from _enlargement(graph, found)


def _enlargement(graph: Graph, found: Trace) -> Iterator[Field]:
    """What stands between the two samplers."""
    wanted = {"Hires upscaler", "Hires resize", "Hires upscale"}
    for node in graph.walk(Link(found.passes[0], 0), back):
        if node is found.base:
            return
        upscaler = graph.link(node, "upscale_model")
        name = None if upscaler is None else text_of(number(graph, upscaler.node, ("model_name",)))
        method = node.literals.get("upscale_method")
        if upscaler is None and isinstance(method, str) and "samples" in node.sources:
            name = f"Latent ({method})"
        width, height = number(graph, node, ("width",)), number(graph, node, ("height",))
        scale = text_of(number(graph, node, ("scale_by",)))
        texts = {
            "Hires upscaler": name,
            "Hires resize": f"{width}x{height}" if width and height else None,
            "Hires upscale": scale,
        }
        for key, text in texts.items():
            if text and key in wanted:
                wanted.discard(key)
                yield Field(key, model_name(text), text, _TRACED)
