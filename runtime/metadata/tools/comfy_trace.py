"""From a ComfyUI graph to what its picture was made with.

The walk begins where the picture is saved and follows pictures and latents back to the first sampler; what
is connected there counts, never the order of the nodes' ids.

Source: ComfyUI ``nodes.py`` and ``comfy_extras/nodes_custom_sampler.py`` for the names of inputs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mezzotint.runtime.metadata.tools.comfy_graph import BUS_INPUTS, Graph, Link, Node
from mezzotint.runtime.metadata.tools.comfy_loras import loras_at
from mezzotint.runtime.metadata.tools.comfy_text import NEGATIVE, POSITIVE, Words, trace_words
from mezzotint.runtime.metadata.tools.comfy_values import number

# Inputs that carry the picture, in whatever form, from node to node.
_PICTURES = (
    "images",
    "image",
    "samples",
    "latent_image",
    "latent",
    "latents",
    "pixels",
    "input",
    "init_image",
)
# Inputs that a picture does not come from.
_ASIDE = frozenset(
    {"clip", "conditioning", "control_net", "filename_prefix", "guider", "mask", "model", "negative", "noise"}
    | {"noise_seed", "positive", "prompt", "sampler", "seed", "sigmas", "text", "upscale_model", "vae"}
)
_GUIDED = (POSITIVE, "guider", "conditioning", "text_embeds", *BUS_INPUTS)
_DRIVEN = ("seed", "noise_seed", "steps", "sampler_name", "sampler", "sigmas", "noise")
_CHECKPOINTS = (
    "ckpt_name",
    "unet_name",
    "model_name",
    "gguf_name",
    "base_ckpt_name",
    "checkpoint",
    "model_path",
)
_SIGMA_CLASSES = {
    "KarrasScheduler": "karras",
    "ExponentialScheduler": "exponential",
    "PolyexponentialScheduler": "polyexponential",
    "BetaSamplingScheduler": "beta",
    "AlignYourStepsScheduler": "ays",
    "SDTurboScheduler": "simple",
}
_SAMPLER_CLASSES = {
    "SamplerEulerAncestral": "euler_ancestral",
    "SamplerDPMPP_2M_SDE": "dpmpp_2m_sde",
    "SamplerDPMPP_3M_SDE": "dpmpp_3m_sde",
    "SamplerDPMPP_SDE": "dpmpp_sde",
    "SamplerDPMPP_2S_Ancestral": "dpmpp_2s_ancestral",
    "SamplerLMS": "lms",
    "SamplerDPMAdaptative": "dpm_adaptive",
}
_OWN = (
    ("seed", ("noise_seed", "seed")),
    ("steps", ("steps",)),
    ("cfg", ("cfg", "guidance_scale")),
    ("sampler", ("sampler_name",)),
    ("scheduler", ("scheduler",)),
    ("denoise", ("denoise",)),
)
_TO_ENCODERS = frozenset({POSITIVE, "pos", *BUS_INPUTS})
_LAYERS = ("stop_at_clip_layer", "clip_skip", "base_clip_skip")
_LATENTS = ("latent_image", "latent", "samples", "image", "image_embeds", *BUS_INPUTS)
_PRESETS = ("resolution", "dimensions", "aspect_ratio")
_SIZE = re.compile(r"\b(\d{2,5}) ?[x×] ?(\d{2,5})\b")
_TURNED = (("swap_dimensions", "On"), ("invert", True))
MAX_LORAS = 100


@dataclass(slots=True)
class Trace:
    """What was found; values are literals of the graph.

    ``base`` is the first sampler, ``passes`` are those behind it, in order. ``values`` has seed, steps, cfg,
    sampler, scheduler, denoise, guidance, width, height, checkpoint, vae, shift and clip_layer as far as they
    are known; ``inputs`` are the names of files that the picture was made from.
    """

    base: Node
    passes: list[Node]
    positive: Words | None = None
    negative: Words | None = None
    values: dict[str, object] = field(default_factory=dict)
    loras: list[tuple[str, object]] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    is_ambiguous: bool = False


def trace(graph: Graph) -> Trace | None:
    """Follow a graph; None when no sampler can be found in it."""
    found = [chain for end in _ends(graph) if (chain := _samplers(graph, end))]
    if not found:
        found = [[node] for node in graph.nodes.values() if _is_sampler(node)]
    if not found:
        return None
    chain = found[0]
    base = chain[-1]
    result = Trace(base, chain[-2::-1])
    result.is_ambiguous = any(other[-1].id != base.id for other in found)
    _take_sampler(graph, base, result)
    _take_vae(graph, chain, result.values)
    return result


def _ends(graph: Graph) -> list[Node]:
    """The nodes that picture files come from, most likely first: those that save before those that show."""
    used = {link.node.id for node in graph.nodes.values() for _, link in graph.links(node)}
    last = [node for node in graph.nodes.values() if node.id not in used]
    with_pictures = [node for node in last if any(name in node.sources for name in _PICTURES)]
    saving = [n for n in graph.nodes.values() if "save" in n.kind.lower() and _has_picture(n)]
    showing = [n for n in with_pictures if n not in saving]
    return saving or showing


def _has_picture(node: Node) -> bool:
    return any(name in node.sources for name in _PICTURES)


def _is_sampler(node: Node) -> bool:
    if "context" in node.kind.lower():
        return False  # it only hands on what a sampler needs
    inputs = {*node.literals, *node.sources}
    return any(name in node.sources for name in _GUIDED) and sum(name in inputs for name in _DRIVEN) >= 2


def _samplers(graph: Graph, end: Node) -> list[Node]:
    """The samplers on the way from a saving node to its beginning, the last pass first."""
    return [node for node in graph.walk(Link(end, 0), back) if _is_sampler(node)]


def back(node: Node) -> Iterable[str]:
    """The inputs that a node's picture comes from."""
    names = [name for name in _PICTURES if name in node.sources]
    return names[:1] or [name for name in node.sources if name not in _ASIDE]


