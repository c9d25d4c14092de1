"""Weighted text as the one row of tokens that T5 reads: never cut into chunks."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mezzotint.compiler.ir import Piece, Segment
from mezzotint.compiler.passes.chunk import Tokenizer
from mezzotint.compiler.tokens.t5_vocabulary import END_ID, PAD_ID


@dataclass(frozen=True, slots=True)
class Row:
    """One input of a T5 encoder.

    Attributes:
        tokens: ids, then the end mark, then padding.
        weights: their weights; 1.0 for the mark and padding.
        length: tokens before the padding, the mark included.
        sources: for each token the segment it was read from, ``None`` for the mark and padding.
    """

    tokens: tuple[int, ...]
    weights: tuple[float, ...]
    length: int
    sources: tuple[Segment | None, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_neutral(self) -> bool:
        """Whether every weight is 1."""
        return all(weight == 1.0 for weight in self.weights)


def fill_row(
    pieces: Iterable[Piece], tokenizer: Tokenizer, *, min_length: int = 1, max_length: int | None = None
) -> Row:
    """Tokenize pieces of one text; each segment by itself, breaks mean nothing.

    Args:
        pieces: weighted segments and breaks, in order.
        tokenizer: of the encoder that will read the row.
        min_length: shorter rows are padded; tokens, the end mark included.
        max_length: longer rows lose their last tokens, not the mark; ``None`` keeps all.

    Source: behaviour of ComfyUI a125cd84, ``comfy/sd1_clip.py``; the truncation is that of transformers.
    """
    tokens: list[int] = []
    sources: list[Segment | None] = []
    for piece in pieces:
        if isinstance(piece, Segment):
            ids = tokenizer.encode(piece.text)
            tokens += ids
            sources += [piece] * len(ids)
    if max_length is not None:
        del tokens[max_length - 1 :], sources[max_length - 1 :]
    length = len(tokens) + 1
    padding = max(0, min_length - length)
    tokens += [END_ID] + [PAD_ID] * padding
    sources += [None] * (padding + 1)
    weights = (1.0 if source is None else float(source.weight) for source in sources)
    return Row(tuple(tokens), tuple(weights), length, tuple(sources))
