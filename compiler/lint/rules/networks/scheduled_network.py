"""MZ403 scheduled-network

What it does: finds a network inside prompt editing.
Why it is bad: tags are taken out before schedules are read, so the network acts at all steps, and the
    brackets are left behind with nothing in them.
Evidence: in stable-diffusion-webui v1.10.1 ``[<lora:x:1>:0.5]`` leaves ``[:0.5]``; ComfyUI's core has no
    schedules at all, the node package comfyui-prompt-control has.
Catalogue: PN304
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.network_tags import KINDS
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Alternation, Network, Scheduled
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import walk


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each network in a schedule or an alternation."""
    seen: set[Span] = set()
    for kind in ("Scheduled", "Alternation"):
        for node in subject.nodes.get(kind, ()):
            if isinstance(node, Scheduled | Alternation):
                for inner in walk(node):
                    if isinstance(inner, Network) and inner.name in KINDS and inner.span not in seen:
                        seen.add(inner.span)
                        yield Found(
                            "networks cannot be scheduled: this one acts at all steps",
                            inner.span,
                            "move it out of the brackets",
                        )


RULE = Rule(
    "MZ403",
    "scheduled-network",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    bad=("a cat [<lora:x:1>:0.5]", "[<lora:x:1>|<lora:y:1>] a cat"),
    good=("a [cat:dog:0.5] <lora:x:1>", "(cat <lora:x:1>:1.2)"),
)
