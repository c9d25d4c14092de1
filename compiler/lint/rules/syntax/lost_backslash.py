"""MZ006 lost-backslash

What it does: finds a backslash before a character that needs none.
Why it is bad: the backslash vanishes. Before a sign that is all; before a letter something else seems to be
    meant, such as a backslash that should be drawn, or a bracket that should be escaped.
Evidence: stable-diffusion-webui v1.10.1 keeps the character behind a backslash only of
    ``\\( \\) \\[ \\] \\\\`` and drops every other backslash.
Catalogue: PS007
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, UNWEIGHED
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Escape

_NEEDED = "()[]\\:|"  # the last two are plain only so, where prompt editing would read them
WHITE_SPACE = "nt"
"""Letters of escape sequences, which have a rule of their own."""


def check(subject: Subject, node: Escape) -> Iterator[Found]:
    """Yield a finding if the backslash does nothing."""
    letter = node.value[1]
    if letter in _NEEDED or letter in WHITE_SPACE:
        return
    if letter.isalnum():
        yield Found("this backslash vanishes", node.span, "remove it, or write two to have one drawn")
    else:
        message = f"{letter} needs no backslash: it is read as if none were there"
        yield Found(message, node.span, "remove it", Severity.INFO)


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The same text without the backslash."""
    yield diagnostic.span, subject.text(diagnostic.span)[1]


RULE = Rule(
    "MZ006",
    "lost-backslash",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    families=UNWEIGHED,
    nodes=("Escape",),
    remedy=Remedy(edits=edits, title="remove the backslash", is_safe=True),
    bad=(r"a\b", r"a \"sign\"", r"hatsune\_miku"),
    good=(r"rem \(re:zero\)", r"a \\ b", r"[a\:b|c]"),
)
