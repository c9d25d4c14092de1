"""What an encoder is given of a text: its rows of tokens with their weights, padding and marks left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from mezzotint.compiler.conditioning.capabilities import Capability
from mezzotint.compiler.conditioning.truncation import truncated_chunk
from mezzotint.compiler.ir import Piece, Segment
from mezzotint.compiler.passes.chunk import chunk
from mezzotint.compiler.tokens.t5_row import fill_row


@dataclass(frozen=True, slots=True)
class Seen:
    """What an encoder is given of one text.

    Attributes:
        rows: one, unless it reads chunk after chunk: the id of each token, and the segment that it was read
            from and has its weight from.
        token_count: as the reference counts: a chunk that is closed early counts as full.
    """

    rows: tuple[tuple[tuple[int, Segment], ...], ...]
    token_count: int


def see(pieces: Sequence[Piece], able: Capability) -> Seen:
    """What an encoder is given of a text."""
    tokenizer = able.tokenizer()
    count = None
    if able.is_row:
        row = fill_row(pieces, tokenizer, max_length=None if able.limit is None else able.limit + 1)
        rows = [(row.tokens, row.sources)]
    elif able.limit is not None:
        cut = truncated_chunk(pieces, tokenizer)
        rows = [(cut.tokens, cut.sources)]
    else:
        chunked = chunk(pieces, tokenizer)
        chunks = chunked.chunks[:1] if able.is_first_chunk else chunked.chunks
        count = None if able.is_first_chunk else chunked.token_count
        rows = [(part.tokens, part.sources) for part in chunks]
    read = tuple(
        tuple((i, source) for i, source in zip(*row, strict=True) if source is not None) for row in rows
    )
    return Seen(read, sum(map(len, read)) if count is None else count)
