"""MZ305 comment-unsupported

What it does: finds a comment of another program's kind.
Why it is bad: the note is drawn.
Evidence: A1111 and Forge know ``#`` (AUTOMATIC1111#10486), ComfyUI's editor ``//`` and ``/* */``
    (ComfyUI#754), the others none.
Catalogue: PS011
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.programs import program
from mezzotint.compiler.lint.ranges import is_covered
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_SLASHES = re.compile(r"^[^\S\n]*(//(?!/)[^\n]*)", re.MULTILINE)
_BLOCK = re.compile(r"/\*[^*]*\*/")
_WITH_HASH = ("a1111", "forge", "sdnext")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each comment that the program does not know."""
    dialect = subject.context.dialect
    if dialect != "comfy":
        spans = [found.span(1) for found in _SLASHES.finditer(subject.source)]
        spans += [found.span() for found in _BLOCK.finditer(subject.source)]
        hidden = [(node.span.start, node.span.end) for node in subject.nodes.get("Comment", ())]
        for start, end in spans:
            if not is_covered(hidden, start):
                yield Found("this is no comment here: it is drawn", Span(start, end), _help(dialect))
    if dialect not in _WITH_HASH:
        for node in subject.nodes.get("Comment", ()):
            if not _is_note(subject.source, node.span.start):
                continue  # a hashtag, which is meant to be read
            yield Found(
                f"{program(dialect)} has no comments with #: this is drawn", node.span, _help(dialect)
            )


def _is_note(source: str, start: int) -> bool:
    """Whether a comment is meant: at the beginning of a line, or with a space behind its sign."""
    line = source[source.rfind("\n", 0, start) + 1 : start]
    return not line.strip() or source[start + 1 : start + 2].isspace()


def _help(dialect: str) -> str:
    if dialect in _WITH_HASH:
        return "write # before it"
    return "write // before it" if dialect == "comfy" else "remove it"


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """A comment as A1111 writes it, for a comment of one line."""
    text = subject.text(diagnostic.span)
    if subject.context.dialect in _WITH_HASH and text.startswith("//"):
        yield Span(diagnostic.span.start, diagnostic.span.start + 2), "#"


RULE = Rule(
    "MZ305",
    "comment-unsupported",
    check,
    since="0.1.0",
    remedy=Remedy(edits=edits, title="write # for //"),
    bad=(
        "a cat\n// a note",
        "a cat /* a note */, red",
        Example("a cat\n# a note", Context(dialect="comfy")),
    ),
    good=(
        "a cat\n# a note",
        Example("https://example.com", also=("MZ317",)),
        Example("a cat #art", Context(dialect="comfy")),
        Example("// a note\na cat", Context(dialect="comfy")),
    ),
)
