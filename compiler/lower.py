"""Prompt texts to a prompt program: the passes, in the order that the reference runs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mezzotint.compiler.ir import (
    A1111Weights,
    Branch,
    Break,
    Emphasis,
    Entry,
    Interpretation,
    Network,
    Piece,
    Program,
    Segment,
)
from mezzotint.compiler.passes.attention import Run, scan
from mezzotint.compiler.passes.chunk import EmbeddingNames
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.passes.comments import comments
from mezzotint.compiler.passes.conjunction import conjunction
from mezzotint.compiler.passes.embeddings import find_embeddings
from mezzotint.compiler.passes.mapped import Mapped
from mezzotint.compiler.passes.networks import networks
from mezzotint.compiler.passes.schedule import schedule
from mezzotint.grammar.errors import PromptError


@dataclass(frozen=True, slots=True)
class HiresPrompts:
    """What the second pass of "hires fix" is told.

    Attributes:
        steps: its evaluations.
        prompt: its own prompt; ``None`` or empty is the first pass's.
        negative_prompt: the same for the negative.
    """

    steps: int
    prompt: str | None = None
    negative_prompt: str | None = None


def compile_prompt(
    prompt: str,
    negative_prompt: str = "",
    *,
    clock: Clock | None = None,
    interpretation: Interpretation = A1111Weights(),
    embeddings: EmbeddingNames | None = None,
    hires: HiresPrompts | None = None,
) -> Program:
    """Compile a prompt pair.

    Args:
        prompt: the positive prompt; composed by ``AND``, with networks and comments.
        negative_prompt: never composed; ``AND`` and ``<lora:…>`` are plain text in it.
        clock: evaluations of the pass (twice the steps for second-order samplers); default 20.
        interpretation: what weights mean.
        embeddings: the names that stand for vectors.
        hires: the second pass, laid out on the same clock.

    Raises:
        PromptError: a weight is no number, or a step overflows; the reference fails there, too.
    """
    clock = clock or Clock(20)
    first = _compile_pass((prompt, negative_prompt), ("prompt", "negative prompt"), clock, interpretation)
    first = replace(first, embeddings=tuple(find_embeddings(first, embeddings)) if embeddings else ())
    if hires is None:
        return first
    own = (hires.prompt or prompt, hires.negative_prompt or negative_prompt)
    clock = replace(clock, hires_steps=hires.steps)
    second = _compile_pass(own, ("hires prompt", "hires negative prompt"), clock, interpretation)
    second = replace(second, embeddings=tuple(find_embeddings(second, embeddings)) if embeddings else ())
    return replace(first, hires=second)


def _compile_pass(
    prompts: tuple[str, str], names: tuple[str, str], clock: Clock, interpretation: Interpretation
) -> Program:
    """The program of one pass; errors speak of the prompts by their names."""
    text, found = positive_text(prompts[0])
    # The old implementation reads the text as a whole, when it is cut into tokens.
    emphasis = Emphasis.NONE if interpretation.old else interpretation.emphasis
    with _naming(prompts[0], names[0]):
        branches = tuple(_branch(t, w, clock, emphasis) for t, w in conjunction(text))
    with _naming(prompts[1], names[1]):
        negative = _branch(comments(Mapped(prompts[1])), 1.0, clock, emphasis)
    return Program(branches, negative, found, clock.length, interpretation)


@contextmanager
def _naming(source: str, name: str) -> Iterator[None]:
    """Let errors show the text that the user wrote, not the one that was cleaned."""
    try:
        yield
    except PromptError as error:
        raise PromptError(error.diagnostic, source, f"<{name}>") from error


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
