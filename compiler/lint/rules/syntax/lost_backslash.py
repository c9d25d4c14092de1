"""MZ006 lost-backslash

What it does: finds a backslash before a character that needs none.
Why it is bad: the backslash vanishes; of ``\\n``, pasted from a program, the letter n stays.
Evidence: stable-diffusion-webui v1.10.1 keeps the character behind a backslash only of
    ``\\( \\) \\[ \\] \\\\`` and drops every other backslash.
Catalogue: PS007
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Escape

_NEEDED = "()[]\\:|"  # the last two are plain only so, where prompt editing would read them
_WHITE_SPACE = "nt"


def check(subject: Subject, node: Escape) -> Iterator[Found]:
    """Yield a finding if the backslash does nothing."""
    letter = node.value[1]
    if letter in _NEEDED:
        return
    if letter in _WHITE_SPACE:
        if subject.source.endswith(node.value, 0, node.span.start):
            return  # the second of two: one finding is enough
        message = f'this is no white space: the backslash vanishes and the letter "{letter}" is drawn'
        yield Found(message, node.span, "write a space or a line break")
    else:
        yield Found("this backslash vanishes", node.span, "remove it, or write two for the character")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The same text without the backslash."""
    letter = subject.text(diagnostic.span)[1]
    if letter not in _WHITE_SPACE:
        yield diagnostic.span, letter


RULE = Rule(
    "MZ006",
    "lost-backslash",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    nodes=("Escape",),
    remedy=Remedy(edits=edits, title="remove the backslash", is_safe=True),
    bad=(r"a\b", r"a cat,\n\n a dog", r"hatsune\_miku"),
    good=(r"rem \(re:zero\)", r"a \\ b", r"[a\:b|c]"),
)
