"""Which embeddings (textual inversion) a program's texts call by name."""

from collections.abc import Iterator

from mezzotint.compiler.ir import Embedding, Program, Segment
from mezzotint.compiler.passes.chunk import EmbeddingNames


def find_embeddings(program: Program, names: EmbeddingNames) -> Iterator[Embedding]:
    """Those used, each once, in the order of branches, steps and words.

    Names are compared as token ids inside one segment, as :func:`mezzotint.compiler.passes.chunk.chunk`
    does when it writes the vectors.
    """
    seen: set[str] = set()
    branches = (*program.positive, program.negative)
    pieces = dict.fromkeys(p for b in branches for entry in b.timeline for p in entry.pieces)
    for piece in pieces:
        if not isinstance(piece, Segment):
            continue
        for name, count in names.scan(piece.text):
            if name not in seen:
                seen.add(name)
                yield Embedding(name, count, piece.span)
