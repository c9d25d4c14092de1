"""MZ301 foreign-weight

What it does: finds weights of another program's language.
Why it is bad: the signs are drawn as text, and nothing is weighed.
Evidence: compel and InvokeAI write ``cat++`` and ``(cat)1.3``, NovelAI ``{{cat}}`` and ``1.3::cat::``,
    Midjourney ``cat::2``; A1111, Forge, SD.Next and ComfyUI read none of them (ComfyUI#1895, compel#5).
Catalogue: PW112
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import UNWEIGHED, WITH_WEIGHTS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.runs import runs
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Branch, Emphasis, Item
from mezzotint.grammar.span import Span

_FORMS = (
    (
        re.compile(r"(?<![\w+-])(?!(?:c|dpm)\+)[a-z][\w-]*+\+{2,}+(?=[\s,.)]|$)", re.IGNORECASE),
        "compel and InvokeAI",
    ),
    (re.compile(r"(?<!\{)\{{2,}+[^{}|$]++\}{2,}"), "NovelAI"),
    (re.compile(r"(?<![\w.{|])-?\d(?:\.\d+)?::[^\s:][^:{}|]*::"), "NovelAI"),
    (re.compile(r"(?<=[^\W\d])\s?::-?\d(?:\.\d+)?(?=[\s,]|$)"), "Midjourney"),
)
_BEHIND = re.compile(r"\d?\.\d+(?![\d:.])|\+{2,}")
_BASE = {"+": 1.1, "{": 1.05}
_NUMBERED = 2


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each such weight."""
    for branch in subject.tree.branches:
        yield from _in(branch)
        yield from _glued(branch.children)


def _in(branch: Branch) -> Iterator[Found]:
    for run in runs(branch.children):
        for pattern, origin in _FORMS:
            for found in pattern.finditer(run.text):
                yield _found(run.span(*found.span()), origin)


def _glued(items: tuple[Item, ...]) -> Iterator[Found]:
    """Brackets with a number or plus signs right behind them."""
    groups = [item for item in items if isinstance(item, Emphasis) and item.weight is None]
    for run in runs(items):
        found = _BEHIND.match(run.text)
        if found and any(group.span.end == run.start for group in groups):
            yield _found(run.span(*found.span()), "compel and InvokeAI")


def _found(span: Span, origin: str) -> Found:
    return Found(f"a weight in the language of {origin}: here it is drawn", span, "write (text:1.2)")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The weight as A1111 writes it, where it is clear what it weighs."""
    text, span = subject.text(diagnostic.span), diagnostic.span
    if text[0] == "{":
        depth = len(text) - len(text.lstrip("{"))
        yield span, f"({text.strip('{}')}:{_BASE['{'] ** depth:.4g})"
    elif text[0].isalpha():
        word = text.rstrip("+")
        yield span, f"({word}:{_BASE['+'] ** (len(text) - len(word)):.4g})"
    elif text.endswith("::"):
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
    bad=("cat++, dog", "a (red cat)1.3", "{{masterpiece}}, cat", "1.3::red hair::", "cat::2 dog"),
    good=("(cat:1.2)", "a book on C++", "{a|b}", "[cat::0.5]", "std::vector", "{prompt}"),
)
