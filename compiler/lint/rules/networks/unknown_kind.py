"""MZ405 unknown-kind

What it does: finds a tag of a kind that A1111 does not know by itself.
Why it is bad: it is taken out of the prompt and skipped; only the log says so.
Evidence: stable-diffusion-webui v1.10.1 knows ``lora``, ``lyco`` and ``hypernet``, and logs "Skipping unknown
    extra network" for others; extensions may bring more.
Catalogue: PN308
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.network_tags import KINDS
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Network

_ALIKE = {"locon": "lora", "lycoris": "lora", "loha": "lora", "hypernetwork": "hypernet"}
_FILLED_IN_BEFORE = ("ppp",)  # by an extension that reads the whole prompt first


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding if the kind is no known one."""
    if node.name not in (*KINDS, *_FILLED_IN_BEFORE):
        yield Found(
            f'"{node.name}" is no kind of network that A1111 has: all up to ">" is thrown away',
            node.span,
            _help(node.name),
        )


def _help(kind: str) -> str:
    if kind.casefold() in (*KINDS, *_ALIKE):
        return f"write <{_meant(kind)}:name:1>"
    return "write words without angle brackets; if an extension reads this, ignore the rule"


def _meant(kind: str) -> str:
    kind = kind.casefold()
    return kind if kind in KINDS else _ALIKE.get(kind, "lora")


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The kind that is meant, where only its spelling is wrong."""
    kind, _, rest = subject.text(diagnostic.span)[1:].partition(":")
    if kind.casefold() in (*KINDS, *_ALIKE):
        yield diagnostic.span, f"<{_meant(kind)}:{rest}"


RULE = Rule(
    "MZ405",
    "unknown-kind",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    nodes=("Network",),
    remedy=Remedy(edits=edits, title="write the kind that is meant"),
    bad=("a cat <lycoris:x:1>", "<LoRA:x:1>", "a <wildcard:colour> cat"),
    good=("a cat <lora:x:1>", "<lyco:x:1>", "<hypernet:x:1>", "<3"),
)
