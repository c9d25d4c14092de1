"""MZ406 network-unsupported

What it does: finds a network's tag in a prompt for a program that has none in its prompts.
Why it is bad: the tag is drawn as text, and the network is not loaded.
Evidence: diffusers, InvokeAI, ComfyUI's core and the servers of stable-diffusion.cpp take networks by other
    ways (compel#30, SwarmUI#500).
Catalogue: PN310
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.network_tags import KINDS
from mezzotint.compiler.lint.programs import program
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Network

_HOW = {
    "comfy": "use a node that loads it",
    "diffusers": "call load_lora_weights",
    "compel": "call load_lora_weights",
    "invoke": "choose it beside the prompt",
}


def _tags(subject: Subject) -> list[Network]:
    nodes = subject.nodes.get("Network", ())
    return [node for node in nodes if isinstance(node, Network) and node.name in KINDS]


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first tag."""
    if found := _tags(subject):
        dialect = subject.context.dialect
        message = f"{program(dialect)} reads no networks from a prompt: the tag is drawn{among(found)}"
        yield Found(message, found[0].span, _HOW.get(dialect, "remove it"))


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the tags."""
    for node in _tags(subject):
        yield node.span, ""


RULE = Rule(
    "MZ406",
    "network-unsupported",
    check,
    since="0.1.0",
    dialects=("comfy", "compel", "diffusers", "invoke", "novelai"),
    remedy=Remedy(edits=edits, title="remove the tags"),
    bad=(Example("a cat <lora:x:1>", Context(dialect="comfy")),),
    good=("a cat <lora:x:1>", Example("a cat <3", Context(dialect="comfy"))),
)
