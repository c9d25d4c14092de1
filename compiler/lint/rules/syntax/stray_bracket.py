"""MZ003 stray-bracket

What it does: finds brackets that have no partner, that are closed by one of the other kind, or that cross.
Why it is bad: an opening one weighs everything up to the end of the prompt, a closing one is drawn as text;
    both undo the prompt editing that they stand in.
Evidence: stable-diffusion-webui v1.10.1 keeps a stack for each kind: ``(a [b) c]`` weighs "a b" and "b c",
    ``[a) b`` nothing but everything behind the "[". Its own counter in the browser only counts
    (AUTOMATIC1111#16718).
Catalogue: PS001, PS002, PS003
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.extensions import nests_compositions
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.strays import Stretch, stretches
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_PARTNER = {"(": ")", "[": "]", ")": "(", "]": "["}
_VERB = {"(": "emphasised", "[": "weakened"}
_FACTOR = {"(": 1.1, "[": 1 / 1.1}
_MOST = 7000  # brackets, whose weight is a number that can be written
_WRITTEN = 8


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each stretch of such brackets."""
    is_comfy = subject.context.dialect == "comfy"
    kinds = "()" if is_comfy or nests_compositions(subject.source) else "()[]"
    for branch in subject.tree.branches:
        for found in stretches(branch, kinds):
            yield _finding(found, is_comfy=is_comfy)


def _finding(found: Stretch, *, is_comfy: bool) -> Found:
    text = _row(found.value, found.number)
    if is_comfy:
        message = f"{text} has no partner: the rest of the prompt is read as plain text"
        return Found(message, found.span, _help(found))
    if found.closer is not None and found.closer.value == _PARTNER[found.value]:
        message = f'this "{found.value}" and its "{_PARTNER[found.value]}" cross other brackets'
        return Found(message, found.span, "close the brackets that were opened last first")
    if found.value in ")]":
        message = f"{text} closes nothing: it is drawn as text"
        return Found(message, found.span, _help(found))
    what = f'closed by "{found.closer.value}"' if found.closer else "never closed"
    weight = _FACTOR[found.value] ** min(found.number, _MOST)
    effect = f"everything up to the end is {_VERB[found.value]}, to {weight:.3g}"
    message = f"{text} is {what}: {effect}"
    return Found(message, found.span, _help(found))


def _help(found: Stretch) -> str:
    if found.closer is not None:
        return "open and close with the same kind of bracket"
    partner = _row(_PARTNER[found.value], found.number)
    if found.value in ")]":
        return f"remove it, add the {partner}, or write \\{found.value} for the character"
    return f"add the {partner} behind what it weighs, or write \\{found.value} for the character"


def _row(bracket: str, number: int) -> str:
    return f'"{bracket * number}"' if number <= _WRITTEN else f'{number} "{bracket}"'


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Close before the next comma what is open; take away what closes nothing; open as it is closed."""
    found = subject.remember("strays", lambda: _by_place(subject)).get(diagnostic.span)
    if found is None:
        return
    if found.closer is not None:
        if found.closer.value != _PARTNER[found.value]:
            yield found.span, _PARTNER[found.closer.value]
    elif found.value in ")]":
        yield found.span, ""
    elif (end := _end_of_tag(subject.source, found.span.end)) is None:
        return
    elif not subject.source[found.span.end : end].strip():
        yield found.span, ""
    else:
        yield Span(end, end), _PARTNER[found.value] * found.number


def _by_place(subject: Subject) -> dict[Span, Stretch]:
    return {found.span: found for branch in subject.tree.branches for found in stretches(branch)}


def _end_of_tag(source: str, start: int) -> int | None:
    """Where the words behind an opening bracket end; ``None`` where other brackets stand among them."""
    ends = [at for mark in ",\n" if (at := source.find(mark, start)) >= 0]
    end = min(ends, default=max(start, len(source.rstrip())))
    return None if set(source[start:end]) & set("()[]\\#") else end


RULE = Rule(
    "MZ003",
    "stray-bracket",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    remedy=Remedy(edits=edits, title="close the bracket before the next comma, or take it away"),
    bad=("(cat, dog", "cat) dog", "[a cat", ") (", "(((cat, dog", "[cat), dog", "(a [red) cat]"),
    good=("(cat), dog", r"a smile :\)", r"rem \(re:zero\)", "(a [red] cat)"),
)
