r"""MZ040 escape-sequence

What it does: finds ``\n`` and ``\t`` as programs write line breaks and tabs inside quotes.
Why it is bad: the backslash vanishes and the letter stays, at the beginning of the next word: ``\nAND`` is
    the word "nAND" and composes nothing, and ``\nBREAK`` begins no chunk.
Evidence: stable-diffusion-webui v1.10.1 knows no such sequences; prompts that are copied out of JSON files
    and source code have them.
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.rules.syntax.lost_backslash import WHITE_SPACE
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Escape

_MEANT = {"n": "\n", "t": " "}


def _sequences(subject: Subject) -> list[Escape]:
    escapes = subject.nodes.get("Escape", ())
    return [node for node in escapes if isinstance(node, Escape) and node.value[1] in WHITE_SPACE]


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first of them."""
    if not (found := _sequences(subject)):
        return
    first = found[0]
    message = f'{first.value} is no white space here: the letter "{first.value[1]}" is drawn{among(found)}'
    yield Found(message, first.span, "write a line break or a space")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """What all of them stand for."""
    for node in _sequences(subject):
        yield node.span, _MEANT[node.value[1]]


RULE = Rule(
    "MZ040",
    "escape-sequence",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    remedy=Remedy(edits=edits, title="write the white space that they stand for"),
    bad=(r"a cat,\n\n a dog", r"a\tcat", r"2girls\nAND 1boy"),
    good=("a cat,\n\n a dog", r"a \\nice cat"),
)
