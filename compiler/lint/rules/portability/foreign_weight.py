"""MZ301 foreign-weight

What it does: finds weights of another program's language, and the ``::`` at which Midjourney parts a prompt.
Why it is bad: the signs are drawn as text, and nothing is weighed.
Evidence: compel and InvokeAI write ``cat++`` and ``(cat)1.3``, NovelAI ``{{cat}}`` and ``1.3::cat::``,
    Midjourney ``cat::2``; A1111, Forge, SD.Next and ComfyUI read none of them (ComfyUI#1895, compel#5).
Catalogue: PW112
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.runs import runs
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Branch, Emphasis, Item
from mezzotint.grammar.span import Span

_COMPEL, _NOVELAI, _MIDJOURNEY = "compel and InvokeAI", "NovelAI", "Midjourney"
_PARTED, _NOBODY = "::", "{}"
_MESSAGES = {
    _PARTED: "only Midjourney parts a prompt at ::, and here it is drawn as text",
    _NOBODY: "braces weigh nothing: they are drawn, and so is the number",
}
_FORMS = (
    (
        re.compile(r"(?<![\w+-])(?!(?:c|dpm)\+)[a-z][\w-]*+\+{2,}+(?=[\s,.)]|$)", re.IGNORECASE),
        _COMPEL,
    ),
    (re.compile(r"(?<!\{)\{{2,}+[^{}|$]++\}{2,}"), _NOVELAI),
    (re.compile(r"(?<![\w.{|])-?\d(?:\.\d+)?::[^\s:][^:{}|]*::"), _NOVELAI),
    (re.compile(r"(?<=[^\W\d])\s?::-?\d(?:\.\d+)?(?=[\s,]|$)"), _MIDJOURNEY),
    (re.compile(r"(?<=[^\W\d])\s?::(?=\s)"), _PARTED),
    (re.compile(r"(?<!\{)\{[^{}|:$]++:\s?\d?\.\d+\}"), _NOBODY),
)
_BEHIND = re.compile(r"\d?\.\d+(?![\d:.])|\+{2,}")
_BASE = {"+": 1.1, "{": 1.05}


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each language, at its first weight."""
    spans: dict[str, list[Span]] = {}
    for span, origin in _weights(subject):
        spans.setdefault(origin, []).append(span)
    for origin, found in spans.items():
        own = f"weights of {origin} are drawn as text here, and weigh nothing"
        remedy = "write a comma, or AND" if origin == _PARTED else "write (text:1.2)"
        yield Found(_MESSAGES.get(origin, own) + among(found), found[0], remedy)


def _weights(subject: Subject) -> list[tuple[Span, str]]:
    """Each such weight with the language that it is of, in source order, none inside another."""
    found = [one for branch in subject.tree.branches for one in _in(branch)]
    found.sort()
    return [one for at, one in enumerate(found) if not at or one[0].start >= found[at - 1][0].end]


def _in(branch: Branch) -> Iterator[tuple[Span, str]]:
    for run in runs(branch.children):
        for pattern, origin in _FORMS:
            for found in pattern.finditer(run.text):
                yield run.span(*found.span()), origin
    yield from ((span, _COMPEL) for span in _glued(branch.children))


def _glued(items: tuple[Item, ...]) -> Iterator[Span]:
    """Numbers or plus signs right behind brackets."""
    groups = [item for item in items if isinstance(item, Emphasis) and item.weight is None]
    for run in runs(items):
        found = _BEHIND.match(run.text)
        if found and any(group.span.end == run.start for group in groups):
            yield run.span(*found.span())


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The weights of the language as A1111 writes them, where it is clear what they weigh."""
    weights = _weights(subject)
    wanted = next((origin for span, origin in weights if span == diagnostic.span), None)
    for span, origin in weights:
        if origin == wanted:
            yield from _rewritten(subject, span)


def _rewritten(subject: Subject, span: Span) -> Iterator[Edit]:
    text = subject.text(span)
    depth = len(text) - len(text.lstrip("{"))
    if depth == 1:
        yield span, f"({text[1:-1]})"
    elif depth:
        yield span, f"({text.strip('{}')}:{_BASE['{'] ** depth:.4g})"
    elif text[0].isalpha():
        word = text.rstrip("+")
        yield span, f"({word}:{_BASE['+'] ** (len(text) - len(word)):.4g})"
    elif text.endswith("::") and text[0] in "-0123456789":
        weight, _, body = text[:-2].partition("::")
        yield span, f"({body}:{weight})"
    elif subject.source[span.start - 1 : span.start] == ")":
        weight = text if text[0] != "+" else f"{_BASE['+'] ** len(text):.4g}"
        yield Span(span.start - 1, span.end), f":{weight})"


RULE = Rule(
    "MZ301",
    "foreign-weight",
    check,
    since="0.1.0",
    dialects=WITH_WEIGHTS,
    families=UNWEIGHED,
    remedy=Remedy(edits=edits, title="write the weight as A1111 does"),
    bad=(
        "cat++, dog",
        "a (red cat)1.3",
        "{{masterpiece}}, cat",
        "1.3::red hair::",
        "cat::2 dog",
        "{cat:1.2}, dog",
        "a cat :: oil painting",
    ),
    good=("(cat:1.2)", "a book on C++", "{a|b}", "[cat::0.5]", "std::vector", "{prompt}"),
)
