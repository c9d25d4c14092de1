"""A text with its prompts optimized: a prompt, or the prompts of an infotext."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from mezzotint.compiler.infotext_prompts import with_prompts
from mezzotint.compiler.optimizations.optimize import Optimized, optimize
from mezzotint.compiler.optimizations.use import Use, clocks_for
from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.document import Dialect, Document, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.span import Span

HOME = ("a1111", "forge")
"""The programs whose reading of a prompt is the one that is proven."""


class How(NamedTuple):
    """What is told of the pictures: see :func:`mezzotint.compiler.optimizations.optimize.optimize_prompt`.

    Attributes:
        reader: how texts are read, or the program that will read them.
        is_fragment: whether texts become parts of prompts, as styles and lines of wildcard files do.
    """

    dialect: Dialect = Dialect.AUTO
    reader: str = Dialect.AUTO.value
    steps: int | None = None
    hires_steps: int | None = None
    family: str | None = None
    is_fragment: bool = False

    def use(self, *, negative: bool) -> Use:
        """How a prompt is used that says nothing of it."""
        return Use(negative, clocks_for(self.steps, self.hires_steps), family=self.family)


class Part(NamedTuple):
    """A prompt of a text, optimized.

    Attributes:
        place: where a range of the prompt as it was stands in the text.
    """

    optimized: Optimized
    negative: bool
    place: Callable[[Span], Span]


class OptimizedText(NamedTuple):
    """A text with its prompts optimized; ``left_alone`` is the reason where there are none."""

    text: str
    parts: tuple[Part, ...] = ()
    left_alone: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why prompts were left alone."""
        found = (self.left_alone, *(part.optimized.left_alone for part in self.parts))
        return tuple(dict.fromkeys(filter(None, found)))


def optimize_text(source: str, how: How, *, negative: bool = False) -> OptimizedText:
    """The text with its prompts optimized; its line ends and settings stay as they are.

    What another program reads in its own way stays: a prompt with Midjourney flags, or one for ComfyUI. So
    do parts of prompts: the end of a part is not the end of the prompt, and its weights have company.
    """
    if how.is_fragment:
        return OptimizedText(source, left_alone="it is a part of prompts that are not known")
    if 0 < source.count("\r\n") == source.count("\n"):
        return _with_line_ends(source, optimize_text(source.replace("\r\n", "\n"), how, negative=negative))
    if how.reader not in (*HOME, *(one.value for one in Dialect)):
        return OptimizedText(source, left_alone=f"{how.reader} reads prompts in a way of its own")
    document = Document(source, source) if negative else read_document(source, how.dialect)
    if document.flags:
        return OptimizedText(source, left_alone="it has Midjourney's flags")
    if document.infotext is None:
        one = optimize(source, how.use(negative=negative))
        return OptimizedText(one.text, (Part(one, negative, lambda span: span),))
    try:
        return _optimized_infotext(document, document.infotext, how)
    except MezzotintError as error:
        return OptimizedText(source, left_alone=str(error).partition("\n")[0])


def _with_line_ends(source: str, result: OptimizedText) -> OptimizedText:
    """The result of a text with line feeds alone, for the same text with carriage returns before them."""
    feeds = [found.start() - before for before, found in enumerate(re.finditer("\r\n", source))]

    def outer(span: Span) -> Span:
        return Span(*(at + bisect_left(feeds, at) for at in (span.start, span.end)))

    parts = (part._replace(place=_behind(part.place, outer)) for part in result.parts)
    return result._replace(text=result.text.replace("\n", "\r\n"), parts=tuple(parts))


def _behind(first: Callable[[Span], Span], second: Callable[[Span], Span]) -> Callable[[Span], Span]:
    return lambda span: second(first(span))


def _optimized_infotext(document: Document, infotext: Infotext, how: How) -> OptimizedText:
    parts: list[Part] = []
    uses = {negative: _use(document, infotext, how, negative=negative) for negative in (False, True)}

    def change(text: str, negative: bool) -> str:
        one = optimize(text, uses[negative])
        parts.append(Part(one, negative, lambda span: document.span(span, negative=negative)))
        return one.text

    text = with_prompts(document, how.dialect, change)
    again = read_document(text, how.dialect)
    return OptimizedText(text, tuple(_as_written(part, again) for part in parts))


def _as_written(part: Part, again: Document) -> Part:
    """The part, if it stands in the text; it does not where that would read as something else."""
    one = part.optimized
    if (again.negative_prompt if part.negative else again.prompt) == one.text:
        return part
    why = "the infotext would read differently"
    return part._replace(optimized=Optimized(one.source, one.source, left_alone=why))


def _use(document: Document, infotext: Infotext, how: How, *, negative: bool) -> Use:
    """How an infotext's own settings use one of its prompts."""
    from mezzotint.runtime.networks.hashes import read_lora_hashes
    from mezzotint.runtime.passes.settings import HiresSettings
    from mezzotint.runtime.request import clock, read_request

    request = read_request(document, options={"steps": how.steps})
    if how.hires_steps is not None:
        hires = replace(request.settings.hires or HiresSettings(), steps=how.hires_steps)
        request = replace(request, settings=replace(request.settings, hires=hires))
    program = request.program()
    clocks: tuple[Clock, ...] = (clock(request.settings),)
    second = request.settings.hires
    own = second and (second.negative_prompt if negative else second.prompt)
    if program.hires is not None and not own:
        clocks = (*clocks, replace(clocks[0], hires_steps=program.hires.steps))
    return Use(
        negative,
        clocks if "Steps" in infotext or how.steps else (),
        program.interpretation.emphasis,
        how.family,
        tuple(read_lora_hashes(infotext.get("TI hashes") or "")),
        is_executed=True,
    )