def _take_sampler(graph: Graph, node: Node, result: Trace) -> None:
    values = result.values
    guider = graph.link(node, "guider")
    guided = node if guider is None else guider.node
    values |= own_values(graph, node)
    _put(values, "cfg", number(graph, guided, ("cfg", "cfg_conds")))
    positive = _first(graph, guided, (POSITIVE, "conditioning", "cond1", "text_embeds", *BUS_INPUTS))
    negative = _first(graph, guided, (NEGATIVE, "neg_conditioning", "text_embeds", *BUS_INPUTS))
    result.positive = trace_words(graph, positive, POSITIVE)
    result.negative = trace_words(graph, negative, NEGATIVE)
    _put(values, "guidance", number(graph, node, ("guidance",)))
    _take_guidance(graph, positive, values)
    _take_model(
        graph,
        _first(graph, guided, ("model", *BUS_INPUTS)) or _first(graph, node, ("model",)),
        result,
    )
    _take_clip(graph, positive, values)
    _take_latent(graph, _first(graph, node, _LATENTS), result)


def own_values(graph: Graph, node: Node) -> dict[str, object]:
    """What stands at a sampler itself, and at the parts it is put together from."""
    values: dict[str, object] = {}
    for name, keys in _OWN:
        _put(values, name, number(graph, node, keys))
    _take_parts(graph, node, values)
    return values


def _put(values: dict[str, object], name: str, value: object | None) -> None:
    if value is not None:
        values.setdefault(name, value)


def _first(graph: Graph, node: Node, names: Iterable[str]) -> Link | None:
    return next((link for link in (graph.link(node, name) for name in names) if link is not None), None)


