"""The text encoders of FLUX.1: T5, and a vector of CLIP-L for the whole prompt."""

from torch import nn

from mezzotint.compiler.conditioning.cache import SHARED, Cache
from mezzotint.compiler.conditioning.t5 import T5Tower, distinct_texts, encode_branches
from mezzotint.compiler.conditioning.tower import Layer, Tower
from mezzotint.compiler.conditioning.truncation import truncated_chunk
from mezzotint.compiler.conditioning.types import Conditioning, EncodedEntry
from mezzotint.compiler.ir import Program
from mezzotint.compiler.tokens.clip import clip_tokenizer

DEV_LENGTH = 512
SCHNELL_LENGTH = 256
LAST = Layer(1, is_normed=True, obeys_clip_skip=False)


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
        self.clip_l = Tower(text_encoder, clip_tokenizer(), LAST, pools=True)
        self.tower = T5Tower(text_encoder_2, max_sequence_length, max_sequence_length)

    def encode(self, program: Program, *, cache: Cache | None = SHARED) -> Conditioning:
        """Hidden states ``(max_sequence_length, channels)`` and ``pooled`` for each entry.

        Source: diffusers 0.42 ``FluxPipeline.encode_prompt``, to which this is equal where no weight is set.
        """
        texts = distinct_texts(program)
        rows = self.tower.read(texts, program.interpretation.emphasis, cache)
        encoded = dict(zip(texts, rows, strict=True))
        chunks = {pieces: truncated_chunk(pieces, clip_tokenizer()) for pieces in texts}
        known = self.clip_l.read(list(chunks.values()), cache=cache)

        return encode_branches(
            program,
            lambda timeline: [
                EncodedEntry(e.end_step, encoded[e.pieces].hidden_states, known[chunks[e.pieces]].pooled)
                for e in timeline
            ],
        )
