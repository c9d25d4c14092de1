"""A whole infotext for display: the tree of its frame and those of its prompts inside, placed in one text."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mezzotint.grammar import nodes, render
from mezzotint.grammar.document import Document
from mezzotint.grammar.infotext.display import outline
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.parser import parse
from mezzotint.grammar.span import Span


def _prompt_tree(document: Document, *, negative: bool) -> tuple[nodes.Prompt, Callable[[Span], Span]]:
    """The tree of one of the prompts, and where a range of it stands in the source."""
    text, language = (document.negative_prompt, NEGATIVE) if negative else (document.prompt, POSITIVE)
    return parse(text, language), partial(document.span, negative=negative)


def frame_outline(document: Document) -> Iterator[tuple[int, str, Span]]:
    """One row a node; of a section, the tree of its prompt stands for the lines."""
    frame = parse_frame(document.source)
    yield 0, "Frame", frame.span
    for section in (frame.prompt, frame.negative):
        if section is not None:
            yield next(outline(section, 1))
            tree, place = _prompt_tree(document, negative=section is frame.negative)
            for depth, label, span in render.outline(tree, 2):
                yield depth, label, place(span)
    if frame.settings is not None:
        yield from outline(frame.settings, 1)


def frame_json(document: Document) -> dict[str, Any]:
    """The frame as plain values; each section has its prompt's tree under ``tree``."""
    frame = parse_frame(document.source)
    shown = render.to_json(frame, document.source)
    for name, section in (("prompt", frame.prompt), ("negative", frame.negative)):
        if section is not None:
            tree, place = _prompt_tree(document, negative=section is frame.negative)
            shown[name]["tree"] = render.to_json(tree, document.source, place)
    return shown
