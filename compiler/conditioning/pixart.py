"""The text encoder of PixArt: T5 and the mask of its padding."""

from torch import nn

from mezzotint.compiler.conditioning.cache import SHARED, Cache
from mezzotint.compiler.conditioning.t5 import T5Tower, distinct_texts, encode_branches
from mezzotint.compiler.conditioning.types import Conditioning, EncodedEntry
from mezzotint.compiler.ir import Program
from mezzotint.compiler.tokens.t5 import t5_tokenizer

ALPHA_LENGTH = 120
SIGMA_LENGTH = 300


class PixArtEncoder:
    """T5 that reads lower case and does not attend to padding.

    Args:
        text_encoder: a transformers ``T5EncoderModel``, in evaluation mode.
        max_sequence_length: tokens it reads, the end mark included; 120 for PixArt-α, 300 for PixArt-Σ.
    """

    def __init__(self, text_encoder: nn.Module, *, max_sequence_length: int = ALPHA_LENGTH) -> None:
        self.tower = T5Tower(
            text_encoder,
            max_sequence_length,
            max_sequence_length,
            t5_tokenizer(lowers=True),
            is_masked=True,
        )

    def encode(self, program: Program, *, cache: Cache | None = SHARED) -> Conditioning:
        """Hidden states ``(max_sequence_length, channels)`` and their mask for each entry.

        Source: diffusers 0.42 ``PixArtAlphaPipeline.encode_prompt`` with ``clean_caption=False``, to which
        this is equal where no weight is set.
        """
        texts = distinct_texts(program)
        rows = self.tower.read(texts, program.interpretation.emphasis, cache)
        encoded = dict(zip(texts, rows, strict=True))
        return encode_branches(
            program,
            lambda timeline: [
                EncodedEntry(entry.end_step, states, attention_mask=mask)
                for entry in timeline
                for states, mask in (encoded[entry.pieces],)
            ],
        )
