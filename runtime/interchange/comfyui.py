"""ComfyUI's graph in its API's form, made of core nodes.

Source: ComfyUI ``nodes.py`` and ``comfy_extras/nodes_upscale_model.py``; for the steps of the second pass,
stable-diffusion-webui v1.10.1, ``modules/sd_samplers_common.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mezzotint.compiler.ir import Branch, Entry, Network, Program, Segment
from mezzotint.grammar.infotext.samplers import SAME_SAMPLER, SAME_SCHEDULE
from mezzotint.grammar.infotext.text import parse
from mezzotint.grammar.infotext.text import render as render_infotext
from mezzotint.runtime.interchange.comfy_prompt import Link, add_branches
from mezzotint.runtime.interchange.names import comfy_names
from mezzotint.runtime.interchange.recipe import DEFAULT_SIZE, InterchangeError, Recipe, Written, json_text
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.comfy_graph import graph_of
from mezzotint.runtime.metadata.tools.comfy_trace import trace
from mezzotint.runtime.metadata.tools.comfyui import from_graph
from mezzotint.runtime.metadata.tools.fields import model_name
from mezzotint.runtime.sampler_table import Resolved

NAME = "comfyui"

_NAMED = "mezzotint"  # beside a node's title: ComfyUI passes over what it does not know there
_MODEL_ENDINGS = (".safetensors", ".ckpt", ".sft", ".gguf", ".pt")
_LATENT = "Latent"
_METHODS = (("nearest", "nearest-exact"), ("bicubic", "bicubic"), ("", "bilinear"))
_PIXEL_METHODS = {"Lanczos": "lanczos", "Nearest": "nearest-exact"}
_NETWORKS = frozenset({"lora", "lyco"})
_MAX_SEED = 2**64 - 1


class _Graph:
    """Nodes under numbers, in the order in which they are added."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}

    def add(self, kind: str, **inputs: Any) -> Link:
        """A node, and a link to its first output."""
        key = str(len(self.nodes) + 1)
        self.nodes[key] = {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}
        return [key, 0]


def _slot(link: Link, number: int) -> Link:
    return [link[0], number]


def write(recipe: Recipe) -> Written:
    """The graph. The infotext stands beside the title of its last node, where ComfyUI does not look."""
    graph = _Graph()
    resolved = recipe.sampler()
    program = recipe.program(recipe.prompt, recipe.negative_prompt, is_second_order=_is_doubled(resolved))
    networks = () if program is None else program.networks
    checkpoint = graph.add("CheckpointLoaderSimple", ckpt_name=_file(recipe, recipe.get("Model")))
    model, clip = _networks(recipe, graph, checkpoint, networks)
    skip = recipe.integer("Clip skip") or 1
    if skip > 1:
        clip = graph.add("CLIPSetLastLayer", stop_at_clip_layer=-skip, clip=clip)
    vae = _slot(checkpoint, 2)
    if recipe.get("VAE"):
        vae = graph.add("VAELoader", vae_name=recipe.get("VAE"))
    prompts = _conditioning(recipe, graph, clip, program, (recipe.prompt, recipe.negative_prompt))
    _note_differences(recipe)
    latent = _first(recipe, graph, resolved, (model, *prompts), vae)
    image = _second(recipe, graph, resolved, (model, clip, *prompts), vae, latent)
    saved = graph.add("SaveImage", filename_prefix="mezzotint", images=image)
    graph.nodes[saved[0]]["_meta"][_NAMED] = recipe.text
    return recipe.written(json_text(graph.nodes))


def _is_doubled(resolved: Resolved | None) -> bool:
    return resolved is not None and resolved.sampler.second_order


def _file(recipe: Recipe, name: str | None) -> str:
    if name is None:
        recipe.note("no model is named: put its file's name into CheckpointLoaderSimple")
        return "model.safetensors"
    if name.lower().endswith(_MODEL_ENDINGS):
        return name
    recipe.note(f"the ending of the model's file is a guess: {name}.safetensors")
    return f"{name}.safetensors"


