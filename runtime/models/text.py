"""The text encoders of a model, and what a prompt becomes for its UNet."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.clip import ClipEncoder, Encoder
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.sdxl import PENULTIMATE, SdxlEncoder
from mezzotint.compiler.conditioning.tower import Tower
from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.compiler.tokens.clip import open_clip_tokenizer
from mezzotint.runtime.models.families import Family

# The reference's options ``sdxl_refiner_high_aesthetic_score`` and ``…_low_…``, of which no infotext tells.
_AESTHETIC_SCORE, _NEGATIVE_AESTHETIC_SCORE = 6.0, 2.5
_CROP_TOP, _CROP_LEFT = 0, 0


class RefinerEncoder:
    """OpenCLIP-G alone, which is what the SDXL refiner has.

    Args:
        text_encoder: a ``CLIPTextModelWithProjection``, in evaluation mode.
    """

    zeroes_empty_negative = True

    def __init__(self, text_encoder: Any) -> None:
        self.towers = (Tower(text_encoder, open_clip_tokenizer(), PENULTIMATE, pad=0, pools=True),)


def choose_encoder(
    family: Family, text_encoders: tuple[Any, ...], embeddings: Iterable[Embedding] = ()
) -> Encoder:
    """The encoder of a family.

    Args:
        family: of the model.
        text_encoders: transformers modules: one, or for SDXL CLIP-L and OpenCLIP-G.
        embeddings: textual inversion; the refiner takes none.

    Raises:
        MezzotintError: an embedding was made for another model.
    """
    match family:
        case Family.SD1:
            return ClipEncoder(text_encoders[0], embeddings=embeddings)
        case Family.SD2:
            return ClipEncoder.sd2(text_encoders[0], embeddings=embeddings)
        case Family.SDXL:
            return SdxlEncoder(*text_encoders, embeddings=embeddings)
    return RefinerEncoder(text_encoders[-1])


def time_numbers(family: Family, size: tuple[int, int], *, negative: bool = False) -> tuple[float, ...]:
    """What an SDXL UNet is told about the picture, beside the prompt; nothing in other families.

    Args:
        family: of the model.
        size: width and height of the picture in pixels.
        negative: whether it goes with the negative prompt.

    Source: D. Podell et al., "SDXL" (2023), §2.2: the size before and after cropping and the crop's corner,
    in pixels, heights first; for the refiner an aesthetic score instead of the size after cropping. The
    values are those of stable-diffusion-webui v1.10.1, ``modules/sd_models_xl.py``.
    """
    width, height = size
    original = (height, width, _CROP_TOP, _CROP_LEFT)
    if family is Family.SDXL:
        return (*original, height, width)
    if family is Family.SDXL_REFINER:
        return (*original, _NEGATIVE_AESTHETIC_SCORE if negative else _AESTHETIC_SCORE)
    return ()


def with_time_numbers(conditioning: Conditioning, family: Family, size: tuple[int, int]) -> Conditioning:
    """Append :func:`time_numbers` to the pooled vectors: ``(channels,)`` to ``(channels + numbers,)``."""
    if not family.is_sdxl:
        return conditioning

    def extended(branch: EncodedBranch, numbers: tuple[float, ...]) -> EncodedBranch:
        return replace(branch, timeline=tuple(_extended(entry, numbers) for entry in branch.timeline))

    positive = time_numbers(family, size)
    return Conditioning(
        tuple(extended(branch, positive) for branch in conditioning.positive),
        extended(conditioning.negative, time_numbers(family, size, negative=True)),
    )


def _extended(entry: EncodedEntry, numbers: tuple[float, ...]) -> EncodedEntry:
    if entry.pooled is None:
        return entry
    tail: Tensor = torch.tensor(numbers).to(entry.pooled)
    return replace(entry, pooled=torch.cat([entry.pooled, tail]))
