"""Shorten a prompt without changing what the model is conditioned on.

Each :class:`~mezzotint.compiler.optimizations.optimization.Optimization` names candidates. They are applied
together and what the encoders are given is compared (:mod:`.inputs`); where it differs, the candidates are
halved until those that make the difference are found, and dropped. So n candidates of which k are bad take
about k log n comparisons, and nothing is changed without proof. Rounds follow until one changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Edit
from mezzotint.compiler.lint.rules.networks import unfilled_template
from mezzotint.compiler.lint.subject import Subject
from mezzotint.compiler.optimizations.catalogue import OPTIMIZATIONS
from mezzotint.compiler.optimizations.cost import NOTHING, Cost, Repeated, cost, repeated
from mezzotint.compiler.optimizations.inputs import compile_use, inputs_of, tokenizers
from mezzotint.compiler.optimizations.moments import moments
from mezzotint.compiler.optimizations.optimization import Candidate, Optimization, View
from mezzotint.compiler.optimizations.use import Use, clocks_for
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.passes.mapped import Mapped, join
from mezzotint.compiler.proof import Budget, accepted
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.span import Span

MAX_COMPILED = 200_000
"""Characters compiled for the proofs about one prompt, a second or two; a text of many thousands may take
more, and is optimized as far as these go."""
_AS_IF_EXECUTED = Context(is_executed=True)  # so that the rule about templates looks for them
_SHOWN_STEPS = 20  # that a timeline is laid out over where nobody says how many


class Applied(NamedTuple):
    """An optimization, where in the original it took something away, and how many characters."""

    name: str
    title: str
    span: Span
    characters: int


@dataclass(frozen=True, slots=True)
class Optimized:
    """A prompt made shorter.

    Attributes:
        source: the prompt as it was.
        text: as it is now; it gives the encoders the same.
        applied: what was done, in order.
        before, after: what the prompts cost.
        repeated: tags that are there twice; they stay, since without them the picture would be another.
        left_alone: why nothing was tried; empty where something was.
    """

    source: str
    text: str
    applied: tuple[Applied, ...] = ()
    before: Cost = NOTHING
    after: Cost = NOTHING
    repeated: tuple[Repeated, ...] = ()
    left_alone: str = ""


def optimize_prompt(
    prompt: str,
    *,
    negative: bool = False,
    steps: int | None = None,
    hires_steps: int | None = None,
    family: str | None = None,
    embeddings: Iterable[str] = (),
) -> Optimized:
    """Shorten a prompt; at every step of every picture the encoders are given the same.

    Args:
        prompt: any text.
        negative: read it as a negative prompt.
        steps: of the pictures, with whatever sampler; ``None``: any number, in one pass or in two.
        hires_steps: of the second pass, where ``steps`` are given and there is one.
        family: of the model, as ``mezzotint check --target`` names it; ``None``: any with CLIP.
        embeddings: names that stand for trained vectors, so that no two words are joined to one.

    Raises:
        ContextError: there is no such family.
    """
    clocks = clocks_for(steps, hires_steps)
    return optimize(prompt, Use(negative, clocks, family=family, embeddings=tuple(embeddings)))


def optimize(prompt: str, use: Use) -> Optimized:
    """The same for a use that is known.

    Raises:
        ContextError: there is no such family.
    """
    Context(use.family).require_known()
    subject = Subject(prompt, negative=use.negative, context=_AS_IF_EXECUTED)
    if why := _obstacle(subject, use):
        return Optimized(prompt, prompt, left_alone=why)
    text, applied = _rounds(prompt, use)
    after = Subject(text, negative=use.negative, context=_AS_IF_EXECUTED)
    tokenizer = tokenizers(use.family)[0]
    return Optimized(
        prompt,
        text,
        applied,
        _cost(subject, use),
        _cost(after, use) if applied else _cost(subject, use),
        tuple(repeated(subject, tokenizer)),
    )


def _obstacle(subject: Subject, use: Use) -> str:
    """Why nothing can be proven about a prompt."""
    if not tokenizers(use.family):
        return f"the encoder of {use.family} gets the text as it is written"
    if not use.is_executed and any(True for _ in unfilled_template.RULE.check(subject)):
        return "it is a template, and what fills it in is not known"
    clocks = _clocks(subject, use)
    if not clocks:
        return "its schedules allow too many texts to compare; tell the number of steps"
    try:
        compile_use(subject.source, use, clocks[0])
    except PromptError:
        return "it does not compile"
    return ""


def _clocks(subject: Subject, use: Use) -> Sequence[Clock]:
    return use.clocks or moments(subject.tree)


def _cost(subject: Subject, use: Use) -> Cost:
    """Where the steps are known, that of the shortest pass of each kind."""
    shown: dict[bool, Clock] = {}
    for clock in use.clocks or (Clock(_SHOWN_STEPS),):
        shown.setdefault(clock.hires_steps is None, clock)
    programs = [compile_use(subject.source, use, clock) for clock in shown.values()]
    tokenizer = tokenizers(use.family)[0]
    return cost(subject.source, subject.tree, programs, tokenizer, negative=use.negative)


def _rounds(prompt: str, use: Use) -> tuple[str, tuple[Applied, ...]]:
    text, applied = Mapped(prompt), list[Applied]()
    budget = Budget(MAX_COMPILED)
    while found := _round(text, use, budget):
        applied += [
            Applied(one.name, one.title, text.span(c.span.start, c.span.end), c.saved) for one, c in found
        ]
        text = _edited(text, found)
    return text.text, tuple(applied)


_Found = tuple[Optimization, Candidate]


def _round(text: Mapped, use: Use, budget: Budget) -> list[_Found]:
    """What can be changed at once in a text."""
    view = View(text.text, negative=use.negative, clocks=use.clocks)
    view.clocks = _clocks(view.subject, use)
    left = [(one, c) for one in OPTIMIZATIONS for c in one.candidates(view) if c.saved > 0]
    if not left or not view.clocks:
        return []
    left.sort(key=lambda found: (found[1].span.start, -found[1].span.end))
    inputs = inputs_of(use, view.clocks)
    given = inputs(text.text)

    def is_same(changes: Sequence[_Found]) -> bool:
        return budget.take(len(text.text) * len(view.clocks)) and inputs(_edited(text, changes).text) == given

    proven: list[_Found] = []
    while left and not proven and given is not None:
        chosen, left = _disjoint(left)
        proven = accepted(chosen, is_same)
    return proven


def _disjoint(found: Sequence[_Found]) -> tuple[list[_Found], list[_Found]]:
    """Those whose edits do not overlap any chosen before, and the others."""
    taken: set[int] = set()
    chosen: list[_Found] = []
    left: list[_Found] = []
    for one in found:
        places = {at for span, _ in one[1].edits for at in range(span.start, span.end)}
        (left if places & taken else chosen).append(one)
        if chosen and chosen[-1] is one:
            taken |= places
    return chosen, left


def _edited(text: Mapped, found: Iterable[_Found]) -> Mapped:
    """The text with all changes made; it remembers where its characters stood."""
    edits: list[Edit] = sorted(edit for _, candidate in found for edit in candidate.edits)
    parts: list[Mapped] = []
    at = 0
    for span, new in edits:
        parts += [text.slice(at, span.start), Mapped(new, ((0, text.offset(span.start)),))]
        at = span.end
    return join([*parts, text.slice(at, len(text.text))])
