"""Prompt texts to a prompt program: the passes, in the order that the reference runs them."""

from dataclasses import replace

from mezzotint.compiler.ir import Branch, Break, Emphasis, Entry, Network, Piece, Program, Segment
from mezzotint.compiler.passes.attention import Run, scan
from mezzotint.compiler.passes.comments import comments
from mezzotint.compiler.passes.conjunction import conjunction
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.passes.networks import networks
from mezzotint.compiler.passes.schedule import Clock, schedule
from mezzotint.grammar.errors import PromptError


def compile_prompt(
    prompt: str,
    negative_prompt: str = "",
    *,
    clock: Clock | None = None,
    emphasis: Emphasis = Emphasis.ORIGINAL,
) -> Program:
    """Compile a prompt pair for a pass of the sampler.

    Args:
        prompt: the positive prompt; composed by ``AND``, with networks and comments.
        negative_prompt: never composed; ``AND`` and ``<lora:…>`` are plain text in it.
        clock: evaluations of the pass (twice the steps for second-order samplers); default 20.
        emphasis: the interpretation of weights.

    Raises:
        PromptError: a weight is no number, or a step overflows; the reference fails there, too.
    """
    clock = clock or Clock(20)
    text, found = positive_text(prompt)
    try:
        branches = tuple(_branch(t, w, clock, emphasis) for t, w in conjunction(text))
    except PromptError as error:
        raise PromptError(error.diagnostic, prompt, "<prompt>") from error
    try:
        negative = _branch(comments(Mapped(negative_prompt)), 1.0, clock, emphasis)
    except PromptError as error:
        raise PromptError(error.diagnostic, negative_prompt, "<negative prompt>") from error
    return Program(branches, negative, found, clock.length, emphasis)


def positive_text(prompt: str) -> tuple[Mapped, tuple[Network, ...]]:
    """A positive prompt without comments and network tags, and the networks."""
    return networks(comments(Mapped(prompt)))


def _branch(text: Mapped, weight: float, clock: Clock, emphasis: Emphasis) -> Branch:
    # The steps of an alternation repeat a few texts: each is read once.
    read: dict[str, tuple[Piece, ...]] = {}
    timeline = []
    for end, flat in schedule(text, clock):
        if flat.text not in read:
            read[flat.text] = pieces(flat, emphasis)
        timeline.append(Entry(end, flat.text, read[flat.text]))
    return Branch(weight, tuple(timeline))


def pieces(text: Mapped, emphasis: Emphasis = Emphasis.ORIGINAL) -> tuple[Piece, ...]:
    """A flat text as weighted segments and breaks.

    Raises:
        PromptError: a weight is no number; its span is into the source of ``text``.
    """
    if emphasis is Emphasis.NONE:
        return (Segment(text.text, 1.0, text.span(0, len(text.text))),)
    try:
        runs = scan(text.text)
    except PromptError as error:
        found = error.diagnostic.span
        diagnostic = replace(error.diagnostic, span=text.span(found.start, found.end))
        raise PromptError(diagnostic, text.text) from error
    return tuple(_piece(run, text) for run in runs)


def _piece(run: Run, text: Mapped) -> Piece:
    span = text.span(run.start, run.end)
    return Break(span) if run.is_break else Segment(run.text, run.weight, span)
