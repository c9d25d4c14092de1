"""The graph as ComfyUI's editor keeps it, turned into the one that runs.

The editor lists the values of a node's widgets without their names. Newer versions name them among the
inputs; of older ones we know the names for the nodes that come with ComfyUI.

Source: ComfyUI's documentation of the workflow JSON, versions 0.4 and 1.0; ``nodes.py`` for the names.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from mezzotint.runtime.metadata.tools.comfy_graph import MAX_NODES, Graph, graph_of

_WIDGETS = {
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CFGGuider": ("cfg",),
    "CLIPSetLastLayer": ("stop_at_clip_layer",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPTextEncodeSDXL": (
        *("width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l"),
    ),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "FluxGuidance": ("guidance",),
    "KSampler": ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        *("add_noise", "noise_seed", "steps", "cfg", "sampler_name", "scheduler"),
        *("start_at_step", "end_at_step", "return_with_leftover_noise"),
    ),
    "KSamplerSelect": ("sampler_name",),
    "KarrasScheduler": ("steps", "sigma_max", "sigma_min", "rho"),
    "LatentUpscale": ("upscale_method", "width", "height", "crop"),
    "LatentUpscaleBy": ("upscale_method", "scale_by"),
    "LoadImage": ("image",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "ModelSamplingFlux": ("max_shift", "base_shift", "width", "height"),
    "ModelSamplingSD3": ("shift",),
    "PrimitiveNode": ("value",),
    "RandomNoise": ("noise_seed",),
    "SamplerCustom": ("add_noise", "noise_seed", "cfg"),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "UnetLoaderGGUF": ("unet_name",),
    "UpscaleModelLoader": ("model_name",),
    "VAELoader": ("vae_name",),
}
# What shall become of a seed after each run; it stands behind the seed and has no name.
_CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize"})
_SEEDS = frozenset({"seed", "noise_seed", "value"})
_MUTED, _BYPASSED = 2, 4
_SETTER, _GETTER, _REROUTE = "SetNode", "GetNode", "Reroute"
_ANY = "*"
_MAX_HOPS = 64  # past nodes in a row

_Node: TypeAlias = Mapping[str, object]


class _Link(NamedTuple):
    node: str
    slot: int
    kind: str


def graph_of_workflow(data: Mapping[str, object]) -> Graph | None:
    """The graph that the editor would run; None when the object is no workflow, or too large."""
    listed = data.get("nodes")
    if not isinstance(listed, list) or len(listed) > MAX_NODES:
        return None
    nodes = {str(node.get("id")): node for node in listed if isinstance(node, dict)}
    wiring = _Wiring(nodes, dict(_links(data.get("links"))))
    prompt = {
        key: {"class_type": node.get("type"), "inputs": dict(_values(node)) | wiring.inputs(node)}
        for key, node in nodes.items()
        if node.get("mode") not in {_MUTED, _BYPASSED}
    }
    return graph_of(prompt)


def _links(listed: object) -> Iterator[tuple[int, _Link]]:
    """The links by their numbers; the newer version has objects for them."""
    for link in listed if isinstance(listed, list) else []:
        if isinstance(link, dict):
            link = [link.get(key) for key in ("id", "origin_id", "origin_slot", "", "", "type")]
        if (
            isinstance(link, list)
            and len(link) >= 6
            and isinstance(link[0], int)
            and isinstance(link[2], int)
        ):
            yield link[0], _Link(str(link[1]), link[2], str(link[5]))


def _slots(node: _Node) -> list[dict[str, object]]:
    listed = node.get("inputs")
    return [slot for slot in listed if isinstance(slot, dict)] if isinstance(listed, list) else []


def _values(node: _Node) -> Iterator[tuple[str, object]]:
    """The values of the widgets under their names."""
    values = node.get("widgets_values")
    if isinstance(values, dict):
        yield from values.items()
    if not isinstance(values, list):
        return
    widgets = [slot["widget"] for slot in _slots(node) if isinstance(slot.get("widget"), dict)]
    named = [str(widget.get("name")) for widget in widgets if isinstance(widget, dict)]
    pending, before = iter(values), ""
    for name in _WIDGETS.get(str(node.get("type")), named):
        value = next(pending, None)
        if before in _SEEDS and isinstance(value, str) and value in _CONTROLS:
            value = next(pending, None)
        yield name, value
        before = name


class _Wiring:
    """Where the inputs of nodes come from, past those nodes that only the editor knows."""

    def __init__(self, nodes: Mapping[str, _Node], links: Mapping[int, _Link]) -> None:
        self._nodes = nodes
        self._links = links
        self._origins: dict[int, _Link | None] = {}  # many inputs may share one link
        self._first: dict[tuple[str, str], _Link] = {}  # of a node and a kind: the first input
        self._named: dict[str, _Link] = {}  # what was set under a name
        for key, node in nodes.items():
            for slot in _slots(node):
                link = self._link(slot)
                if link is not None:
                    self._first.setdefault((key, str(slot.get("type"))), link)
                    self._first.setdefault((key, _ANY), link)
                    if node.get("type") == _SETTER:
                        self._named.setdefault(_name(node), link)

    def inputs(self, node: _Node) -> dict[str, list[object]]:
        """The linked inputs as the running graph has them."""
        found = ((slot, self._origin(slot.get("link"))) for slot in _slots(node))
        return {str(slot.get("name")): [link.node, link.slot] for slot, link in found if link is not None}

    def _link(self, slot: Mapping[str, object]) -> _Link | None:
        number = slot.get("link")
        return self._links.get(number) if isinstance(number, int) else None

    def _origin(self, number: object) -> _Link | None:
        if not isinstance(number, int) or number not in self._links:
            return None
        if number not in self._origins:
            link: _Link | None = self._links[number]
            for _ in range(_MAX_HOPS):
                if link is None or not self._is_passed(link):
                    break
                link = self._before(link)
            self._origins[number] = link
        return self._origins[number]

    def _is_passed(self, link: _Link) -> bool:
        node = self._nodes.get(link.node, {})
        return node.get("mode") == _BYPASSED or node.get("type") in {_GETTER, _REROUTE}

    def _before(self, link: _Link) -> _Link | None:
        """What a node hands on: bypassed, its first input of the same kind."""
        node = self._nodes[link.node]
        if node.get("type") == _GETTER:
            return self._named.get(_name(node))
        return self._first.get((link.node, _ANY if node.get("type") == _REROUTE else link.kind))


def _name(node: _Node) -> str:
    values = node.get("widgets_values")
    return str(values[0]) if isinstance(values, list) and values else ""
