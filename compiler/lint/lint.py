"""Run every rule over a prompt."""

from mezzotint.compiler.lint.registry import Subject
from mezzotint.compiler.lint.rules import RULES
from mezzotint.grammar.diagnostics import Diagnostic


def lint(prompt: str, *, negative: bool = False) -> list[Diagnostic]:
    """Findings in a prompt, in source order; their spans are code-point ranges of ``prompt``.

    Args:
        prompt: any text.
        negative: read it as a negative prompt, where ``AND`` and ``<lora:…>`` are plain text.
    """
    subject = Subject.read(prompt, negative=negative)
    found = [diagnostic for rule in RULES for diagnostic in rule.check(subject)]
    return sorted(found, key=lambda d: (d.span.start, d.span.end, d.code))
