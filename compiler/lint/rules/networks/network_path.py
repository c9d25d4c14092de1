"""MZ413 network-path

What it does: finds a network's name with a folder before it, or with a file's ending.
Why it is bad: A1111 does not find it, and makes the picture without it.
Evidence: stable-diffusion-webui v1.10.1 lists networks by the name of their file without folder and ending,
    and by the name that stands in the file; ComfyUI's nodes write folders, and so do pictures made with
    them.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.network_tags import KINDS, name_of
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.nodes import Network

_ENDING = re.compile(r"\.(?:safetensors|pt|ckpt|bin)$", re.IGNORECASE)

_BREAK = "\\n"  # of a name that was torn where a line ended


def _bare(name: str) -> str:
    return name if _BREAK in name else _ENDING.sub("", re.split(r"[/\\]", name)[-1])


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding if a folder or an ending stands in the name, unless the name is known to be there."""
    name = name_of(node)
    bare = _bare(name)
    if node.name in KINDS and bare and bare != name and name not in (subject.context.networks or ()):
        message = "names of networks have no folder and no ending: this one is not found"
        yield Found(message, node.span, f'write "{bare}"')


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The name alone."""
    kind, _, rest = subject.text(diagnostic.span)[1:-1].partition(":")
    name, colon, numbers = rest.partition(":")
    yield diagnostic.span, f"<{kind}:{_bare(name)}{colon}{numbers}>"


RULE = Rule(
    "MZ413",
    "network-path",
    check,
    since="0.1.0",
    dialects=("a1111", "forge"),
    nodes=("Network",),
    remedy=Remedy(edits=edits, title="write the name alone"),
    bad=("a cat <lora:style.safetensors:1>", r"a cat <lora:pony\style:0.8>", "<lora:pony/style> a cat"),
    good=("a cat <lora:style_v1.5:1>", Example("<lora:a/b:1>", Context(networks={"a/b": ""}))),
)
