"""Numbers and names of a graph, which stand at a node itself or at others that hold values.

Source: ComfyUI ``comfy_extras/nodes_primitive.py``; files of other nodes.
"""

from collections.abc import Iterable

from mezzotint.runtime.metadata.tools.comfy_graph import Graph, Node

_NUMBERS = ("value", "seed", "noise_seed", "int", "Value", "number", "Number", "float", "a")


def number(graph: Graph, node: Node, names: Iterable[str]) -> object | None:
    """The literal behind the first of these inputs, followed through nodes that hold values."""
    names = tuple(names)
    direct = node.first(names)
    if direct is not None:
        return direct
    links = (graph.link(node, name) for name in names)
    start = next((link for link in links if link is not None), None)
    for source in graph.walk(
        start, lambda n: [*[name for name in names if name in n.sources], *n.sources][:1]
    ):
        literal = source.first((*names, *_NUMBERS))
        if isinstance(literal, int | float | str):
            return literal
    return None
