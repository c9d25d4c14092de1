"""Run the rules over a prompt."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.listed import Listed
from mezzotint.compiler.lint.rules import default_rules
from mezzotint.compiler.lint.subject import DocumentSubject, Subject
from mezzotint.grammar.diagnostics import Diagnostic

if TYPE_CHECKING:
    from mezzotint.compiler.lint.registry import Found, Rule


def lint(
    prompt: str,
    *,
    negative: bool = False,
    context: Context = HOME,
    with_fixes: bool = False,
    are_proven: bool = True,
) -> list[Diagnostic]:
    """Findings in a prompt, in source order; their spans are code-point ranges of ``prompt``.

    Args:
        prompt: any text.
        negative: read it as a negative prompt, where ``AND`` and ``<lora:…>`` are plain text.
        context: what it is written for, and which rules run.
        with_fixes: offer remedies, too.
        are_proven: prove each safe one alone, which takes two compilations; where not, who applies them
            proves them together.

    Raises:
        ContextError: the context names a family or a dialect that no rule knows.
    """
    context.require_known()
    subject = Subject(prompt, negative=negative, context=context)
    return in_order(_run(subject, rules_of(context), with_fixes, are_proven))


def rules_of(context: Context) -> tuple[Listed, ...]:
    """The rules that a context asks for."""
    return default_rules() if context.rules is None else context.rules


def not_checked(context: Context) -> tuple[str, ...]:
    """The codes of rules that are asked for and find nothing, as the context does not tell what they need."""
    return tuple(row.code for row in rules_of(context) if not _knows(context, row.asks))


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by place, then code."""
    return sorted(diagnostics, key=lambda d: (d.span.start, d.span.end, d.code))


def _run(
    subject: Subject, listed: Iterable[Listed], with_fixes: bool, are_proven: bool
) -> Iterator[Diagnostic]:
    holds, nodes, context = subject.source.__contains__, subject.nodes, subject.context
    is_home = context.is_home
    for row in listed:
        if row.is_document or (row.is_foreign and is_home):
            continue
        if row.nodes and not any(map(nodes.__contains__, row.nodes)):
            continue
        if (not row.needs or any(map(holds, row.needs))) and _knows(context, row.asks):
            yield from findings(row.load(), subject, with_fixes, are_proven)


def _knows(context: Context, names: tuple[str, ...]) -> bool:
    return not names or any(getattr(context, name) not in (None, False) for name in names)


def findings(
    rule: "Rule", subject: Subject | DocumentSubject, with_fixes: bool, are_proven: bool
) -> Iterator[Diagnostic]:
    """What one rule finds, at the severity that it has for the model's family."""
    severity = rule.severity_for(subject.context.model)
    if severity is None or (rule.dialects and subject.context.dialect not in rule.dialects):
        return
    for found in _check(rule, subject):
        diagnostic = rule.diagnostic(found, severity)
        if with_fixes and rule.remedy:
            from mezzotint.compiler.lint.fixes import offer

            diagnostic = offer(rule.remedy, subject, diagnostic, is_proven=are_proven)
        yield diagnostic


def _check(rule: "Rule", subject: Subject | DocumentSubject) -> "Iterator[Found]":
    if rule.nodes and isinstance(subject, Subject):
        for name in rule.nodes:
            for node in subject.nodes.get(name, ()):
                yield from rule.check(subject, node)
    else:
        yield from rule.check(subject)
