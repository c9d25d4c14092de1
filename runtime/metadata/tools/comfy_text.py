"""From a sampler's ``positive`` or ``negative`` input back to the words.

What a node does with a text is told by the names of its inputs, not by its class: there are thousands of
custom classes, and they name their inputs alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mezzotint.runtime.metadata.generation import Confidence
from mezzotint.runtime.metadata.tools.comfy_graph import Graph, Link, Node

POSITIVE, NEGATIVE = "positive", "negative"

# Inputs that hold words, most telling first. Of a role's own names the first counts; of the others all.
_ROLE_TEXTS = {
    POSITIVE: ("positive", "text_positive", "positive_prompt", "populated_text", "wildcard_text"),
    NEGATIVE: ("negative", "text_negative", "negative_prompt", "populated_text", "wildcard_text"),
}
_ENCODER_TEXTS = (
    "text",
    "prompt",
    "text_g",
    "t5xxl",
    "text_l",
    "clip_l",
    "llama",
    "gemma",
    "clip_g",
    "string",
)
# Nodes that show a text have what they showed beside the link it came by.
_SHOWN = ("text_0", "text_1", "text2")
_UNWRITTEN = "TextGenerate"  # what a language model answered is not in the graph, what it was asked is
_PASSED_ON = ("source", "on_true", "on_false", "input", "any", "anything", "text1", "value")
_VALUES = (
    "value",
    "populated_text",
    "text",
    "string",
    "prompt",
    "positive",
    "Text",
    "String",
    "wildcard_text",
)
_JOINED = ("string_a", "string_b", "text_a", "text_b", "text_c", "text_d", "text1", "text2", "text3", "text4")
_DELIMITERS = ("delimiter", "separator")
# Inputs of conditioning nodes that lead away from the words.
_ELSEWHERE = frozenset(
    {"clip", "clip_vision", "clip_vision_output", "control_net", "image", "images", "latent", "latent_image"}
    | {"mask", "model", "noise", "pixels", "sampler", "seed", "sigmas", "style_model", "vae"}
)
_EMPTY = "ConditioningZeroOut"
_MAX_TEXTS = 64
_MAX_TEXT = 1 << 20  # characters in all


@dataclass(frozen=True, slots=True)
class Words:
    """A traced text; ``node`` is where it stands, or the first of several."""

    text: str
    confidence: Confidence


def trace_words(graph: Graph, start: Link | None, role: str) -> Words | None:
    """The words behind a conditioning input; several texts are joined by line feeds. None: nothing found."""
    texts: list[str] = []
    is_sure = True
    pending = [] if start is None else [start]
    seen: set[str] = set()
    while pending and len(texts) < _MAX_TEXTS:
        link = pending.pop()
        node = link.node
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.kind == _EMPTY:
            texts.append("")
            continue
        here = _texts_at(graph, node, _role_at(link, role))
        if here is not None:
            texts += here
            continue
        onward = _onward(graph, link, role)
        is_sure = is_sure and len(onward) <= 1
        pending += reversed(onward)
    if not texts:
        return None
    unique = list(dict.fromkeys(text for text in texts if text)) or [""]
    confidence = Confidence.DERIVED if is_sure and len(unique) == 1 else Confidence.GUESSED
    return Words("\n".join(unique)[:_MAX_TEXT], confidence)


def _role_at(link: Link, role: str) -> str:
    """Nodes with both roles hand them on by their first two outputs, as ControlNetApplyAdvanced does."""
    has_both = {POSITIVE, NEGATIVE} <= {*link.node.sources, *link.node.literals}
    if not has_both or link.slot > 1 or not {POSITIVE, NEGATIVE} & link.node.sources.keys():
        return role
    return (POSITIVE, NEGATIVE)[link.slot]


def _texts_at(graph: Graph, node: Node, role: str) -> list[str] | None:
    """The words that stand at an encoder; None when the node is none."""
    own = next((name for name in _ROLE_TEXTS[role] if _holds_text(graph, node, name)), None)
    names = [own] if own else [name for name in _ENCODER_TEXTS if _holds_text(graph, node, name)]
    if not names:
        return None
    return [text for text in (trace_text(graph, node, name) for name in names) if text is not None]


def _holds_text(graph: Graph, node: Node, name: str) -> bool:
    if isinstance(node.literals.get(name), str):
        return True
    # A linked "positive" is conditioning, a linked "text" is words.
    return name in node.sources and name not in {POSITIVE, NEGATIVE} and graph.link(node, name) is not None


def _onward(graph: Graph, link: Link, role: str) -> list[Link]:
    node, role = link.node, _role_at(link, role)
    if role in node.sources:
        names: Iterable[str] = (role,)
    else:
        names = [name for name in node.sources if "cond" in name.lower()]
        names = names or [n for n in node.sources if n not in _ELSEWHERE and n not in {POSITIVE, NEGATIVE}]
    return [found for found in (graph.link(node, name) for name in names) if found is not None]


def trace_text(graph: Graph, node: Node, name: str) -> str | None:
    """The text of an input, followed through nodes that hold, show or join texts."""
    literal = node.literals.get(name)
    if isinstance(literal, str):
        return literal
    link = graph.link(node, name)
    return None if link is None else "".join(_pieces(graph, link.node))


def _pieces(graph: Graph, start: Node) -> Iterator[str]:
    pending: list[Node | str] = [start]
    seen: set[str] = set()
    room = _MAX_TEXT
    while pending and room > 0:
        item = pending.pop()
        if isinstance(item, str):
            room -= len(item)
            yield item
        elif item.id not in seen:
            seen.add(item.id)
            pending += reversed(_parts(graph, item))


def _parts(graph: Graph, node: Node) -> list[Node | str]:
    shown = node.first(_SHOWN) if node.sources else None
    if isinstance(shown, str) and not any(name in node.sources for name in _JOINED):
        return [shown]
    if node.kind == _UNWRITTEN:
        return _asked(graph, node)
    joined = [part for part in (_part(graph, node, name) for name in _JOINED) if part not in {None, ""}]
    if joined:
        delimiter = node.first(_DELIMITERS)
        between = delimiter if isinstance(delimiter, str) else ""
        return [piece for part in joined if part is not None for piece in (between, part)][1:]
    values = (_part(graph, node, name) for name in _VALUES)
    found = next((value for value in values if value is not None), None)
    if found is not None:
        return [found]
    passed = (_part(graph, node, name) for name in (*_PASSED_ON, *node.sources))
    return [next((part for part in passed if part is not None), "")]


def _asked(graph: Graph, node: Node) -> list[Node | str]:
    """The user's own words: the last of the texts that a question is joined from."""
    question = graph.link(node, "prompt")
    if question is None:
        return [text for text in (node.literals.get("prompt"),) if isinstance(text, str)]
    parts = (_part(graph, question.node, name) for name in reversed(_JOINED))
    return [next((part for part in parts if part not in {None, ""}), None) or question.node]


def _part(graph: Graph, node: Node, name: str) -> Node | str | None:
    literal = node.literals.get(name)
    if isinstance(literal, str):
        return literal
    link = graph.link(node, name)
    return None if link is None else link.node
