"""CLIP conditioning: prompt programs to the tensors that Stable Diffusion samples with."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.cache import SHARED, Cache
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.timeline import Readings, Texts, emphasise_texts, even_out
from mezzotint.compiler.conditioning.tower import Layer, Tower
from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.compiler.ir import A1111Weights, Branch, Entry, Program
from mezzotint.compiler.passes.chunk import (
    COMMA_PADDING_BACKTRACK,
    END_ID,
    Chunk,
    EmbeddingNames,
    Tokenizer,
    chunk,
)
from mezzotint.compiler.passes.chunk_old import chunk_old
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer
from mezzotint.grammar.errors import MezzotintError

SD1_LAYER = Layer(1, is_normed=True, obeys_clip_skip=True)
# Model folders of SD 2 leave the last block out: their last is the last but one of OpenCLIP-H.
SD2_LAYER = Layer(1, is_normed=True, obeys_clip_skip=False)


class Encoder(Protocol):
    """What :func:`encode_program` asks of the text encoders of a model family."""

    @property
    def towers(self) -> tuple[Tower, ...]:
        """The text models whose channels are laid side by side; the last one that pools gives ``pooled``."""
        ...

    @property
    def zeroes_empty_negative(self) -> bool:
        """Whether a negative prompt of empty texts becomes zeros."""
        ...


class ClipEncoder:
    """The text encoder of a model that has one, SD 1.x unless told otherwise.

    Args:
        text_model: a transformers ``CLIPTextModel`` on its device, in evaluation mode.
        tokenizer: default that of CLIP-L.
        embeddings: textual inversion; of two with the same name the last counts.
        layer: which hidden states condition the picture.
        pad: id that fills a chunk after its end mark.

    Raises:
        MezzotintError: an embedding was made for another width, or is longer than a chunk.
    """

    zeroes_empty_negative = False

    def __init__(
        self,
        text_model: nn.Module,
        tokenizer: Tokenizer | None = None,
        *,
        embeddings: Iterable[Embedding] = (),
        layer: Layer = SD1_LAYER,
        pad: int = END_ID,
    ) -> None:
        known = known_embeddings(embeddings, (text_model,))
        tokenizer = tokenizer or clip_tokenizer()
        names = embedding_names(known, tokenizer)
        vectors = {e.name: e.vectors[0] for e in known}
        self.towers = (Tower(text_model, tokenizer, layer, pad, names=names, vectors=vectors),)

    @classmethod
    def sd2(cls, text_model: nn.Module, *, embeddings: Iterable[Embedding] = ()) -> "ClipEncoder":
        """The encoder of SD 2.x, a ``CLIPTextModel`` as its model folders hold it."""
        return cls(text_model, open_clip_tokenizer(), embeddings=embeddings, layer=SD2_LAYER, pad=0)


def known_embeddings(embeddings: Iterable[Embedding], models: Sequence[nn.Module]) -> list[Embedding]:
    """The embeddings, one for each name.

    Raises:
        MezzotintError: one was made for other models.
    """
    known = {e.name: e for e in embeddings}
    for embedding in known.values():
        channels = tuple(int(getattr(m, "config").hidden_size) for m in models)  # noqa: B009
        if embedding.channels != channels:
            raise MezzotintError(
                f'the embedding "{embedding.name}" was made for text encoders of {embedding.channels} '
                f"channels, this model has {channels}: use one for this model family"
            )
    return list(known.values())


def embedding_names(embeddings: Sequence[Embedding], tokenizer: Tokenizer) -> EmbeddingNames | None:
    """What finds their names in a text, ``None`` where there are none to find."""
    return EmbeddingNames({e.name: e.count for e in embeddings}, tokenizer) if embeddings else None


def encode_program(
    program: Program,
    encoder: Encoder,
    *,
    clip_skip: int = 1,
    comma_padding_backtrack: int = COMMA_PADDING_BACKTRACK,
    cache: Cache | None = SHARED,
) -> Conditioning:
    """Encode a prompt pair: ``(77 · chunks, channels)`` and, in some families, ``pooled`` for each entry.

    Each distinct chunk of all branches and entries goes through a text model once, in as few calls as
    leave its bits as they are when it is alone; chunks that the cache knows do not go through it at all.

    Args:
        program: what to encode.
        encoder: the text encoders of the model.
        clip_skip: 1 takes the last layer, 2 the last but one, …; families that fix the layer ignore it.
        comma_padding_backtrack: as in :func:`mezzotint.compiler.passes.chunk.chunk`.
        cache: what was encoded before; ``None`` for a model whose output something else than its weights
            changes, such as hooks.

    Raises:
        MezzotintError: the model lacks the layer, or has no old emphasis.

    Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/sd_hijack_clip.py``. Where the two
    encoders of SDXL cut a text into different numbers of chunks the reference fails; here empty chunks
    even them out.
    """
    interpretation = program.interpretation
    if interpretation.old and any(tower.pad != END_ID for tower in encoder.towers):
        raise MezzotintError("old emphasis exists for SD 1.x only: switch it off for this model")
    branches = (*program.positive, program.negative)
    texts = _cut_all(branches, encoder.towers, interpretation, comma_padding_backtrack)
    readings = [
        tower.read([c for sides in texts for chunks in sides[i] for c in chunks], clip_skip, cache)
        for i, tower in enumerate(encoder.towers)
    ]
    *positive, negative = (
        _encode_branch(branch, list(zip(encoder.towers, sides, readings, strict=True)), interpretation)
        for branch, sides in zip(branches, texts, strict=True)
    )
    if encoder.zeroes_empty_negative and not any(e.text for e in program.negative.timeline):
        negative = _zeroed(negative)
    return Conditioning(tuple(positive), negative)


def _cut_all(
    branches: Sequence[Branch], towers: Sequence[Tower], interpretation: A1111Weights, backtrack: int
) -> list[list[Texts]]:
    """The texts of each branch as each tower reads them, evened out."""

    def name(entry: Entry) -> tuple[object, ...]:
        return entry.text, entry.pieces

    # Alternation repeats a few texts over many entries; what is cut once is found by its pieces.
    entries = {name(e): e for branch in branches for e in branch.timeline}
    cuts = [{n: _cut(e, tower, interpretation, backtrack) for n, e in entries.items()} for tower in towers]
    return [even_out([[found[name(e)] for e in b.timeline] for found in cuts]) for b in branches]


def _cut(entry: Entry, tower: Tower, interpretation: A1111Weights, backtrack: int) -> tuple[Chunk, ...]:
    if interpretation.old:
        emphasis = interpretation.emphasis
        return chunk_old(entry.text, tower.tokenizer, emphasis=emphasis, embeddings=tower.names).chunks
    return chunk(
        entry.pieces, tower.tokenizer, comma_padding_backtrack=backtrack, embeddings=tower.names
    ).chunks


def _encode_branch(
    branch: Branch, sides: Sequence[tuple[Tower, Texts, Readings]], interpretation: A1111Weights
) -> EncodedBranch:
    """Encode one timeline, whose texts share their means."""
    emphasised = [emphasise_texts(texts, known, interpretation.emphasis) for _, texts, known in sides]
    pooled: list[Tensor | None] = [None] * len(branch.timeline)
    for tower, texts, known in sides:
        if tower.pools:
            pooled = [known[chunks[0]].pooled for chunks in texts]
    entries = zip(branch.timeline, torch.cat(emphasised, -1), pooled, strict=True)
    return EncodedBranch(branch.weight, tuple(EncodedEntry(e.end_step, h, p) for e, h, p in entries))


def _zeroed(branch: EncodedBranch) -> EncodedBranch:
    def zero(entry: EncodedEntry) -> EncodedEntry:
        pooled = None if entry.pooled is None else torch.zeros_like(entry.pooled)
        return EncodedEntry(entry.end_step, torch.zeros_like(entry.hidden_states), pooled)

    return EncodedBranch(branch.weight, tuple(map(zero, branch.timeline)))
