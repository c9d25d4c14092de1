"""MZ313 line-break

What it does: finds a line break in a prompt for SD.Next.
Why it is bad: by an option it is a space there, or ``BREAK``, which begins a new chunk; A1111 takes it for a
    space always.
Evidence: SD.Next's setting ``sd_textencder_linebreak``.
Catalogue: PS010
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first line break between words."""
    at = subject.source.strip().find("\n")
    if at >= 0:
        at += len(subject.source) - len(subject.source.lstrip())
        yield Found(
            "SD.Next takes a line break for a space or for BREAK, as an option says",
            Span(at, at + 1),
            "write a space, or BREAK",
        )


_SDNEXT = Context(dialect="sdnext")

RULE = Rule(
    "MZ313",
    "line-break",
    check,
    since="0.1.0",
    dialects=("sdnext",),
    severity=Severity.INFO,
    is_default=False,
    is_preview=True,
    bad=(Example("a cat\na dog", _SDNEXT),),
    good=("a cat\na dog", Example("a cat\n", _SDNEXT)),
)
