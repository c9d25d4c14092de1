"""What the text encoders of each model family read, and what they can do with a weight.

No encoder takes a weight as text: brackets, numbers and schedules are compiled away before any of them
reads a word. What becomes of the number afterwards differs, and :data:`FAMILIES` says how.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mezzotint.compiler.tokens.clip import Token, clip_tokenizer, open_clip_tokenizer
from mezzotint.compiler.tokens.t5 import t5_tokenizer


class WeightUse(StrEnum):
    """What an encoder makes of the weight of a token."""

    SCALED = "scaled"  # its hidden state is multiplied; the emphasis mode says whether the mean is restored
    BLENDED = "blended"  # its hidden state moves away from that of the empty prompt in the same place
    IGNORED = "ignored"  # a pooled vector stands for all words at once: there is nothing to weigh


class TextTokenizer(Protocol):
    """What the table, and those who show tokens, ask of a tokenizer."""

    def encode(self, text: str) -> list[int]:
        """Ids of a text, without marks, padding or limit."""
        ...

    def tokens(self, text: str) -> list[Token]:
        """The same tokens with their places."""
        ...

    def token_text(self, token: int) -> str:
        """A token's letters, with the vocabulary's mark of where a word begins or ends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One encoder of a family.

    Attributes:
        encoder: its name, for messages.
        tokenizer: returns its tokenizer.
        weights: what it makes of a weight.
        limit: tokens it reads, marks not counted; ``None`` where it reads chunk after chunk.
        is_pooled: whether it gives one vector for the text, not one for each token.
        is_first_chunk: whether it reads what :func:`mezzotint.compiler.passes.chunk.chunk` puts first.
        is_row: whether it reads the text as one row, as T5 does, not in chunks of CLIP's length.
    """

    encoder: str
    tokenizer: Callable[[], TextTokenizer]
    weights: WeightUse
    limit: int | None = None
    is_pooled: bool = False
    is_first_chunk: bool = False
    is_row: bool = False


CLIP_TOKENS = 75


def _clip(encoder: str, tokenizer: Callable[[], TextTokenizer], limit: int | None = None) -> Capability:
    return Capability(encoder=encoder, tokenizer=tokenizer, weights=WeightUse.SCALED, limit=limit)


def _t5(family: str, length: int, *, lowers: bool = False) -> Capability:
    def tokenizer() -> TextTokenizer:
        return t5_tokenizer(lowers=lowers)

    name = f"T5 of {family}"
    return Capability(
        encoder=name, tokenizer=tokenizer, weights=WeightUse.BLENDED, limit=length - 1, is_row=True
    )


_SDXL_POOLED = Capability(
    encoder="the pooled vector of OpenCLIP-G",
    tokenizer=open_clip_tokenizer,
    weights=WeightUse.IGNORED,
    is_pooled=True,
    is_first_chunk=True,
)
_FLUX_POOLED = Capability(
    encoder="the pooled vector of CLIP-L",
    tokenizer=clip_tokenizer,
    weights=WeightUse.IGNORED,
    limit=CLIP_TOKENS,
    is_pooled=True,
)

FAMILIES: Mapping[str, tuple[Capability, ...]] = {
    "sd1": (_clip("CLIP-L", clip_tokenizer),),
    "sd2": (_clip("OpenCLIP-H", open_clip_tokenizer),),
    "sdxl": (_clip("CLIP-L", clip_tokenizer), _clip("OpenCLIP-G", open_clip_tokenizer), _SDXL_POOLED),
    # CLIP-L and CLIP-G of SD 3 share a tokenizer, so they lose the same words.
    "sd3": (_clip("CLIP of SD 3", clip_tokenizer, CLIP_TOKENS), _t5("SD 3", 256)),
    "flux-dev": (_FLUX_POOLED, _t5("FLUX.1 dev", 512)),
    "flux-schnell": (_FLUX_POOLED, _t5("FLUX.1 schnell", 256)),
    "pixart-alpha": (_t5("PixArt-α", 120, lowers=True),),
    "pixart-sigma": (_t5("PixArt-Σ", 300, lowers=True),),
}
