"""ComfyUI's graph of nodes, and safe walks through it.

Graphs come from strangers: they may have cycles, dangling links, and more paths than atoms in the world. So
no walk recurses, none visits a node twice, and all together end after so many steps.

Source: ComfyUI ``execution.py`` (the form of the ``prompt`` JSON).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

MAX_NODES = 20_000
MAX_STEPS = 100_000  # of all walks together; real graphs take some thousands

_BRANCHES = (("on_true", "on_false"), ("tt_value", "ff_value"))
_CHOICES = ("switch", "boolean", "condition", "cond")
_NUMBERED = re.compile(r"([a-z]+?)_?0*(\d{1,3})")  # text1, input2, any_01
_ALTERNATIVES = ("any", "ctx")  # of nodes that pass on the first of their inputs there is
_SELECTORS = ("select", "Input", "input", "index")


# Inputs that bring many things at once, and names of the nodes that put them together.
BUS_INPUTS = ("basic_pipe", "pipe", "sdxl_tuple", "base_ctx")
_BUSES = ("pipe", "context")


class Link(NamedTuple):
    """An input that is another node's output."""

    node: "Node"
    slot: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node: ``texts`` and numbers are literals, ``links`` lead to other nodes."""

    id: str
    kind: str
    literals: Mapping[str, object]
    sources: Mapping[str, tuple[str, int]]

    @property
    def is_bus(self) -> bool:
        """Whether the node only hands on many things at once."""
        return any(bus in self.kind.lower() for bus in _BUSES)

    def first(self, names: Iterable[str]) -> object | None:
        """The first literal input with one of these names."""
        return next((self.literals[name] for name in names if name in self.literals), None)


class Graph:
    """The nodes of one graph by their ids, such as ``4`` or ``30:8``."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self._steps = MAX_STEPS
        self._branches: dict[str, str | None] = {}  # of a node with many inputs it takes time to tell
        self._behind: dict[str, Link | None] = {}  # switches, by their ids: what they pass on

    def link(self, node: Node, name: str) -> Link | None:
        """Where an input comes from, through switches; None for literals and dangling links."""
        seen: dict[str, None] = {}
        link = self._direct(node, name)
        while link is not None and link.node.id not in seen:
            if link.node.id in self._behind:  # else a chain of switches takes the square of its length
                link = self._behind[link.node.id]
                break
            branch = self.branch(link.node)
            if branch is None or branch not in link.node.sources:
                break  # no switch, or one that chose a literal
            seen[link.node.id] = None
            link = self._direct(link.node, branch)
        self._behind |= dict.fromkeys(seen, link)
        return link

    def _direct(self, node: Node, name: str) -> Link | None:
        source = node.sources.get(name)
        target = None if source is None else self.nodes.get(source[0])
        return None if source is None or target is None else Link(target, source[1])

    def branch(self, node: Node) -> str | None:
        """The input that a switch passes on; None when the node is none, or nobody knows."""
        if node.id not in self._branches:
            self._branches[node.id] = self._find_branch(node)
        return self._branches[node.id]

    def _find_branch(self, node: Node) -> str | None:
        for names in _BRANCHES:
            if all(name in node.literals or name in node.sources for name in names):
                chosen = self._chosen(node, _CHOICES)
                return names[not chosen] if isinstance(chosen, bool) else None
        return self._numbered(node)

    def _numbered(self, node: Node) -> str | None:
        """The input with the number that a literal gives, or the first of those that are alternatives."""
        number = self._chosen(node, _SELECTORS)
        names: dict[str, dict[int, str]] = {}
        for name in (*node.sources, *node.literals):
            match = _NUMBERED.fullmatch(name)
            if match is not None:
                names.setdefault(match[1], {})[int(match[2])] = name
        stem = next(iter(names), "")
        if stem in _ALTERNATIVES and len(names) == 1:
            return names[stem][min(names[stem])]
        if not isinstance(number, int) or isinstance(number, bool):
            return None
        return next((group[number] for group in names.values() if number in group), None)

    def _chosen(self, node: Node, names: tuple[str, ...]) -> object | None:
        source = next((self._direct(node, name) for name in names if name in node.sources), None)
        return node.first(names) if source is None else source.node.first(("value", "boolean", "int"))

    @property
    def is_exhausted(self) -> bool:
        """Whether walks ended before their end, as the graph is made to take too long."""
        return self._steps <= 0

    def links(self, node: Node) -> Iterator[tuple[str, Link]]:
        """All inputs that come from other nodes, in the node's order."""
        for name in node.sources:
            link = self.link(node, name)
            if link is not None:
                yield name, link

    def walk(self, start: Link | None, follow: Callable[[Node], Iterable[str]]) -> Iterator[Node]:
        """The nodes reached from a link, depth first, each once; ``follow`` names the inputs to go on by."""
        pending = [] if start is None else [start.node]
        seen: set[str] = set()
        while pending and self._steps > 0:
            node = pending.pop()
            if node.id in seen:
                continue
            self._steps -= 1
            seen.add(node.id)
            yield node
            onward = [self.link(node, name) for name in follow(node)]
            self._steps -= len(onward)  # a node may have as many inputs as a graph has nodes
            pending += [link.node for link in reversed(onward) if link is not None]


def graph_of(data: object) -> Graph | None:
    """The graph in a parsed ``prompt``; None when the object is none."""
    if not isinstance(data, dict) or len(data) > MAX_NODES:
        return None
    nodes = {}
    for key, value in data.items():
        if isinstance(value, dict) and isinstance(value.get("class_type"), str):
            inputs = value.get("inputs")
            nodes[str(key)] = _node(
                str(key), value["class_type"], inputs if isinstance(inputs, dict) else {}, data
            )
    return Graph(nodes) if nodes else None


def _node(key: str, kind: str, inputs: Mapping[str, object], data: Mapping[str, object]) -> Node:
    literals, sources = {}, {}
    for name, value in inputs.items():
        source = _source(value, data)
        if source is None:
            # Some loaders keep a preview beside the name.
            literals[name] = value["content"] if isinstance(value, dict) and "content" in value else value
        else:
            sources[name] = source
    return Node(key, kind, literals, sources)


def _source(value: object, data: Mapping[str, object]) -> tuple[str, int] | None:
    """A link is a list of a node's id and the number of its output."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    target, slot = value
    if not isinstance(target, str | int) or not isinstance(slot, int) or str(target) not in data:
        return None
    return str(target), slot
