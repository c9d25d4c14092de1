"""T5 conditioning: weighted text to the hidden states of a T5 encoder."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.cache import SHARED, Cache, read_rows
from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.compiler.ir import Branch, Emphasis, Entry, Piece, Program
from mezzotint.compiler.passes.chunk import Tokenizer
from mezzotint.compiler.tokens.t5 import t5_tokenizer
from mezzotint.compiler.tokens.t5_row import Row, fill_row

Pieces = tuple[Piece, ...]


class EncodedRow(NamedTuple):
    """One text, its weights applied: ``(tokens, channels)``, and int64 ``(tokens,)``, 0 for padding."""

    hidden_states: Tensor
    attention_mask: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class T5Tower:
    """A T5 encoder with what it takes to feed it.

    Attributes:
        model: a transformers ``T5EncoderModel``, in evaluation mode.
        min_length: tokens that a row is padded to.
        max_length: tokens that a row is cut to, ``None`` for any number.
        tokenizer: of the model.
        is_masked: whether the encoder is kept from attending to padding.
    """

    model: nn.Module
    min_length: int
    max_length: int | None
    tokenizer: Tokenizer = field(default_factory=t5_tokenizer)
    is_masked: bool = False

    def row(self, pieces: Iterable[Piece]) -> Row:
        """The row of one text."""
        return fill_row(pieces, self.tokenizer, min_length=self.min_length, max_length=self.max_length)

    def read(
        self,
        texts: Sequence[Pieces],
        emphasis: Emphasis = Emphasis.NO_NORM,
        cache: Cache | None = SHARED,
    ) -> list[EncodedRow]:
        """Encode texts, each distinct row once, and apply their weights.

        T5 knows no "Original": the mean is never restored. ``IGNORE`` and ``NONE`` apply no weight.
        """
        is_weighing = emphasis not in (Emphasis.IGNORE, Emphasis.NONE)
        rows = [self.row(pieces) for pieces in texts]
        empty = {
            row: fill_row((), self.tokenizer, min_length=len(row.tokens))
            for row in rows
            if is_weighing and not row.is_neutral
        }
        states = self._states([*rows, *empty.values()], cache)

        def encoded(row: Row) -> EncodedRow:
            plain = states[self._facts(row)].hidden_states
            if row in empty:
                plain = blend(plain, states[self._facts(empty[row])].hidden_states, row.weights)
            return EncodedRow(plain, self._attention_mask(row))

        return [encoded(row) for row in rows]

    def _states(self, rows: Sequence[Row], cache: Cache | None) -> dict[tuple[object, ...], Reading]:
        """What the model makes of rows without their weights."""
        by_length: dict[int, dict[tuple[object, ...], Row]] = {}
        for row in rows:
            by_length.setdefault(len(row.tokens), {})[self._facts(row)] = row
        found: dict[tuple[object, ...], Reading] = {}
        for length, same in by_length.items():
            found |= read_rows(self.model, same, length, self._call, cache)
        return found

    def _facts(self, row: Row) -> tuple[object, ...]:
        return "t5", row.tokens, row.length if self.is_masked else None

    def _call(self, rows: Sequence[Row]) -> list[Reading]:
        model: Any = self.model
        input_ids = torch.tensor([row.tokens for row in rows], device=self._device)
        options = {}
        if self.is_masked:
            options["attention_mask"] = torch.stack([self._attention_mask(row) for row in rows])
        output = model(input_ids, **options)
        return [Reading(states) for states in output[0].to(model.dtype)]

    def _attention_mask(self, row: Row) -> Tensor:
        padding = len(row.tokens) - row.length
        return torch.tensor([1] * row.length + [0] * padding, device=self._device)

    @property
    def _device(self) -> torch.device:
        return next(self.model.parameters()).device


def blend(hidden_states: Tensor, empty: Tensor, weights: Sequence[float]) -> Tensor:
    """Move each token away from (or towards) what the empty text has in its place; dtype is kept.

    Args:
        hidden_states: ``(tokens, channels)``, floating point.
        empty: those of the empty text at the same length.
        weights: one a token; 1 leaves a token as it is to the last bit, 0 makes it that of the empty text.

    Raises:
        ValueError: the sizes disagree.

    Source: behaviour of ComfyUI a125cd84, ``comfy/sd1_clip.py`` (``encode_token_weights``).
    """
    if hidden_states.shape != empty.shape or len(weights) != len(hidden_states):
        sizes = tuple(hidden_states.shape), tuple(empty.shape), len(weights)
        raise ValueError("states {}, empty states {} and {} weights do not fit".format(*sizes))
    scale = torch.tensor(weights, device=hidden_states.device).unsqueeze(-1)  # (tokens, 1) float32
    origin = empty.float()
    moved = (hidden_states.float() - origin) * scale + origin
    return torch.where(scale == 1.0, hidden_states, moved.to(hidden_states.dtype))


def distinct_texts(program: Program) -> list[Pieces]:
    """The pieces of every entry of a program, each distinct text once."""
    branches = (*program.positive, program.negative)
    return list({entry.pieces: None for branch in branches for entry in branch.timeline})


def encode_branches(
    program: Program, encode: Callable[[tuple[Entry, ...]], Sequence[EncodedEntry]]
) -> Conditioning:
    """A program with each of its timelines encoded."""

    def encoded(branch: Branch) -> EncodedBranch:
        return EncodedBranch(branch.weight, tuple(encode(branch.timeline)))

    return Conditioning(tuple(map(encoded, program.positive)), encoded(program.negative))
