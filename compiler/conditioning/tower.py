"""One CLIP text model: chunks of 77 tokens to hidden states."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.cache import SHARED, Cache, read_rows
from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.weights import tensor_bytes
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, END_ID, Chunk, EmbeddingNames, Tokenizer
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


@dataclass(frozen=True, slots=True, eq=False)
class Tower:
    """A text model with what it takes to feed it.

    Attributes:
        model: a transformers ``CLIPTextModel``, or ``CLIPTextModelWithProjection`` where ``pools``.
        tokenizer: of the model.
        layer: which hidden states it gives.
        pad: id that fills a chunk after its first end mark.
        pools: whether readings have a pooled vector.
        names: finds the names of embeddings in a text.
        vectors: float ``(count, channels)`` of each embedding.
    """

    model: nn.Module
    tokenizer: Tokenizer
    layer: Layer
    pad: int = END_ID
    pools: bool = False
    names: EmbeddingNames | None = None
    vectors: Mapping[str, Tensor] = field(default_factory=dict)

    def read(
        self, chunks: Sequence[Chunk], clip_skip: int = 1, cache: Cache | None = SHARED
    ) -> dict[Chunk, Reading]:
        """What each chunk is read as; chunks that differ in weights alone are one to the model.

        To the last bit it is what the model gives for the chunk alone, as stock diffusers calls it.

        Args:
            chunks: what to read.
            clip_skip: 1 takes the last layer, 2 the last but one, …, where the layer obeys it.
            cache: where to look first; ``None`` reads everything.

        Raises:
            MezzotintError: the model has fewer layers than are to be skipped.
        """
        skip = clip_skip if self.layer.obeys_clip_skip else self.layer.skip
        padded = {chunk: chunk.pad_with(self.pad) for chunk in chunks}
        facts = {chunk: self._facts(row, skip) for chunk, row in padded.items()}
        rows = {facts[chunk]: row for chunk, row in padded.items()}
        readings = read_rows(self.model, rows, CHUNK_LENGTH + 2, lambda batch: self._call(batch, skip), cache)
        return {chunk: readings[fact] for chunk, fact in facts.items()}

    def _facts(self, row: Chunk, skip: int) -> tuple[object, ...]:
        """All that tells the reading of a padded chunk from others of this model."""
        written = tuple(
            (offset, sha256(tensor_bytes(self.vectors[name])).digest()) for offset, name in row.fixes
        )
        return "clip", skip, self.layer.is_normed, self.pools, row.tokens, written

    def _call(self, rows: Sequence[Chunk], skip: int) -> list[Reading]:
        input_ids = torch.tensor([row.tokens for row in rows], device=next(self.model.parameters()).device)
        with self._embeddings_written(rows):
            output = self.model(input_ids, output_hidden_states=True)
        hidden_states = self._select(output.hidden_states, skip)
        last = output.last_hidden_state
        return [
            Reading(hidden_states[i], self._pool(last[i], row.tokens) if self.pools else None)
            for i, row in enumerate(rows)
        ]

    def _select(self, hidden_states: Sequence[Tensor], skip: int) -> Tensor:
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
        """The first end mark, which has the highest id, projected where the model does that.

        Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision".
        """
        at = tokens.index(max(tokens))
        project = getattr(self.model, "text_projection", nn.Identity())
        projected: Tensor = project(last_hidden_state[at : at + 1])
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
