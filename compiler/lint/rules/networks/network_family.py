"""MZ409 network-family

What it does: finds a network that was made for another family of models, where both are known.
Why it is bad: its layers do not fit, so none or few of them act.
Evidence: networks of SD 1 and SDXL differ in the sizes and names of nearly all layers; A1111 loads what fits
    and logs the rest.
Catalogue: PN306
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE, Context
from mezzotint.compiler.lint.network_tags import name_of
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.nodes import Network

_SAME_LAYERS = {"pony": "sdxl", "illustrious": "sdxl", "flux-schnell": "flux"}


def check(subject: Subject, node: Network) -> Iterator[Found]:
    """Yield a finding if the families differ."""
    context = subject.context
    made_for = (context.networks or {}).get(name_of(node))
    if not made_for or context.family is None:
        return
    if _SAME_LAYERS.get(made_for, made_for) != _SAME_LAYERS.get(context.family, context.family):
        yield Found(
            f'"{name_of(node)}" was made for {made_for}: few of its layers fit {context.family}',
            node.span,
            "use a network of the model's own family",
        )


_KNOWN = {"detail": "sd1", "pretty": "pony"}

RULE = Rule(
    "MZ409",
    "network-family",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.ERROR,
    nodes=("Network",),
    bad=(Example("a cat <lora:detail:1>", Context(family="sdxl", networks=_KNOWN)),),
    good=(
        Example("a cat <lora:detail:1>", Context(family="sd1", networks=_KNOWN)),
        Example("a cat <lora:pretty:1>", Context(family="sdxl", networks=_KNOWN)),
        "a cat <lora:detail:1>",
    ),
)
