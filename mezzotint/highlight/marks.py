"""The marks of a text, read from its tree: what highlighters colour, exactly as the compiler reads it."""

from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.grammar import nodes
from mezzotint.grammar.document import Document
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.parser import parse
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import walk
from mezzotint.highlight.kinds import Kind

_WORDS = {
    nodes.Network: Kind.NETWORK,
    nodes.Break: Kind.BREAK,
    nodes.Comment: Kind.COMMENT,
    nodes.Escape: Kind.ESCAPE,
    nodes.Stray: Kind.ERROR,
    nodes.Weight: Kind.WEIGHT,
}


class Mark(NamedTuple):
    """A range and what it is."""

    span: Span
    kind: Kind


def document_marks(document: Document) -> list[Mark]:
    """The marks of both prompts and of what stands around them, in order, into ``document.source``."""
    found: list[Mark] = []
    for text, is_negative in ((document.prompt, False), (document.negative_prompt, True)):
        marks = prompt_marks(parse(text, NEGATIVE if is_negative else POSITIVE))
        found += [Mark(document.span(mark.span, negative=is_negative), mark.kind) for mark in marks]
    if document.infotext is not None:
        found += _frame_marks(document.source)
    for flag in document.flags:
        found.append(Mark(Span(flag.span.start, flag.name_span.end), Kind.FLAG))
        found.append(Mark(flag.value_span, Kind.ARGUMENT))
    return sorted((mark for mark in found if len(mark.span)), key=lambda mark: mark.span)


def prompt_marks(tree: nodes.Prompt) -> list[Mark]:
    """The marks of a prompt in order; they do not overlap."""
    found = [mark for node in walk(tree) for mark in _of_node(node)]
    return sorted((mark for mark in found if len(mark.span)), key=lambda mark: mark.span)


def _of_node(node: nodes.AnyNode) -> Iterator[Mark]:
    match node:
        case nodes.Prompt(branches):
            for branch in branches[1:]:
                start = branch.span.start
                yield Mark(Span(start - len("AND"), start), Kind.CONJUNCTION)
        case nodes.Emphasis() | nodes.Deemphasis():
            yield from _ends(node, Kind.EMPHASIS)
        case nodes.Scheduled():
            yield from _schedule(node)
        case nodes.Alternation(options):
            yield from _ends(node, Kind.ALTERNATION)
            at = node.span.start + 1
            for option in options[:-1]:
                at = option[-1].span.end if option else at
                yield Mark(Span(at, at + 1), Kind.ALTERNATION)
                at += 1
        case nodes.BranchWeight(value):
            start = node.span.start + len(value) - len(value.lstrip())
            yield Mark(Span(start, start + len(value.strip())), Kind.WEIGHT)
        case nodes.Word():
            if (kind := _WORDS.get(type(node))) is not None:
                yield Mark(node.span, kind)


def _ends(node: nodes.Node, kind: Kind) -> Iterator[Mark]:
    yield Mark(Span(node.span.start, node.span.start + 1), kind)
    yield Mark(Span(node.span.end - 1, node.span.end), kind)


def _schedule(node: nodes.Scheduled) -> Iterator[Mark]:
    yield from _ends(node, Kind.SCHEDULE)
    end = node.span.end - 1
    yield Mark(Span(end - len(node.when) - 1, end), Kind.SCHEDULE)
    if node.before is not None:
        colon = node.before[-1].span.end if node.before else node.span.start + 1
        yield Mark(Span(colon, colon + 1), Kind.SCHEDULE)


def _frame_marks(source: str) -> Iterator[Mark]:
    frame = parse_frame(source)
    for section in (frame.prompt, frame.negative):
        for line in section.lines if section else ():
            label = line.label.rstrip()
            yield Mark(Span(line.span.start, line.span.start + len(label)), Kind.LABEL)
    for setting in frame.settings.items if frame.settings else ():
        yield Mark(setting.key_span, Kind.KEY)
        yield Mark(setting.value_span, Kind.VALUE)
