"""From a sampler's ``positive`` or ``negative`` input back to the words.

What a node does with a text is told by the names of its inputs, not by its class: there are thousands of
custom classes, and they name their inputs alike.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mezzotint.runtime.metadata.generation import Confidence
from mezzotint.runtime.metadata.tools.comfy_graph import BUS_INPUTS, Graph, Link, Node

POSITIVE, NEGATIVE = "positive", "negative"

# Inputs that hold words, most telling first. Of a role's own names the first counts; of the others all.
_OWN_TEXTS = {
    POSITIVE: ("positive", "text_positive", "positive_prompt"),
    NEGATIVE: ("negative", "text_negative", "negative_prompt"),
}
_ROLE_TEXTS = {role: (*names, "populated_text", "wildcard_text") for role, names in _OWN_TEXTS.items()}
_ROLE_INPUTS = {POSITIVE: (POSITIVE, "pos"), NEGATIVE: (NEGATIVE, "neg")}  # of nodes with conditioning
_LOADED = ("ckpt_name", "base_ckpt_name")  # of loaders that are encoders, too, whose outputs are others
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
    "bert",
    "mt5xl",
    "user_prompt",
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
_JOINED = re.compile(r"(?:string|text|str)_?0*([a-f]|[1-9]\d?)")
_DELIMITERS = ("delimiter", "separator")
_TIDY = ("tidy_tags", "yes")  # the literal of a node that joins tags by commas
# Inputs of conditioning nodes that lead away from the words.
_ELSEWHERE = frozenset(
    {"clip", "clip_vision", "clip_vision_output", "control_net", "image", "images", "latent", "latent_image"}
    | {"mask", "model", "noise", "pixels", "sampler", "seed", "sigmas", "style_model", "vae"}
    | {name for names in _ROLE_INPUTS.values() for name in names}
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
    node = link.node
    has_both = {POSITIVE, NEGATIVE} <= {*node.sources, *node.literals} and node.first(_LOADED) is None
    if not has_both or link.slot > 1 or node.is_bus or not {POSITIVE, NEGATIVE} & node.sources.keys():
        return role
    return (POSITIVE, NEGATIVE)[link.slot]


def _texts_at(graph: Graph, node: Node, role: str) -> list[str] | None:
    """The words that stand at an encoder; None when the node is none."""
    own = next((name for name in _ROLE_TEXTS[role] if _holds_text(graph, node, name)), None)
    names = [own] if own else [name for name in _ENCODER_TEXTS if _holds_text(graph, node, name)]
    if not names:
        return None
    return [text for text in (trace_text(graph, node, name, role) for name in names) if text is not None]


def _holds_text(graph: Graph, node: Node, name: str) -> bool:
    if isinstance(node.literals.get(name), str):
        return True
    # A linked "positive" is conditioning, a linked "text" is words.
    return name in node.sources and name not in {POSITIVE, NEGATIVE} and graph.link(node, name) is not None


def _onward(graph: Graph, link: Link, role: str) -> list[Link]:
    node, role = link.node, _role_at(link, role)
    names: Iterable[str] = [name for name in (*_ROLE_INPUTS[role], *BUS_INPUTS) if name in node.sources][:1]
    if not names:
        names = [name for name in node.sources if "cond" in name.lower()]
        names = names or [n for n in node.sources if n not in _ELSEWHERE]
    return [found for found in (graph.link(node, name) for name in names) if found is not None]


def trace_text(graph: Graph, node: Node, name: str, role: str) -> str | None:
    """The text of an input, followed through nodes that hold, show or join texts, or have one a role."""
    literal = node.literals.get(name)
    if isinstance(literal, str):
        return literal
    link = graph.link(node, name)
    return None if link is None else "".join(_pieces(graph, link.node, role))


def _pieces(graph: Graph, start: Node, role: str) -> Iterator[str]:
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
            pending += reversed(_parts(graph, item, role))


def _parts(graph: Graph, node: Node, role: str) -> list[Node | str]:
    joined_names = _joined_names(node)
    shown = node.first(_SHOWN) if node.sources else None
    if isinstance(shown, str) and not any(name in node.sources for name in joined_names):
        return [shown]
    if node.kind == _UNWRITTEN:
        return _asked(graph, node)
    branch = graph.branch(node)
    if branch is not None:
        return [_part(graph, node, branch) or ""]
    joined = [part for part in (_part(graph, node, name) for name in joined_names) if part not in {None, ""}]
    if joined:
        between = _delimiter(node)
        return [piece for part in joined if part is not None for piece in (between, part)][1:]
    values = (_part(graph, node, name) for name in (*_OWN_TEXTS[role], *_VALUES))
    found = next((value for value in values if value is not None), None)
    if found is not None:
        return [found]
    passed = (_part(graph, node, name) for name in (*_PASSED_ON, *node.sources))
    return [next((part for part in passed if part is not None), "")]


def _joined_names(node: Node) -> list[str]:
    """The inputs of a node that joins texts, in the order of their letters or numbers."""
    found = [match for name in (*node.sources, *node.literals) if (match := _JOINED.fullmatch(name))]
    return [match[0] for match in sorted(found, key=lambda match: f"{match[1]:>2}")]


def _delimiter(node: Node) -> str:
    delimiter = node.first(_DELIMITERS)
    if isinstance(delimiter, str):
        return delimiter
    return ", " if node.literals.get(_TIDY[0]) == _TIDY[1] else ""


def _asked(graph: Graph, node: Node) -> list[Node | str]:
    """The user's own words: the last of the texts that a question is joined from."""
    question = graph.link(node, "prompt")
    if question is None:
        return [text for text in (node.literals.get("prompt"),) if isinstance(text, str)]
    parts = (_part(graph, question.node, name) for name in reversed(_joined_names(question.node)))
    return [next((part for part in parts if part not in {None, ""}), None) or question.node]


def _part(graph: Graph, node: Node, name: str) -> Node | str | None:
    literal = node.literals.get(name)
    if isinstance(literal, str):
        return literal
    link = graph.link(node, name)
    return None if link is None else link.node
