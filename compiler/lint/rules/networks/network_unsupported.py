"""MZ406 network-unsupported

What it does: finds a network's tag in a prompt for a program that has none in its prompts.
Why it is bad: the tag is drawn as text, and the network is not loaded.
Evidence: diffusers, InvokeAI, ComfyUI's core and the servers of stable-diffusion.cpp take networks by other
    ways (compel#30, SwarmUI#500).
Catalogue: PN310
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
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


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding for each tag."""
    dialect = subject.context.dialect
    message = f"{program(dialect)} does not read networks from a prompt: the tag is drawn as text"
    yield Found(message, node.span, _HOW.get(dialect, "remove it"))


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the tag."""
    yield diagnostic.span, ""


RULE = Rule(
    "MZ406",
    "network-unsupported",
    check,
    since="0.1.0",
    dialects=("comfy", "compel", "diffusers", "invoke", "novelai"),
    nodes=("Network",),
    remedy=Remedy(edits=edits, title="remove the tag"),
    bad=(Example("a cat <lora:x:1>", Context(dialect="comfy")),),
    good=("a cat <lora:x:1>", Example("a cat <3", Context(dialect="comfy"))),
)
