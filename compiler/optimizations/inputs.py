"""What a prompt gives to the encoders and to guidance: equal inputs make equal tensors, to the last bit.

Two texts with the same tokens at the same weights, and breaks between the same tokens, are cut into the same
chunks, whatever the comma rule is set to; so what is compared is what chunking is given. It is weaker than
:func:`mezzotint.compiler.equivalence.means_same`: tokens may come from other segments of the same weight, a
break behind which nothing stands is none, and entries of a timeline may be joined. And it is stronger:
every number of steps counts, or the one that is known, and so does the company of a text. The entries of a
timeline are padded to the longest and share the mean that a weight restores, so that one which is never in
force counts, too.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from mezzotint.compiler.ir import A1111Weights, Branch, Break, Piece, Program
from mezzotint.compiler.lint.context import CLIP_FAMILIES, T5_FAMILIES
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.optimizations.moments import Moment, switches
from mezzotint.compiler.optimizations.use import Use
from mezzotint.compiler.passes.chunk import EmbeddingNames, Tokenizer
from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.parser import parse

Read: TypeAlias = tuple[tuple[str, tuple[object, ...]], ...]
"""A text as a tokenizer reads it: runs of equal weight, each with its tokens; a break is a run of none."""
_BREAK = "BREAK"
_NEUTRAL = repr(1.0)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Tokens of pieces; names that stand for vectors are told from words that are spelt alike."""

    tokenizer: Tokenizer
    names: EmbeddingNames | None

    def read(self, pieces: Sequence[Piece]) -> Read:
        runs = [self._run(piece) for piece in pieces]
        read = [run for run in runs if run[1] or run[0] == _BREAK]
        if read and read[-1][0] == _BREAK and (len(read) == 1 or read[-2][0] != _BREAK):
            del read[-1]  # it closes a chunk that is closed anyway
        return tuple(_joined(read))

    def _run(self, piece: Piece) -> tuple[str, tuple[object, ...]]:
        if isinstance(piece, Break):
            return _BREAK, ()
        # The spelling tells 0.0 from -0.0, which are equal and give zeros of two signs.
        return repr(float(piece.weight)), tuple(self._tokens(self.tokenizer.encode(piece.text)))

    def _tokens(self, ids: Sequence[int]) -> Iterator[object]:
        at = 0
        while at < len(ids):
            found = self.names.find(ids, at) if self.names else None
            yield found[0] if found else ids[at]
            at += found[2] if found else 1


def _joined(runs: Iterable[tuple[str, tuple[object, ...]]]) -> Iterator[tuple[str, tuple[object, ...]]]:
    for weight, same in groupby(runs, key=lambda run: run[0]):
        if weight == _BREAK:
            yield from same
        else:
            yield weight, tuple(token for _, tokens in same for token in tokens)


def tokenizers(family: str | None) -> tuple[Tokenizer, ...]:
    """Those of a family's encoders, of all with CLIP where it is not known; none if its text is not ours."""
    from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer

    if family is None or family in CLIP_FAMILIES:
        return clip_tokenizer(), open_clip_tokenizer()
    if family not in T5_FAMILIES:
        return ()
    from mezzotint.compiler.tokens.t5 import t5_tokenizer

    return clip_tokenizer(), t5_tokenizer(lowers=family.startswith("pixart"))


def compile_use(prompt: str, use: Use, clock: Clock) -> Program:
    """The program of one pass.

    Raises:
        PromptError: the prompt does not compile.
    """
    pair = ("", prompt) if use.negative else (prompt, "")
    return compile_prompt(*pair, clock=clock, interpretation=A1111Weights(use.emphasis))


def inputs_of(use: Use, clocks: Sequence[Clock]) -> Callable[[str], object]:
    """A function from prompts to what they give to the encoders; ``None`` where one does not compile."""
    readers = []
    for tokenizer in tokenizers(use.family):
        names = EmbeddingNames(dict.fromkeys(use.embeddings, 1), tokenizer) if use.embeddings else None
        readers.append(_Reader(tokenizer, names))

    def inputs(prompt: str) -> object:
        try:
            return tuple(_of_pass(prompt, use, clock, readers) for clock in clocks)
        except PromptError:
            return None

    return inputs


def _of_pass(prompt: str, use: Use, clock: Clock, readers: Sequence[_Reader]) -> tuple[object, ...]:
    program = compile_use(prompt, use, clock)
    branches = (program.negative,) if use.negative else program.positive
    read: list[object] = []
    is_weighted = False
    for branch in branches:
        texts = _texts(branch, readers)
        weighted = any(_is_weighted(text) for text in texts)
        is_weighted = is_weighted or weighted
        in_turn = _in_turn(branch, texts, clock)
        # Where a weight shares its mean out, how often each text is there plays a part.
        read.append((branch.weight, in_turn, frozenset(texts), tuple(texts) if weighted else None))
    shared = None
    if is_weighted and isinstance(clock, Moment):
        shared = switches(parse(prompt, NEGATIVE if use.negative else POSITIVE))
    # SDXL zeroes a negative prompt of empty texts, and none that has as much as a space.
    is_empty = use.negative and not any(entry.text for entry in program.negative.timeline)
    return program.networks, tuple(read), shared, is_empty


def _texts(branch: Branch, readers: Sequence[_Reader]) -> list[tuple[Read, ...]]:
    known: dict[tuple[Piece, ...], tuple[Read, ...]] = {}
    for entry in branch.timeline:
        if entry.pieces not in known:
            known[entry.pieces] = tuple(reader.read(entry.pieces) for reader in readers)
    return [known[entry.pieces] for entry in branch.timeline]


def _is_weighted(text: tuple[Read, ...]) -> bool:
    return any(weight not in (_NEUTRAL, _BREAK) for read in text for weight, _ in read)


def _in_turn(branch: Branch, texts: Sequence[tuple[Read, ...]], clock: Clock) -> tuple[object, ...]:
    """Each text with the number of evaluations for which it is in force, or of the phases of a moment.

    Evaluations are counted from 0 and phases from 1, see :func:`mezzotint.compiler.ir.in_force`.
    """
    step, last = (1, clock.length) if isinstance(clock, Moment) else (0, clock.length - 1)
    turns: list[tuple[tuple[Read, ...], int]] = []
    for entry, text in zip(branch.timeline, texts, strict=True):
        count = min(entry.end_step, last) - step + 1
        if count > 0:
            step += count
            before = turns.pop()[1] if turns and turns[-1][0] == text else 0
            turns.append((text, before + count))
    return tuple(turns)
