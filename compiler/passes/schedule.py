"""Resolve prompt editing: a branch's text to the flat texts that are in force, step by step.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/prompt_parser.py``.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.passes.mapped import Mapped, join
from mezzotint.grammar import nodes
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.lexer import CLEANED
from mezzotint.grammar.parser import parse
from mezzotint.grammar.walk import walk


def schedule(text: Mapped, clock: Clock) -> list[tuple[int, Mapped]]:
    """Pairs of last step and text, in order; a text without schedules is one pair.

    Raises:
        PromptError: a step number overflows; its span is into ``text.text``.
    """
    if "[" not in text.text:  # nothing can be scheduled, and the text is returned as it is
        return [(clock.length, text)]
    (branch,) = parse(text.text, CLEANED).branches
    if not branch.schedulable:
        return [(clock.length, text)]
    resolver = _Resolver(text, clock)
    return [(end, join(resolver.items(branch.children, end))) for end in resolver.boundaries(branch)]


class _Resolver:
    def __init__(self, text: Mapped, clock: Clock) -> None:
        self.text = text
        self.clock = clock
        self._parts: dict[int, Sequence[_Part]] = {}  # by the identity of nodes that the tree keeps alive

    def boundaries(self, branch: nodes.Branch) -> list[int]:
        """Every step at which any group switches, even one that is not in force then, and the last."""
        steps = {self.clock.length}
        for node in walk(branch):
            if isinstance(node, nodes.Scheduled):
                steps.add(self.when(node))
            elif isinstance(node, nodes.Alternation):
                steps.update(range(1, self.clock.length + 1))
        return sorted(step for step in steps if step >= 1 or step == self.clock.length)

    def when(self, node: nodes.Scheduled) -> int:
        try:
            return self.clock.step(node.when)
        except (OverflowError, ValueError) as error:
            diagnostic = Diagnostic(
                "MZ002",
                f'the step "{node.when.strip()}" is too large',
                self.text.span(node.span.start, node.span.end),
                Severity.ERROR,
                f"write a step from 1 to {self.clock.length} or a fraction such as 0.5",
            )
            raise PromptError(diagnostic, self.text.text) from error

    def items(self, items: tuple[nodes.Item, ...], step: int) -> Iterator[Mapped]:
        """What is in force at a step, in pieces."""
        for part in self.parts(items):
            match part:
                case Mapped():
                    yield part
                case nodes.Scheduled(before, after, _):
                    yield from self.items((before or ()) if step <= self.when(part) else after, step)
                case nodes.Alternation(options):
                    yield from self.items(options[(step - 1) % len(options)], step)

    def parts(self, items: tuple[nodes.Item, ...]) -> "Sequence[_Part]":
        """What changes, in order, and the text between in one piece each: most of a prompt never changes."""
        if id(items) not in self._parts:
            self._parts[id(items)] = list(self._cut(items))
        return self._parts[id(items)]

    def _cut(self, items: tuple[nodes.Item, ...]) -> "Iterator[_Part]":
        if not items:
            return
        at = items[0].span.start
        for node in _changing(items):
            if node.span.start > at:
                yield self.text.slice(at, node.span.start)
            yield node
            at = node.span.end
        if items[-1].span.end > at:
            yield self.text.slice(at, items[-1].span.end)


_Change: TypeAlias = nodes.Scheduled | nodes.Alternation
_Part: TypeAlias = Mapped | _Change


def _changing(items: tuple[nodes.Item, ...]) -> Iterator[_Change]:
    """The nodes that stand for another text at another step, without those inside of them."""
    waiting = list(reversed(items))
    while waiting:
        match waiting.pop():
            case nodes.Scheduled() | nodes.Alternation() as node:
                yield node
            case nodes.Emphasis(children, _) | nodes.Deemphasis(children):
                waiting += reversed(children)
