"""Cut weighted text into the chunks of 77 tokens that CLIP reads.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/sd_hijack_clip.py``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from mezzotint.compiler.ir import Break, Piece, Segment
from mezzotint.grammar.errors import MezzotintError

CHUNK_LENGTH = 75  # without the marks around it
START_ID, END_ID, COMMA_ID = 49406, 49407, 267
COMMA_PADDING_BACKTRACK = 20


class Tokenizer(Protocol):
    """What chunking asks of a tokenizer."""

    def encode(self, text: str) -> list[int]:
        """Ids of a text, without marks, padding or limit."""
        ...


class Fix(NamedTuple):
    """An embedding to be written over placeholder tokens."""

    offset: int  # of its first vector in the chunk, not counting the start mark
    name: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """One input of a CLIP encoder.

    Attributes:
        tokens: 77 ids, from the start mark to the end mark.
        multipliers: their weights; 1.0 for marks and padding.
        fixes: the embeddings that stand in for some of the tokens.
        sources: for each token the segment it was read from, ``None`` for marks and padding.
    """

    tokens: tuple[int, ...]
    multipliers: tuple[float, ...]
    fixes: tuple[Fix, ...] = ()
    sources: tuple[Segment | None, ...] = field(default=(), compare=False, repr=False)

    def pad_with(self, pad: int) -> "Chunk":
        """The chunk with all that follows the first end mark replaced, as OpenCLIP pads."""
        if pad == END_ID:
            return self
        kept = self.tokens.index(END_ID) + 1
        return replace(self, tokens=self.tokens[:kept] + (pad,) * (len(self.tokens) - kept))


@dataclass(frozen=True, slots=True)
class ChunkedText:
    """The chunks of one text, at least one, and the number of tokens that a user is shown."""

    chunks: tuple[Chunk, ...]
    token_count: int


class EmbeddingNames:
    """Finds the names of textual-inversion embeddings among token ids.

    Names are compared as ids: their case and the white space in them do not matter, and a name that
    is part of a word is not found.
    """

    def __init__(self, vectors: Mapping[str, int], tokenizer: Tokenizer) -> None:
        """``vectors`` gives each name its number of vectors.

        Raises:
            MezzotintError: an embedding has more vectors than a chunk has places.
        """
        self._tokenizer = tokenizer
        self._by_first: dict[int, list[tuple[list[int], str, int]]] = {}
        for name, count in vectors.items():
            if count > CHUNK_LENGTH:
                raise MezzotintError(
                    f'the embedding "{name}" has {count} vectors, a chunk holds {CHUNK_LENGTH}: remove it'
                )
            if ids := tokenizer.encode(name):
                self._by_first.setdefault(ids[0], []).append((ids, name, count))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda found: -len(found[0]))  # the longest name wins, then the first

    def find(self, tokens: Sequence[int], at: int) -> tuple[str, int, int] | None:
        """The name that begins at a position, its vectors, and how many tokens it takes."""
        for ids, name, count in self._by_first.get(tokens[at], ()):
            if tokens[at : at + len(ids)] == ids:
                return name, count, len(ids)
        return None

    def scan(self, text: str) -> Iterator[tuple[str, int]]:
        """The names in a text and their vectors, in order."""
        tokens, at = self._tokenizer.encode(text), 0
        while at < len(tokens):
            found = self.find(tokens, at)
            at += found[2] if found else 1
            if found:
                yield found[:2]


def chunk(
    pieces: Iterable[Piece],
    tokenizer: Tokenizer,
    *,
    comma_padding_backtrack: int = COMMA_PADDING_BACKTRACK,
    embeddings: EmbeddingNames | None = None,
) -> ChunkedText:
    """Cut pieces of one text into chunks; each segment is tokenized by itself.

    Args:
        pieces: weighted segments and breaks, in order.
        tokenizer: of the encoder that will read the chunks.
        comma_padding_backtrack: where a chunk overflows within so many tokens after a comma, what
            follows the comma moves to the next chunk whole; 0 never moves anything.
        embeddings: names that stand for vectors.
    """
    building = _Chunking(comma_padding_backtrack)
    for piece in pieces:
        if isinstance(piece, Break):
            building.close()
            continue
        tokens, at = tokenizer.encode(piece.text), 0
        while at < len(tokens):
            building.make_room(tokens[at])
            found = embeddings.find(tokens, at) if embeddings else None
            if found is None:
                building.add(tokens[at], piece)
                at += 1
            else:
                name, count, length = found
                building.add_embedding(name, count, piece)
                at += length
    return building.finish()


def empty_chunk() -> Chunk:
    """The chunk of a text without tokens."""
    return wrap([], [])


def wrap(tokens: Sequence[int], sources: Sequence[Segment], fixes: Sequence[Fix] = ()) -> Chunk:
    """A chunk of at most 75 tokens, padded and between its marks."""
    padding = CHUNK_LENGTH - len(tokens)
    return Chunk(
        (START_ID, *tokens, *[END_ID] * (padding + 1)),
        (1.0, *[float(s.weight) for s in sources], *[1.0] * (padding + 1)),
        tuple(fixes),
        (None, *sources, *[None] * (padding + 1)),
    )


class _Chunking:
    """The chunk being filled, and those before it."""

    def __init__(self, backtrack: int) -> None:
        self.backtrack = backtrack
        self.done: list[Chunk] = []
        self.tokens: list[int] = []
        self.sources: list[Segment] = []
        self.fixes: list[Fix] = []
        self.after_comma: int | None = None  # where the text after the last comma begins

    def close(self) -> None:
        self.done.append(wrap(self.tokens, self.sources, self.fixes))
        self.tokens, self.sources, self.fixes, self.after_comma = [], [], [], None

    def make_room(self, token: int) -> None:
        """Before a token: remember a comma, move a phrase to the next chunk, or begin that."""
        if token == COMMA_ID:
            self.after_comma = len(self.tokens) + 1
        elif (
            len(self.tokens) == CHUNK_LENGTH
            and self.after_comma is not None
            and CHUNK_LENGTH - self.after_comma < self.backtrack  # the distance includes the comma
        ):
            self.move_phrase(self.after_comma)
        if len(self.tokens) == CHUNK_LENGTH:
            self.close()

    def move_phrase(self, start: int) -> None:
        # As in the reference, fixes stay behind: an embedding after the comma moves as placeholders,
        # and its vectors land in the padding of the chunk it left. Pictures depend on it.
        tokens, sources = self.tokens[start:], self.sources[start:]
        del self.tokens[start:], self.sources[start:]
        self.close()
        self.tokens, self.sources = tokens, sources

    def add(self, token: int, source: Segment) -> None:
        self.tokens.append(token)
        self.sources.append(source)

    def add_embedding(self, name: str, count: int, source: Segment) -> None:
        if len(self.tokens) + count > CHUNK_LENGTH:
            self.close()
        self.fixes.append(Fix(len(self.tokens), name))
        self.tokens += [0] * count
        self.sources += [source] * count

    def finish(self) -> ChunkedText:
        # A chunk closed early counts as full; the last one counts its tokens.
        count = CHUNK_LENGTH * len(self.done) + len(self.tokens)
        if self.tokens or not self.done:
            self.close()
        return ChunkedText(tuple(self.done), count)
