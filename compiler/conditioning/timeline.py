"""The chunks of the texts of one timeline, which are emphasised together."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.emphasis import emphasise
from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.ir import Emphasis
from mezzotint.compiler.passes.chunk import Chunk, empty_chunk

Texts = Sequence[tuple[Chunk, ...]]
Readings = Mapping[Chunk, Reading]


def even_out(towers: Sequence[Texts]) -> list[Texts]:
    """Give all texts, as each text model cuts them, the same number of chunks: empty ones fill up."""
    count = max(len(chunks) for texts in towers for chunks in texts)
    empty = empty_chunk()
    return [[(*chunks, *[empty] * (count - len(chunks))) for chunks in texts] for texts in towers]


def emphasise_texts(texts: Texts, readings: Readings, emphasis: Emphasis) -> Tensor:
    """The hidden states of evened-out texts, ``(texts, 77 · chunks, channels)``, weighted.

    Args:
        texts: the chunks of each text.
        readings: of all their chunks.
        emphasis: as in :func:`mezzotint.compiler.conditioning.emphasis.emphasise`; the chunks that stand
            in the same place share their mean.
    """
    columns = []
    for column in zip(*texts, strict=True):
        states = torch.stack([readings[chunk].hidden_states for chunk in column])
        if any(set(chunk.multipliers) != {1.0} for chunk in column):
            weights = torch.tensor([chunk.multipliers for chunk in column])
            states = emphasise(states, weights, emphasis)
        columns.append(states)
    return torch.cat(columns, 1)
