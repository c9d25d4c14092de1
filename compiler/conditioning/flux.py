"""The text encoders of FLUX.1: T5, and a vector of CLIP-L for the whole prompt."""

from typing import Any

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.t5 import T5Tower, distinct_texts, encode_branches
from mezzotint.compiler.conditioning.truncation import truncated_chunk
from mezzotint.compiler.conditioning.types import Conditioning, EncodedEntry
from mezzotint.compiler.ir import Program
from mezzotint.compiler.tokens.clip import clip_tokenizer

DEV_LENGTH = 512
SCHNELL_LENGTH = 256


class FluxEncoder:
    """T5 for the hidden states beside CLIP-L, whose pooled vector knows no weights.

    Args:
        text_encoder: a transformers ``CLIPTextModel``, in evaluation mode.
        text_encoder_2: a ``T5EncoderModel``.
        max_sequence_length: tokens that T5 reads, the end mark included; 512 for dev, 256 for schnell.
    """

    def __init__(
        self, text_encoder: nn.Module, text_encoder_2: nn.Module, *, max_sequence_length: int = DEV_LENGTH
    ) -> None:
        self.clip_l = text_encoder
        self.tower = T5Tower(text_encoder_2, max_sequence_length, max_sequence_length)

    def encode(self, program: Program) -> Conditioning:
        """Hidden states ``(max_sequence_length, channels)`` and ``pooled`` for each entry.

        Source: diffusers 0.42 ``FluxPipeline.encode_prompt``, to which this is equal where no weight is set.
        """
        texts = distinct_texts(program)
        readings = dict(zip(texts, self.tower.read(texts, program.interpretation.emphasis), strict=True))
        tokens = {pieces: truncated_chunk(pieces, clip_tokenizer()).tokens for pieces in texts}
        pooled = {row: self._pool(row) for row in dict.fromkeys(tokens.values())}
        return encode_branches(
            program,
            lambda timeline: [
                EncodedEntry(e.end_step, readings[e.pieces].hidden_states, pooled[tokens[e.pieces]])
                for e in timeline
            ],
        )

    def _pool(self, tokens: tuple[int, ...]) -> Tensor:
        model: Any = self.clip_l
        with torch.no_grad():
            output = model(torch.tensor([tokens], device=next(self.clip_l.parameters()).device))
        pooled: Tensor = output.pooler_output[0]
        return pooled