def _networks(
    recipe: Recipe, graph: _Graph, checkpoint: Link, networks: Sequence[Network]
) -> tuple[Link, Link]:
    model, clip = checkpoint, _slot(checkpoint, 1)
    for network in networks:
        if network.kind not in _NETWORKS or not network.positional:
            recipe.note(f"no node for the network <{network.kind}:…>")
            continue
        recipe.get("Lora hashes")
        name, *rest = network.positional
        named = dict(network.named)
        words = _strength(rest[0] if rest else named.get("te", "1"))
        picture = _strength(rest[1] if len(rest) > 1 else named.get("unet", str(words)))
        model = graph.add(
            "LoraLoader",
            lora_name=f"{name}.safetensors",
            strength_model=picture,
            strength_clip=words,
            model=model,
            clip=clip,
        )
        clip = _slot(model, 1)
    return model, clip


def _strength(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 1.0
    return number if abs(number) < float("inf") else 1.0


def _conditioning(
    recipe: Recipe, graph: _Graph, clip: Link, program: Program | None, texts: tuple[str, str]
) -> tuple[Link, Link]:
    """Positive and negative prompt; as they stand where A1111 would refuse them."""
    steps = recipe.steps if program is None else program.steps
    if program is None:
        branches = [_plain(text) for text in texts]
        return (
            add_branches(recipe, graph.add, clip, branches[:1], steps),
            add_branches(recipe, graph.add, clip, branches[1:], steps),
        )
    positive = add_branches(recipe, graph.add, clip, program.positive, steps)
    return positive, add_branches(recipe, graph.add, clip, (program.negative,), steps)


def _plain(text: str) -> Branch:
    return Branch(1.0, (Entry(0, text, (Segment(text, 1.0),)),))


def _note_differences(recipe: Recipe) -> None:
    if recipe.get("RNG") != "CPU":
        recipe.note("ComfyUI draws its noise on the CPU: with this infotext's noise the picture is another")
    if recipe.get("Emphasis") not in {None, "Original"}:
        recipe.note("Emphasis has no place: ComfyUI has its own")


def _first(
    recipe: Recipe, graph: _Graph, resolved: Resolved | None, inputs: tuple[Link, Link, Link], vae: Link
) -> Link:
    named = comfy_names(resolved)
    for text in named.notes:
        recipe.note(text)
    width, height = recipe.size() or DEFAULT_SIZE
    strength = None if recipe.has_second else recipe.number("Denoising strength")
    steps = recipe.steps
    if strength is None or strength >= 1:
        latent = graph.add("EmptyLatentImage", width=width, height=height, batch_size=1)
    else:
        recipe.note("image to image: put the picture's name into LoadImage")
        steps = min(int(strength * steps), steps - 1) + 1  # of which A1111 runs only this share
        loaded = graph.add("LoadImage", image="input.png")
        latent = graph.add("VAEEncode", pixels=loaded, vae=vae)
    return _sampler(recipe, graph, inputs, latent, (steps, named.name, named.schedule, strength or 1.0))


def _sampler(
    recipe: Recipe,
    graph: _Graph,
    inputs: tuple[Link, Link, Link],
    latent: Link,
    how: tuple[int, str, str, float],
) -> Link:
    model, positive, negative = inputs
    steps, sampler, schedule, strength = how
    seed, scale = recipe.integer("Seed"), recipe.number("CFG scale")
    return graph.add(
        "KSampler",
        seed=0 if seed is None else min(max(seed, 0), _MAX_SEED),
        steps=steps,
        cfg=7.0 if scale is None else scale,
        sampler_name=sampler,
        scheduler=schedule,
        denoise=min(strength, 1.0),
        model=model,
        positive=positive,
        negative=negative,
        latent_image=latent,
    )


def _second(
    recipe: Recipe,
    graph: _Graph,
    resolved: Resolved | None,
    inputs: tuple[Link, Link, Link, Link],
    vae: Link,
    latent: Link,
) -> Link:
    """The pixels, behind the second pass where there is one."""
    if not recipe.has_second:
        return graph.add("VAEDecode", samples=latent, vae=vae)
    model, clip, positive, negative = inputs
    strength = recipe.number("Denoising strength")
    named = comfy_names(_own_sampler(recipe) or resolved)
    own = recipe.get("Hires prompt"), recipe.get("Hires negative prompt")
    if any(own):
        texts = own[0] or recipe.prompt, own[1] or recipe.negative_prompt
        program = recipe.program(*texts, is_second_order=_is_doubled(resolved))
        positive, negative = _conditioning(recipe, graph, clip, program, texts)
    enlarged = _enlarged(recipe, graph, vae, latent)
    steps = recipe.integer("Hires steps") or recipe.steps
    how = steps, named.name, named.schedule, 0.7 if strength is None else strength
    second = _sampler(recipe, graph, (model, positive, negative), enlarged, how)
    return graph.add("VAEDecode", samples=second, vae=vae)


def _own_sampler(recipe: Recipe) -> Resolved | None:
    """The second pass's own sampler and schedule; None where it has the first's."""
    stated = recipe.settings.get("Hires sampler"), recipe.settings.get("Hires schedule type")
    if stated[0] in {None, SAME_SAMPLER} and stated[1] in {None, SAME_SCHEDULE}:
        return None
    sampler = "Sampler" if stated[0] in {None, SAME_SAMPLER} else "Hires sampler"
    schedule = "Schedule type" if stated[1] in {None, SAME_SCHEDULE} else "Hires schedule type"
    return recipe.sampler(sampler, schedule)


def _enlarged(recipe: Recipe, graph: _Graph, vae: Link, latent: Link) -> Link:
    width, height = recipe.enlarged_size()
    name = recipe.get("Hires upscaler") or _LATENT
    if name.startswith(_LATENT):
        method = next(method for word, method in _METHODS if word in name)
        if "antialiased" in name:
            recipe.note(f"{name} is enlarged without antialiasing")
        return graph.add(
            "LatentUpscale",
            samples=latent,
            upscale_method=method,
            width=width,
            height=height,
            crop="disabled",
        )
    pixels = graph.add("VAEDecode", samples=latent, vae=vae)
    if name not in _PIXEL_METHODS:
        recipe.note(f"the ending of the upscaler's file is a guess: {name}.pth")
        upscaler = graph.add("UpscaleModelLoader", model_name=f"{name}.pth")
        pixels = graph.add("ImageUpscaleWithModel", upscale_model=upscaler, image=pixels)
    scaled = graph.add(
        "ImageScale",
        image=pixels,
        upscale_method=_PIXEL_METHODS.get(name, "lanczos"),
        width=width,
        height=height,
        crop="disabled",
    )
    return graph.add("VAEEncode", pixels=scaled, vae=vae)


def matches(data: Mapping[str, object]) -> bool:
    """Whether an object is a graph, or a request with one."""
    return graph_of(data) is not None or graph_of(data.get("prompt")) is not None


def read(text: str) -> Written:
    """The infotext of a graph: the one that it was made of where nobody changed it since, else a traced one.

    Raises:
        InterchangeError: it is none, or has no sampler.
    """
    data = load_object(text)
    inner = None if data is None else data.get("prompt")
    nodes = inner if isinstance(inner, dict) else data
    graph = graph_of(nodes)
    if graph is None or nodes is None:
        raise InterchangeError(
            "this is no graph in the form of ComfyUI's API; save it with Workflow > Export (API)"
        )
    source = _source(nodes)
    if source is not None and load_object(write(Recipe(source)).text) == nodes:
        return Written(source)
    made = from_graph(graph, text)
    if made.infotext is None:
        raise InterchangeError(f"the graph cannot be traced; missing: {', '.join(made.missing)}")
    notes = (*made.notes, *(f"missing: {one}" for one in made.missing))
    found = trace(graph)
    loras = () if found is None else found.loras
    return Written(
        _with_networks(made.infotext, [(model_name(name), weight) for name, weight in loras]), notes
    )


def _source(nodes: Mapping[str, object]) -> str | None:
    for node in nodes.values():
        meta = node.get("_meta") if isinstance(node, dict) else None
        source = meta.get(_NAMED) if isinstance(meta, dict) else None
        if isinstance(source, str):
            return source
    return None


def _with_networks(infotext: str, networks: Sequence[tuple[str, object]]) -> str:
    """The infotext with tags for the networks that the graph loads."""
    record = parse(infotext)
    tags = [f"<lora:{name}:{weight}>" for name, weight in networks if f"<lora:{name}:" not in record.prompt]
    return render_infotext(replace(record, prompt=" ".join([record.prompt, *tags]))) if tags else infotext
