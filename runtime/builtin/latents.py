"""Training pictures as cached latents, each beside the record that captions are written from."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from mezzotint.runtime.builtin.drawing import Picture, draw_picture, sample_picture
from mezzotint.runtime.builtin.train_vae import SCALING_FACTOR, as_signal

_PART = 64


@dataclass(frozen=True, slots=True)
class Latents:
    """Pictures of one size.

    Attributes:
        values: ``(n, 4, height / 8, width / 8)`` float16, scaled for the UNet.
        pictures: the ``n`` records.
    """

    values: Tensor
    pictures: list[Picture]


def load_latents(work: Path, width: int, height: int, count: int, seed: int) -> Latents:
    """Return cached latents, drawn and encoded with ``work/vae`` where no file holds them yet.

    Args:
        work: folder of the autoencoder and of the cache.
        width: pixels, a multiple of 8.
        height: pixels, a multiple of 8.
        count: pictures.
        seed: of the records.
    """
    rng = random.Random(f"{seed} {width} {height}")
    pictures = [sample_picture(rng) for _ in range(count)]
    path = work / f"latents_{width}x{height}_{count}_{seed}.pt"
    if not path.exists():
        vae = AutoencoderKL.from_pretrained(work / "vae").to(memory_format=torch.channels_last)
        parts = [_encode(vae, pictures[i : i + _PART], width, height) for i in range(0, count, _PART)]
        torch.save(torch.cat(parts), path)
    values: Tensor = torch.load(path)
    return Latents(values, pictures)


@torch.no_grad()
def _encode(vae: AutoencoderKL, pictures: list[Picture], width: int, height: int) -> Tensor:
    drawn = np.stack([np.asarray(draw_picture(picture, width, height)) for picture in pictures])
    pixels = torch.from_numpy(drawn).permute(0, 3, 1, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mean = vae.encode(as_signal(pixels).contiguous(memory_format=torch.channels_last)).latent_dist.mean
    scaled: Tensor = (mean.float() * SCALING_FACTOR).half().contiguous()
    return scaled
