"""What must be replaced in a text to make it another."""

import re

from mezzotint.grammar.span import Span

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_MANY = 1000  # words; to compare more would take longer than the rest


def differences(before: str, after: str) -> list[tuple[Span, str]]:
    """Disjoint ranges of ``before`` in ascending order, and what replaces each; words are kept whole."""
    if before == after:
        return []
    old, new = _WORD.findall(before), _WORD.findall(after)
    shortest = min(len(old), len(new))
    first = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    most = shortest - first
    last = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    start = sum(map(len, old[:first]))
    old, new = old[first : len(old) - last], new[first : len(new) - last]
    if len(old) > _MANY or len(new) > _MANY:
        return [(Span(start, start + sum(map(len, old))), "".join(new))]
    return _compared(old, new, start)


def _compared(old: list[str], new: list[str], start: int) -> list[tuple[Span, str]]:
    from difflib import SequenceMatcher  # only what is rewritten needs it

    starts = [start]
    for word in old:
        starts.append(starts[-1] + len(word))
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(Span(starts[a], starts[b]), "".join(new[c:d])) for tag, a, b, c, d in steps if tag != "equal"]