def _take_parts(graph: Graph, node: Node, values: dict[str, object]) -> None:
    """The nodes that SamplerCustom and SamplerCustomAdvanced are put together from."""
    noise, kind = graph.link(node, "noise"), graph.link(node, "sampler")
    if noise is not None:
        _put(values, "seed", number(graph, noise.node, ("noise_seed", "seed")))
    for part in graph.walk(kind, lambda _: ("sampler",)):  # some wrap another
        _put(values, "sampler", number(graph, part, ("sampler_name",)) or _SAMPLER_CLASSES.get(part.kind))
    named = node.literals.get("sampler")
    if isinstance(named, str):
        _put(values, "sampler", named)
    for part in graph.walk(
        graph.link(node, "sigmas"), lambda n: [name for name in n.sources if "sigmas" in name]
    ):
        _put(values, "steps", number(graph, part, ("steps",)))
        _put(values, "scheduler", number(graph, part, ("scheduler",)) or _SIGMA_CLASSES.get(part.kind))
        _put(values, "denoise", number(graph, part, ("denoise",)))


def _conditioning(node: Node) -> Iterator[str]:
    return (name for name in node.sources if name in _TO_ENCODERS or "cond" in name.lower())


def _take_vae(graph: Graph, chain: list[Node], values: dict[str, object]) -> None:
    """The VAE stands behind the samplers, at what decodes their latents."""
    samplers = {node.id for node in chain}
    for node in graph.nodes.values():
        latent, vae = graph.link(node, "samples"), graph.link(node, "vae")
        if latent is not None and vae is not None and latent.node.id in samplers:
            for loader in graph.walk(vae, lambda n: [*n.sources][:1]):
                _put(values, "vae", loader.literals.get("vae_name"))


def _take_guidance(graph: Graph, start: Link | None, values: dict[str, object]) -> None:
    for node in graph.walk(start, _conditioning):
        _put(values, "guidance", number(graph, node, ("guidance",)))


def _take_clip(graph: Graph, start: Link | None, values: dict[str, object]) -> None:
    nodes = list(graph.walk(start, _conditioning))
    for node in nodes:  # loaders that are encoders, too
        _put(values, "clip_layer", number(graph, node, _LAYERS))
    clips = (_first(graph, node, ("clip", "opt_clip")) for node in nodes)
    clip = next((clip for clip in clips if clip is not None), None)
    for node in graph.walk(clip, lambda n: [name for name in ("clip",) if name in n.sources]):
        _put(values, "clip_layer", number(graph, node, _LAYERS))


def _take_model(graph: Graph, start: Link | None, result: Trace) -> None:
    names = ("model", *BUS_INPUTS, "lora_stack", "optional_lora_stack", "model1", "on_true", "on_false")
    for node in graph.walk(start, lambda n: [name for name in names if name in n.sources]):
        result.loras += loras_at(graph, node)[: MAX_LORAS - len(result.loras)]
        _put(result.values, "shift", number(graph, node, ("shift",)))
        _put(result.values, "checkpoint", number(graph, node, _CHECKPOINTS))
        named = node.literals.get("model")
        if isinstance(named, str):
            _put(result.values, "checkpoint", named)
        _put(result.values, "vae", node.literals.get("vae_name"))
    result.loras.reverse()  # the first to be applied comes first


def _take_latent(graph: Graph, start: Link | None, result: Trace) -> None:
    """The size stands at an empty latent; a picture that is encoded instead is an input."""
    widths = ("width", "empty_latent_width", "base_width")
    heights = ("height", "empty_latent_height", "base_height")
    for node in graph.walk(start, back):
        picture = node.literals.get("image")
        if isinstance(picture, str):
            result.inputs.append(picture)
        chosen = _preset(graph, node)
        if chosen is not None:
            _put(result.values, "width", chosen[0])
            _put(result.values, "height", chosen[1])
        width, height = number(graph, node, widths), number(graph, node, heights)
        if width is not None and height is not None:
            _put(result.values, "width", width)
            _put(result.values, "height", height)


def _preset(graph: Graph, node: Node) -> tuple[str, str] | None:
    """Width and height in the name of a choice, which counts before numbers at the same node."""
    source = graph.link(node, "width")
    for holder in (node, *([] if source is None else [source.node])):
        for name in _PRESETS:
            text = holder.literals.get(name)
            match = _SIZE.search(text) if isinstance(text, str) else None
            if match is not None:
                is_turned = any(holder.literals.get(key) == value for key, value in _TURNED)
                return (match[2], match[1]) if is_turned else (match[1], match[2])
    return None
