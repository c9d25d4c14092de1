"""The nodes of a tree by type, and signs that tell cheaply which rules have nothing to find."""

from mezzotint.grammar.nodes import Branch, Deemphasis, Emphasis, Node, Prompt, Text, Weight
from mezzotint.grammar.walk import children

HEAVY = 1.3
"""The least weight that a rule has something to say about; no family bears less."""

NESTED, HEAVIER, UNREADABLE, BLANK = "nested", "heavier", "unreadable", "blank"
LOOSE, COLON = "loose", "colon"
"""Signs, kept beside the types' names: a group inside a group; a weight above :data:`HEAVY`; a
weight that is no number; a group without words; a colon, or what may stand for one, among a group's words,
or a digit at their end; a colon outside of groups."""


def index(tree: Prompt) -> dict[str, list[Node]]:
    """All nodes by the names of their types and by their signs, each list in source order: one walk."""
    found: dict[str, list[Node]] = {}
    waiting: list[tuple[Node, bool]] = [(tree, False)]
    while waiting:
        node, is_inside = waiting.pop()
        found.setdefault(type(node).__name__, []).append(node)
        is_group = isinstance(node, Emphasis | Deemphasis)
        if is_group or isinstance(node, Weight):
            for sign in _signs(node, is_inside):
                found.setdefault(sign, []).append(node)
        elif isinstance(node, Branch) and any(_has_colon(child) for child in node.children):
            found.setdefault(COLON, []).append(node)
        inner = is_inside or is_group
        waiting += reversed([(child, inner) for child in children(node)])
    return found


def _ends_in_digit(texts: list[str]) -> bool:
    return bool(texts) and texts[-1].rstrip()[-1:].isdigit()


def _has_colon(node: Node) -> bool:
    return isinstance(node, Text) and ":" in node.value


def _signs(node: Node, is_inside: bool) -> list[str]:
    if isinstance(node, Weight):
        number = node.number
        return [UNREADABLE] if number is None else [HEAVIER] if number > HEAVY else []
    signs = [NESTED] if is_inside else []
    if isinstance(node, Emphasis | Deemphasis):
        texts = [child.value for child in node.children if isinstance(child, Text)]
        if any(sign in text for text in texts for sign in ":=;") or _ends_in_digit(texts):
            signs.append(LOOSE)
        if len(texts) == len(node.children) and not any(text.strip() for text in texts):
            signs.append(BLANK)
    return signs
