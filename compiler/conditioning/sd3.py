"""The text encoders of Stable Diffusion 3 and 3.5: CLIP-L, CLIP-G and T5, any of which may be missing."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from mezzotint.compiler.conditioning.emphasis import emphasise
from mezzotint.compiler.conditioning.sdxl import PENULTIMATE
from mezzotint.compiler.conditioning.t5 import Pieces, T5Tower, distinct_texts, encode_branches
from mezzotint.compiler.conditioning.tower import Reading, Tower
from mezzotint.compiler.conditioning.truncation import truncated_chunk
from mezzotint.compiler.conditioning.types import Conditioning, EncodedEntry
from mezzotint.compiler.ir import Entry, Program
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, END_ID, Chunk, chunk, empty_chunk
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.errors import MezzotintError

MAX_LENGTH = 256


class Widths(NamedTuple):
    """Channels that stand in for a missing encoder, as zeros."""

    clip_l: int = 768
    clip_g: int = 1280
    t5: int = 4096


class Sd3Encoder:
    """CLIP-L beside CLIP-G, and T5 behind them.

    Args:
        clip_l: a transformers ``CLIPTextModelWithProjection``, in evaluation mode, or ``None``.
        clip_g: another, or ``None``.
        t5: a ``T5EncoderModel``, or ``None``.
        max_sequence_length: tokens that T5 reads, the end mark included.
        truncates: whether CLIP reads 75 tokens, as in diffusers, or chunk after chunk, as in
            stable-diffusion-webui.
        widths: of encoders that are missing.

    Raises:
        MezzotintError: no encoder is left.
    """

    def __init__(
        self,
        clip_l: nn.Module | None,
        clip_g: nn.Module | None,
        t5: nn.Module | None,
        *,
        max_sequence_length: int = MAX_LENGTH,
        truncates: bool = True,
        widths: Widths = Widths(),  # noqa: B008 (a value)
    ) -> None:
        models = [model for model in (clip_l, clip_g, t5) if model is not None]
        if not models:
            raise MezzotintError("no text encoder is left: load CLIP-L, CLIP-G or T5")
        self.towers = (_tower(clip_l, END_ID), _tower(clip_g, 0))
        self.t5 = None if t5 is None else T5Tower(t5, max_sequence_length, max_sequence_length)
        self.max_sequence_length, self.truncates, self.widths = max_sequence_length, truncates, widths
        self._like: Tensor = next(models[0].parameters())

    def encode(self, program: Program) -> Conditioning:
        """Hidden states ``(77 · chunks + max_sequence_length, channels)`` and ``pooled`` for each entry.

        The channels are those of T5; ``pooled`` is CLIP-L's before CLIP-G's, of the first chunk. A weight
        scales CLIP's states by the program's emphasis, with one mean for both, and T5's away from the
        empty prompt.

        Source: diffusers 0.42 ``StableDiffusion3Pipeline.encode_prompt``, to which this is equal where no
        weight is set; behaviour of stable-diffusion-webui v1.10.1, ``modules/models/sd3/sd3_cond.py``,
        for weights and further chunks of CLIP.
        """
        return encode_branches(program, _Encoding(self, program).timeline)

    def cut(self, pieces: Pieces) -> tuple[Chunk, ...]:
        """The chunks that CLIP reads."""
        tokenizer = clip_tokenizer()
        return (truncated_chunk(pieces, tokenizer),) if self.truncates else chunk(pieces, tokenizer).chunks

    def zeros(self, *shape: int) -> Tensor:
        """What a missing encoder gives."""
        return torch.zeros(shape, dtype=self._like.dtype, device=self._like.device)


def _tower(model: nn.Module | None, filler: int) -> Tower | None:
    if model is None:
        return None
    return Tower(model, clip_tokenizer(), PENULTIMATE, pad=filler, pools=True)


class _Encoding:
    """The texts of a program, each read once by each encoder."""

    def __init__(self, encoder: Sd3Encoder, program: Program) -> None:
        texts = distinct_texts(program)
        self.encoder, self.emphasis = encoder, program.interpretation.emphasis
        self.chunks = {pieces: encoder.cut(pieces) for pieces in texts}
        known = {c.tokens: c for found in self.chunks.values() for c in found}
        if len(set(map(len, self.chunks.values()))) > 1:
            known.setdefault(empty_chunk().tokens, empty_chunk())
        self.readings = [
            dict(zip(known, self._read(tower, list(known.values()), width), strict=True))
            for tower, width in zip(encoder.towers, encoder.widths, strict=False)
        ]
        if encoder.t5 is None:
            absent = encoder.zeros(encoder.max_sequence_length, encoder.widths.t5)
            self.behind = dict.fromkeys(texts, absent)
        else:
            states = [r.hidden_states for r in encoder.t5.read(texts, program.interpretation.emphasis)]
            self.behind = dict(zip(texts, states, strict=True))

    def _read(self, tower: Tower | None, chunks: Sequence[Chunk], width: int) -> list[Reading]:
        if tower is not None:
            return tower.read(chunks)
        zeros = self.encoder.zeros
        return [Reading(zeros(CHUNK_LENGTH + 2, width), zeros(width))] * len(chunks)

    def timeline(self, entries: Sequence[Entry]) -> list[EncodedEntry]:
        """Encode one timeline, whose texts share the means of their chunks."""
        texts = [entry.pieces for entry in entries]
        front = self._front(texts)
        encoded = []
        for entry, before in zip(entries, front, strict=True):
            behind = self.behind[entry.pieces]
            widened = pad(before, (0, behind.shape[-1] - before.shape[-1]))
            first = self.chunks[entry.pieces][0].tokens
            pooled = torch.cat([vector for r in self.readings if (vector := r[first].pooled) is not None])
            encoded.append(EncodedEntry(entry.end_step, torch.cat([widened, behind]), pooled))
        return encoded

    def _front(self, texts: Sequence[Pieces]) -> Tensor:
        """``(texts, 77 · chunks, channels)`` of both CLIP models side by side, emphasised."""
        cuts = [self.chunks[pieces] for pieces in texts]
        columns = []
        for at in range(max(map(len, cuts))):
            column = [found[at] if at < len(found) else empty_chunk() for found in cuts]
            rows = [torch.cat([r[c.tokens].hidden_states for r in self.readings], -1) for c in column]
            weights = torch.tensor([c.multipliers for c in column])
            columns.append(emphasise(torch.stack(rows), weights, self.emphasis))
        return torch.cat(columns, 1)
