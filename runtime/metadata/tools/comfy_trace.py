"""From a ComfyUI graph to what its picture was made with.

The walk begins where the picture is saved and follows pictures and latents back to the first sampler; what
is connected there counts, never the order of the nodes' ids.

Source: ComfyUI ``nodes.py`` and ``comfy_extras/nodes_custom_sampler.py`` for the names of inputs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mezzotint.runtime.metadata.tools.comfy_graph import Graph, Link, Node
from mezzotint.runtime.metadata.tools.comfy_text import NEGATIVE, POSITIVE, Words, trace_words

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
_GUIDED = (POSITIVE, "guider", "conditioning", "basic_pipe", "pipe", "text_embeds")
_DRIVEN = ("seed", "noise_seed", "steps", "sampler_name", "sampler", "sigmas", "noise")
_NUMBERS = ("value", "seed", "noise_seed", "int", "Value", "number", "Number", "float", "a")
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
    positive = _first(graph, guided, (POSITIVE, "conditioning", "cond1", "text_embeds", "basic_pipe", "pipe"))
    negative = _first(graph, guided, (NEGATIVE,))
    result.positive = trace_words(graph, positive, POSITIVE)
    result.negative = trace_words(graph, negative, NEGATIVE)
    _take_guidance(graph, positive, values)
    _take_model(
        graph,
        _first(graph, guided, ("model", "basic_pipe", "pipe")) or _first(graph, node, ("model",)),
        result,
    )
    _take_clip(graph, positive, values)
    _take_latent(graph, _first(graph, node, ("latent_image", "latent", "samples", "image")), result)


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
    if kind is not None:
        _put(
            values,
            "sampler",
            number(graph, kind.node, ("sampler_name",)) or _SAMPLER_CLASSES.get(kind.node.kind),
        )
    for part in graph.walk(
        graph.link(node, "sigmas"), lambda n: [name for name in n.sources if "sigmas" in name]
    ):
        _put(values, "steps", number(graph, part, ("steps",)))
        _put(values, "scheduler", number(graph, part, ("scheduler",)) or _SIGMA_CLASSES.get(part.kind))
        _put(values, "denoise", number(graph, part, ("denoise",)))


def number(graph: Graph, node: Node, names: Iterable[str]) -> object | None:
    """The literal behind the first of these inputs, followed through nodes that hold values."""
    names = tuple(names)
    direct = node.first(names)
    if direct is not None:
        return direct
    start = _first(graph, node, names)
    for source in graph.walk(start, lambda n: [*n.sources][:1]):
        literal = source.first((*names, *_NUMBERS))
        if isinstance(literal, int | float | str):
            return literal
    return None


def _conditioning(node: Node) -> Iterator[str]:
    return (name for name in node.sources if name == POSITIVE or "cond" in name.lower())


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
    clips = (_first(graph, node, ("clip", "opt_clip")) for node in graph.walk(start, _conditioning))
    clip = next((clip for clip in clips if clip is not None), None)
    for node in graph.walk(clip, lambda n: [name for name in ("clip",) if name in n.sources]):
        _put(values, "clip_layer", number(graph, node, ("stop_at_clip_layer", "clip_skip")))


def _take_model(graph: Graph, start: Link | None, result: Trace) -> None:
    names = (
        "model",
        "basic_pipe",
        "pipe",
        "lora_stack",
        "optional_lora_stack",
        "model1",
        "on_true",
        "on_false",
    )
    for node in graph.walk(start, lambda n: [name for name in names if name in n.sources]):
        _take_loras(graph, node, result)
        _put(result.values, "shift", number(graph, node, ("shift",)))
        _put(result.values, "checkpoint", number(graph, node, _CHECKPOINTS))
        _put(result.values, "vae", node.literals.get("vae_name"))
    result.loras.reverse()  # the first to be applied comes first


def _take_loras(graph: Graph, node: Node, result: Trace) -> None:
    names = ["lora_name", *(f"lora_name_{n}" for n in range(1, 11)), *(f"lora_{n}" for n in range(1, 21))]
    for name in reversed(names):
        value = node.literals.get(name)
        if isinstance(value, dict):  # rgthree's loader
            if value.get("on", True) and isinstance(value.get("lora"), str):
                result.loras.append((value["lora"], value.get("strength", 1)))
        elif isinstance(value, str) and value not in {"", "None"} and len(result.loras) < MAX_LORAS:
            suffix = name.removeprefix("lora_name").removeprefix("lora")
            if node.literals.get(f"switch{suffix}") == "Off":
                continue
            keys = (
                "strength_model",
                "lora_strength",
                "strength",
                f"model_weight{suffix}",
                f"lora_wt{suffix}",
            )
            strength = number(graph, node, keys)
            result.loras.append((value, 1 if strength is None else strength))


def _take_latent(graph: Graph, start: Link | None, result: Trace) -> None:
    """The size stands at an empty latent; a picture that is encoded instead is an input."""
    widths = ("width", "empty_latent_width", "base_width")
    heights = ("height", "empty_latent_height", "base_height")
    for node in graph.walk(start, back):
        picture = node.literals.get("image")
        if isinstance(picture, str):
            result.inputs.append(picture)
        width, height = number(graph, node, widths), number(graph, node, heights)
        if width is not None and height is not None:
            _put(result.values, "width", width)
            _put(result.values, "height", height)
        _put(result.values, "resolution", node.first(("resolution", "dimensions")))
