"""MZ401 unknown-network

What it does: finds a network that is not at hand, where it is known which ones are.
Why it is bad: A1111 makes the picture without it.
Evidence: stable-diffusion-webui v1.10.1 goes on without a network that it does not find; all that tells is a
    line in the log and a comment below the picture.
Catalogue: PN301
"""

from collections.abc import Iterator
from difflib import get_close_matches

from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.network_tags import KINDS, name_of
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.nodes import Network


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding if the name is not known; nothing is checked where no names are."""
    known, name = subject.context.networks, name_of(node)
    if known is None or node.name not in KINDS or not name or name in known:
        return
    near = get_close_matches(name, known, n=1)
    help_ = f'write "{near[0]}"' if near else "put its file into the folder of networks"
    yield Found(f'there is no network "{name}": A1111 makes the picture without it', node.span, help_)


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The name that is most like it."""
    kind, colon, rest = subject.text(diagnostic.span).partition(":")
    name, end, tail = rest.partition(":") if ":" in rest else rest.partition(">")
    if near := get_close_matches(name, subject.context.networks or (), n=1):
        yield diagnostic.span, f"{kind}{colon}{near[0]}{end}{tail}"


_KNOWN = Context(networks={"detail": "sd1"})

RULE = Rule(
    "MZ401",
    "unknown-network",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    nodes=("Network",),
    remedy=Remedy(edits=edits, title="write the name that is most like it"),
    bad=(Example("a cat <lora:detial:1>", _KNOWN), Example("<lyco:x>", _KNOWN)),
    good=(Example("a cat <lora:detail:1>", _KNOWN), "a cat <lora:detial:1>"),
)
