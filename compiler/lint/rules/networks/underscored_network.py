"""MZ407 underscored-network

What it does: finds two underscores in a network's name, in a prompt that has wildcards or choices as well.
Why it is bad: Dynamic Prompts takes the underscores for the beginning of a wildcard and stops with an error,
    or fills in something else.
Evidence: dynamicprompts#135, sd-dynamic-prompts#866 and a family of reports like them.
Catalogue: PN313
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.nodes import Network

_TEMPLATE = re.compile(r"(?<![\w:])__[\w*/-]+__(?![\w:])|\{[^{}|]*+\|[^{}]*+\}")


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding if the name has them and the prompt is a template."""
    if "__" in node.value and _TEMPLATE.search(subject.source):
        yield Found(
            "two underscores in a name are a wildcard to Dynamic Prompts, which stops or fills it in",
            node.span,
            "rename the file",
        )


RULE = Rule(
    "MZ407",
    "underscored-network",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    nodes=("Network",),
    bad=("a {red|blue} cat <lora:a__b:1>", "a __colour__ cat <lora:a__b:1>"),
    good=("a {red|blue} cat <lora:a_b:1>", "a cat <lora:a__b:1>"),
)
