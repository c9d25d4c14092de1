"""One CLIP text model: chunks of 77 tokens to hidden states."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from mezzotint.compiler.passes.chunk import END_ID, Chunk, EmbeddingNames, Tokenizer
from mezzotint.grammar.errors import MezzotintError


@dataclass(frozen=True, slots=True)
class Layer:
    """Which output of a text model conditions the picture.

    Attributes:
        skip: ``hidden_states[-skip]``; 1 is the output of the last block.
        is_normed: whether the final layer norm follows.
        obeys_clip_skip: whether the user's clip skip replaces ``skip``.
    """

    skip: int
    is_normed: bool
    obeys_clip_skip: bool


class Reading(NamedTuple):
    """What a text model made of one chunk: ``(77, channels)``, and ``(channels,)`` where it pools."""

    hidden_states: Tensor
    pooled: Tensor | None


@dataclass(frozen=True, slots=True, eq=False)
class Tower:
    """A text model with what it takes to feed it.

    Chunks go through one at a time. On a CPU with 2 threads, torch 2.13 gives a chunk of CLIP-L other last
    bits (up to 3e-6) in a batch of five or more than alone, since it cuts up a matrix product by its size;
    alone it is what stock diffusers gets for the same prompt, whatever else a picture needs. Batches would
    save a sixth to a third of the time.

    Attributes:
        model: a transformers ``CLIPTextModel``, or ``CLIPTextModelWithProjection`` where ``pools``.
        tokenizer: of the model.
        layer: which hidden states it gives.
        pad: id that fills a chunk after its first end mark.
        pools: whether readings have a pooled vector.
        names: finds the names of embeddings in a text.
        vectors: float ``(count, channels)`` of each embedding.
        batch_size: chunks a call; more is faster, and the last bits then depend on it.
    """

    model: nn.Module
    tokenizer: Tokenizer
    layer: Layer
    pad: int = END_ID
    pools: bool = False
    names: EmbeddingNames | None = None
    vectors: Mapping[str, Tensor] = field(default_factory=dict)
    batch_size: int = 1

    def read(self, chunks: Sequence[Chunk], clip_skip: int = 1) -> list[Reading]:
        """Encode chunks; weights play no part.

        Raises:
            MezzotintError: the model has fewer layers than are to be skipped.
        """
        size = self.batch_size
        batches = [chunks[at : at + size] for at in range(0, len(chunks), size)]
        with torch.no_grad():
            return [reading for batch in batches for reading in self._call(batch, clip_skip)]

    def _call(self, chunks: Sequence[Chunk], clip_skip: int) -> Iterator[Reading]:
        padded = [c.pad_with(self.pad).tokens for c in chunks]
        input_ids = torch.tensor(padded, device=next(self.model.parameters()).device)
        with self._embeddings_written(chunks):
            output = self.model(input_ids, output_hidden_states=True)
        hidden_states = self._select(output.hidden_states, clip_skip)
        for row, tokens in enumerate(padded):
            pooled = self._pool(output.last_hidden_state[row], tokens) if self.pools else None
            yield Reading(hidden_states[row], pooled)

    def _select(self, hidden_states: Sequence[Tensor], clip_skip: int) -> Tensor:
        skip = clip_skip if self.layer.obeys_clip_skip else self.layer.skip
        if not 1 <= skip <= len(hidden_states):
            raise MezzotintError(
                f"clip skip {skip} does not exist: this text encoder has 1 to {len(hidden_states)}"
            )
        chosen = hidden_states[-skip]
        if not self.layer.is_normed:
            return chosen
        text_model: Any = getattr(self.model, "text_model", self.model)  # gone since transformers 5
        normed: Tensor = text_model.final_layer_norm(chosen)
        return normed

    def _pool(self, last_hidden_state: Tensor, tokens: tuple[int, ...]) -> Tensor:
        """The projection of the first end mark, which has the highest id.

        Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision".
        """
        at = tokens.index(max(tokens))
        model: Any = self.model
        projected: Tensor = model.text_projection(last_hidden_state[at : at + 1])
        return projected[0]

    @contextmanager
    def _embeddings_written(self, chunks: Sequence[Chunk]) -> Iterator[None]:
        """While open, the vectors of embeddings replace those of their placeholder tokens."""
        if not any(chunk.fixes for chunk in chunks):
            yield
            return

        def write(_module: nn.Module, _args: tuple[Any, ...], table: Tensor) -> Tensor:
            table = table.clone()
            for row, chunk in zip(table, chunks, strict=True):
                for offset, name in chunk.fixes:
                    start = offset + 1  # the start mark
                    vectors = self.vectors[name][: len(row) - start]
                    row[start : start + len(vectors)] = vectors.to(row)
            return table

        model: Any = self.model
        hook = model.get_input_embeddings().register_forward_hook(write)
        try:
            yield
        finally:
            hook.remove()
