"""MZ410 repeated-network

What it does: finds a network that is named twice.
Why it is bad: it acts twice, both times with the numbers of the last tag, so 0.5 and 0.7 make 1.4.
Evidence: stable-diffusion-webui v1.10.1 keeps one network for each name and lists it once for each tag.
Catalogue: PN307
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.network_tags import KINDS, name_of
from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Network


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each tag whose network was named before."""
    seen: set[str] = set()
    for node in subject.nodes.get("Network", ()):
        if isinstance(node, Network) and node.name in KINDS and (name := name_of(node)):
            if name in seen:
                yield Found(
                    f'"{name}" acts twice, both times with the numbers given here',
                    node.span,
                    "remove one tag",
                )
            seen.add(name)


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the later tag."""
    yield diagnostic.span, ""


RULE = Rule(
    "MZ410",
    "repeated-network",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    remedy=Remedy(edits=edits, title="remove the later tag"),
    bad=("<lora:x:0.5> a cat <lora:x:0.7>",),
    good=("<lora:x:0.5> a cat <lora:y:0.7>", "<lora:x:0.5>"),
)
