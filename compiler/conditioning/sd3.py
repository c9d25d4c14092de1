"""The text encoders of Stable Diffusion 3 and 3.5: CLIP-L, CLIP-G and T5, any of which may be missing."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from mezzotint.compiler.conditioning.cache import SHARED, Cache
from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.sdxl import PENULTIMATE
from mezzotint.compiler.conditioning.t5 import Pieces, T5Tower, distinct_texts, encode_branches
from mezzotint.compiler.conditioning.timeline import emphasise_texts, even_out
from mezzotint.compiler.conditioning.tower import Tower
from mezzotint.compiler.conditioning.truncation import truncated_chunk
from mezzotint.compiler.conditioning.types import Conditioning, EncodedEntry
from mezzotint.compiler.ir import Entry, Program
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, END_ID, Chunk, chunk
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

    def encode(self, program: Program, *, cache: Cache | None = SHARED) -> Conditioning:
        """Hidden states ``(77 · chunks + max_sequence_length, channels)`` and ``pooled`` for each entry.

        The channels are those of T5; ``pooled`` is CLIP-L's before CLIP-G's, of the first chunk. A weight
        scales CLIP's states by the program's emphasis, with one mean for both, and T5's away from the
        empty prompt.

        Source: diffusers 0.42 ``StableDiffusion3Pipeline.encode_prompt``, to which this is equal where no
        weight is set; behaviour of stable-diffusion-webui v1.10.1, ``modules/models/sd3/sd3_cond.py``,
        for weights and further chunks of CLIP.
        """
        return encode_branches(program, _Encoding(self, program, cache).timeline)

    def cut(self, pieces: Pieces) -> tuple[Chunk, ...]:
        """The chunks that CLIP reads."""
        tokenizer = clip_tokenizer()
        return (truncated_chunk(pieces, tokenizer),) if self.truncates else chunk(pieces, tokenizer).chunks

    def zeros(self, *shape: int) -> Tensor:
        """What stands where an encoder is missing."""
        return torch.zeros(shape, dtype=self._like.dtype, device=self._like.device)

    def absent(self, width: int) -> Reading:
        """What a missing CLIP model reads in any chunk."""
        return Reading(self.zeros(CHUNK_LENGTH + 2, width), self.zeros(width))


def _tower(model: nn.Module | None, filler: int) -> Tower | None:
    if model is None:
        return None
    return Tower(model, clip_tokenizer(), PENULTIMATE, pad=filler, pools=True)


class _Encoding:
    """The texts of a program, each read once by each encoder."""

    def __init__(self, encoder: Sd3Encoder, program: Program, cache: Cache | None) -> None:
        texts = distinct_texts(program)
        self.emphasis = program.interpretation.emphasis
        cuts = {pieces: encoder.cut(pieces) for pieces in texts}
        timelines = [branch.timeline for branch in (*program.positive, program.negative)]
        self.chunks = {entries: even_out([[cuts[e.pieces] for e in entries]])[0] for entries in timelines}
        chunks = [c for texts_cut in self.chunks.values() for found in texts_cut for c in found]
        towers = [
            dict.fromkeys(chunks, encoder.absent(width)) if tower is None else tower.read(chunks, cache=cache)
            for tower, width in zip(encoder.towers, encoder.widths, strict=False)
        ]
        self.readings = {c: _side_by_side([known[c] for known in towers]) for c in chunks}
        if encoder.t5 is None:
            nothing = encoder.zeros(encoder.max_sequence_length, encoder.widths.t5)
            self.behind = dict.fromkeys(texts, nothing)
        else:
            rows = encoder.t5.read(texts, self.emphasis, cache)
            self.behind = {pieces: row.hidden_states for pieces, row in zip(texts, rows, strict=True)}

    def timeline(self, entries: tuple[Entry, ...]) -> list[EncodedEntry]:
        """Encode one timeline, whose texts share the means of their chunks."""
        texts = self.chunks[entries]
        encoded = []
        front = emphasise_texts(texts, self.readings, self.emphasis)
        for entry, chunks, before in zip(entries, texts, front, strict=True):
            behind = self.behind[entry.pieces]
            widened = pad(before, (0, behind.shape[-1] - before.shape[-1]))
            pooled = self.readings[chunks[0]].pooled
            encoded.append(EncodedEntry(entry.end_step, torch.cat([widened, behind]), pooled))
        return encoded


def _side_by_side(readings: list[Reading]) -> Reading:
    """The channels of CLIP-L before those of CLIP-G."""
    pooled = [r.pooled for r in readings if r.pooled is not None]
    return Reading(torch.cat([r.hidden_states for r in readings], -1), torch.cat(pooled))
