"""The two text encoders of SDXL."""

from collections.abc import Iterable

from torch import nn

from mezzotint.compiler.conditioning.clip import embedding_names, known_embeddings
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.tower import Layer, Tower
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer

PENULTIMATE = Layer(2, is_normed=False, obeys_clip_skip=False)
CLIP_L_SKIP = Layer(2, is_normed=False, obeys_clip_skip=True)


class SdxlEncoder:
    """CLIP-L beside OpenCLIP-G, which also gives the pooled vector.

    Args:
        text_encoder: a transformers ``CLIPTextModel``, in evaluation mode.
        text_encoder_2: a ``CLIPTextModelWithProjection``.
        embeddings: with vectors for both encoders, ``clip_l`` first.
        clip_l_skip: the reference's option ``sdxl_clip_l_skip``: clip skip chooses the layer of CLIP-L.
        zeroes_empty_negative: whether an empty negative prompt becomes zeros, as the model was trained.

    Raises:
        MezzotintError: an embedding was made for another model, or is longer than a chunk.
    """

    def __init__(
        self,
        text_encoder: nn.Module,
        text_encoder_2: nn.Module,
        *,
        embeddings: Iterable[Embedding] = (),
        clip_l_skip: bool = False,
        zeroes_empty_negative: bool = True,
    ) -> None:
        known = known_embeddings(embeddings, (text_encoder, text_encoder_2))
        # The reference finds names by the ids of the first tokenizer, in the texts of both.
        names = embedding_names(known, clip_tokenizer())
        layer = CLIP_L_SKIP if clip_l_skip else PENULTIMATE
        first = {e.name: e.vectors[0] for e in known}
        second = {e.name: e.vectors[1] for e in known}
        self.zeroes_empty_negative = zeroes_empty_negative
        self.towers = (
            Tower(text_encoder, clip_tokenizer(), layer, names=names, vectors=first),
            Tower(
                text_encoder_2,
                open_clip_tokenizer(),
                PENULTIMATE,
                pad=0,
                pools=True,
                names=names,
                vectors=second,
            ),
        )
