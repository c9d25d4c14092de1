"""T5 conditioning: weighted text to the hidden states of a T5 encoder."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.compiler.ir import Branch, Emphasis, Entry, Piece, Program
from mezzotint.compiler.passes.chunk import Tokenizer
from mezzotint.compiler.tokens.t5 import t5_tokenizer
from mezzotint.compiler.tokens.t5_row import Row, fill_row

Pieces = tuple[Piece, ...]


class Reading(NamedTuple):
    """What T5 made of one row: ``(tokens, channels)``, and int64 ``(tokens,)``, 0 for padding."""

    hidden_states: Tensor
    attention_mask: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class T5Tower:
    """A T5 encoder with what it takes to feed it.

    Rows go through one at a time, as chunks do through :class:`mezzotint.compiler.conditioning.tower.Tower`,
    and for the same reason.

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

    def read(self, texts: Sequence[Pieces], emphasis: Emphasis = Emphasis.NO_NORM) -> list[Reading]:
        """Encode texts, each distinct row once, and apply their weights.

        T5 knows no "Original": the mean is never restored. ``IGNORE`` and ``NONE`` apply no weight.
        """
        rows = [self.row(pieces) for pieces in texts]
        is_weighing = emphasis not in (Emphasis.IGNORE, Emphasis.NONE)
        found: dict[tuple[int, ...], Reading] = {}

        def reading(row: Row) -> Reading:
            if row.tokens not in found:
                found[row.tokens] = self._call(row)
            return found[row.tokens]

        def weighed(row: Row) -> Reading:
            plain = reading(row)
            if row.is_neutral or not is_weighing:
                return plain
            empty = reading(fill_row((), self.tokenizer, min_length=len(row.tokens)))
            return plain._replace(hidden_states=blend(plain.hidden_states, empty.hidden_states, row.weights))

        with torch.no_grad():
            return [weighed(row) for row in rows]

    def _call(self, row: Row) -> Reading:
        model: Any = self.model
        device = next(self.model.parameters()).device
        input_ids = torch.tensor([row.tokens], device=device)
        padding = len(row.tokens) - row.length
        attention_mask = torch.tensor([[1] * row.length + [0] * padding], device=device)
        output = model(input_ids, attention_mask=attention_mask) if self.is_masked else model(input_ids)
        return Reading(output[0][0].to(model.dtype), attention_mask[0])


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
    program: Program, encode: Callable[[Sequence[Entry]], Sequence[EncodedEntry]]
) -> Conditioning:
    """A program with each of its timelines encoded."""

    def encoded(branch: Branch) -> EncodedBranch:
        return EncodedBranch(branch.weight, tuple(encode(branch.timeline)))

    return Conditioning(tuple(map(encoded, program.positive)), encoded(program.negative))
