"""Pictures with nothing but the graph of ComfyUI's editor."""

import json

import pytest

from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.record import Entry, Metadata
from mezzotint.runtime.metadata.tools.comfy_workflow import graph_of_workflow
from mezzotint.runtime.metadata.tools.registry import identify

Node = dict[str, object]


def node(number: int, kind: str, values: object = (), mode: int = 0, **links: int | None) -> Node:
    inputs = [{"name": name, "type": "T", "link": link} for name, link in links.items()]
    return {"id": number, "type": kind, "inputs": inputs, "widgets_values": values, "mode": mode}


SAMPLER = node(
    3,
    "KSampler",
    [7, "randomize", 20, 6.5, "euler", "karras", 1],
    model=1, positive=4, negative=6, latent_image=2,
)  # fmt: skip
NODES = [
    node(7, "CLIPTextEncode", ["a dog"], clip=5),
    node(6, "CLIPTextEncode", ["a cat"], clip=3),
    node(5, "EmptyLatentImage", [512, 768, 1]),
    SAMPLER,
    node(8, "VAEDecode", [], samples=7, vae=8),
    node(9, "SaveImage", ["ComfyUI"], images=9),
    node(4, "CheckpointLoaderSimple", ["dream.safetensors"]),
]
LINKS: list[object] = [
    [1, 4, 0, 3, 0, "T"],
    [2, 5, 0, 3, 3, "T"],
    [3, 4, 1, 6, 0, "T"],
    [4, 6, 0, 3, 1, "T"],
    [5, 4, 1, 7, 0, "T"],
    [6, 7, 0, 3, 2, "T"],
    [7, 3, 0, 8, 0, "T"],
    [8, 4, 2, 8, 1, "T"],
    [9, 8, 0, 9, 0, "T"],
]


def read(nodes: list[Node], links: list[object]) -> Generation:
    workflow = json.dumps({"nodes": nodes, "links": links, "version": 0.4})
    result = identify(Metadata("png", entries=(Entry("prompt", "{}"), Entry("workflow", workflow))))
    assert result is not None
    assert result.tool == "comfyui"
    return result


def check_all(result: Generation) -> None:
    keys = ("Prompt", "Negative prompt", "Steps", "Sampler", "CFG scale", "Seed", "Size", "Model")
    assert [result.get(key) for key in keys] == [
        "a cat", "a dog", "20", "Euler", "6.5", "7", "512x768", "dream",
    ]  # fmt: skip
    assert result.missing == ("the graph that ran: only the editor's is here",)


def test_the_usual_workflow() -> None:
    check_all(read(NODES, LINKS))


def test_links_that_are_objects() -> None:
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    links: list[object] = [dict(zip(keys, link, strict=True)) for link in LINKS if isinstance(link, list)]
    check_all(read(NODES, links))


def test_workflows_in_exif() -> None:
    text = "Workflow: " + json.dumps({"nodes": NODES, "links": LINKS})
    result = identify(Metadata("webp", entries=(Entry("exif:ImageDescription", text),)))
    assert result is not None
    check_all(result)


def test_widgets_with_names() -> None:
    sampler = node(
        3, "A Sampler", [7, "fixed", 20, 6.5, "euler"], model=1, positive=4, negative=6, latent_image=2
    )
    slots = sampler["inputs"]
    assert isinstance(slots, list)
    slots += [
        {"name": name, "widget": {"name": name}, "link": None}
        for name in ("seed", "steps", "cfg", "sampler_name")
    ]
    check_all(read([other for other in NODES if other is not SAMPLER] + [sampler], LINKS))


@pytest.mark.parametrize(
    "between",
    [
        [node(20, "LoraLoader", ["a.safetensors", 1, 1], 4, model=20)],
        [node(20, "Reroute", [], **{"": 20})],
        [node(20, "GetNode", ["m"]), node(21, "SetNode", ["m"], **{"*": 20})],
    ],
)
def test_nodes_that_only_the_editor_knows(between: list[Node]) -> None:
    links = [[1, 20, 0, 3, 0, "T"], [20, 4, 0, 20, 0, "T"], *LINKS[1:]]
    check_all(read(NODES + between, links))


def test_muted_nodes_do_not_run() -> None:
    muted = [node(30, "SaveImage", [], 2, images=30), node(31, "KSampler", [9, "fixed", 9], 2, positive=4)]
    check_all(read(NODES + muted, [*LINKS, [30, 31, 0, 30, 0, "T"]]))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"nodes": 5},
        {"nodes": [5, {}, {"id": 1, "type": "X", "inputs": 5}], "links": 5},
        {
            "nodes": [{"type": "X", "inputs": [5, {"link": {}}, {"link": 1}]}],
            "links": [5, {}, [1], {"id": []}],
        },
        {"nodes": [node(1, "Reroute", [], a=1), node(2, "X", 5, b=1)], "links": [[1, 1, 0, 1, 0, "T"]]},
        {"nodes": [node(1, "GetNode", 5), node(2, "SetNode", [[]], b=1)], "links": [[1, 1, 0, 2, 0, {}]]},
    ],
)
def test_workflows_without_sense(data: dict[str, object]) -> None:
    graph_of_workflow(data)
