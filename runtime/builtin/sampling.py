"""A plain Euler sampler with A1111's prompt semantics, so that the gates need nothing of the product."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from mezzotint.runtime.builtin.models import build_scheduler, encode_text
from mezzotint.runtime.builtin.tokens import BOS, CHUNK, EOS, emphasise
from mezzotint.runtime.builtin.train_vae import in_parts

_WEIGHTED: Final = re.compile(r"\(([^():]+):([0-9.]+)\)")
# Prompts of one step, each with its weight: several are A1111's AND.
Conditions = Sequence[tuple[str, float]]
Schedule = Callable[[float], Conditions]


class Model:
    """An exported model folder, in float32."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
        self.text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder").eval()
        self.unet = UNet2DConditionModel.from_pretrained(folder / "unet").eval()
        self.vae = AutoencoderKL.from_pretrained(folder / "vae").eval()
        self.unet.to(memory_format=torch.channels_last)
        self._cache: dict[tuple[str, bool], Tensor] = {}
        alphas = build_scheduler().alphas_cumprod
        self._sigmas = ((1 - alphas) / alphas).sqrt()

    @torch.no_grad()
    def encode(self, prompt: str, is_clip_skip: bool = False) -> Tensor:
        """Return a prompt's embeddings, ``(1, 77 * chunks, channels)``; BREAK starts a chunk."""
        key = (prompt, is_clip_skip)
        if key not in self._cache:
            chunks = [self._encode_chunk(part.strip(), is_clip_skip) for part in prompt.split("BREAK")]
            self._cache[key] = torch.cat(chunks, 1)
        return self._cache[key]

    def _encode_chunk(self, text: str, is_clip_skip: bool) -> Tensor:
        ids, weights, end = [BOS], [1.0], 0
        for match in _WEIGHTED.finditer(text):
            self._append(text[end : match.start()], 1.0, ids, weights)
            self._append(match[1], float(match[2]), ids, weights)
            end = match.end()
        self._append(text[end:], 1.0, ids, weights)
        missing = CHUNK - len(ids)
        input_ids, scales = torch.tensor([ids + [EOS] * missing]), torch.tensor([weights + [1.0] * missing])
        last, skipped = encode_text(self.text_encoder, input_ids)
        return emphasise(skipped if is_clip_skip else last, scales)

    def _append(self, text: str, weight: float, ids: list[int], weights: list[float]) -> None:
        tokens = self.tokenizer(text, add_special_tokens=False)["input_ids"] if text.strip() else []
        ids += tokens
        weights += [weight] * len(tokens)

    @torch.no_grad()
    def sample(
        self,
        schedules: Sequence[Schedule],
        seeds: Sequence[int],
        *,
        negative: str = "",
        size: tuple[int, int] = (128, 128),
        num_inference_steps: int = 20,
        guidance_scale: float = 5.0,
        is_clip_skip: bool = False,
    ) -> Tensor:
        """Draw one picture for each schedule and seed by Euler's method.

        Args:
            schedules: from the share of steps done, 0 to 1, to that step's prompts.
            seeds: of the starting noise.
            negative: the negative prompt.
            size: width and height in pixels.

        Returns:
            ``(pictures, 3, height, width)`` float32 in -1 to 1.

        Source: k-diffusion ``sampling.py``, ``sample_euler``, over stable-diffusion-webui's ``CFGDenoiser``.
        """
        shape = (4, size[1] // 8, size[0] // 8)
        noise = [torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        timesteps, sigmas = self._discretise(num_inference_steps)
        x = torch.stack(noise) * sigmas[0]
        uncond = self.encode(negative, is_clip_skip)
        for i in range(num_inference_steps):
            conditions = [schedule(i / num_inference_steps) for schedule in schedules]
            denoised = self._guided(
                x, sigmas[i], timesteps[i], conditions, uncond, guidance_scale, is_clip_skip
            )
            x = x + (x - denoised) / sigmas[i] * (sigmas[i + 1] - sigmas[i])
        decoded = [self.vae.decode(part / self.vae.config.scaling_factor).sample for part in in_parts(x, 16)]
        return torch.cat(decoded).clamp(-1, 1)

    def _discretise(self, num_inference_steps: int) -> tuple[Tensor, Tensor]:
        """Return evenly spaced timesteps, and their sigmas with a final zero."""
        timesteps = torch.linspace(999, 0, num_inference_steps)
        low = timesteps.floor().long()
        log_sigmas = self._sigmas.log()
        mixed = log_sigmas[low].lerp(log_sigmas[(low + 1).clamp(max=999)], timesteps - low)
        return timesteps, torch.cat([mixed.exp(), torch.zeros(1)])

    def _guided(
        self,
        x: Tensor,
        sigma: Tensor,
        timestep: Tensor,
        conditions: Sequence[Conditions],
        uncond: Tensor,
        guidance_scale: float,
        is_clip_skip: bool,
    ) -> Tensor:
        flat = [(i, prompt, weight) for i, parts in enumerate(conditions) for prompt, weight in parts]
        owners = torch.tensor([i for i, _, _ in flat])
        embeds = [self.encode(prompt, is_clip_skip) for _, prompt, _ in flat]
        without = self._denoise(x, sigma, timestep, [uncond] * len(x))
        conditioned = self._denoise(x[owners], sigma, timestep, embeds)
        scales = torch.tensor([weight * guidance_scale for _, _, weight in flat]).view(-1, 1, 1, 1)
        return without.index_add(0, owners, (conditioned - without[owners]) * scales)

    def _denoise(self, x: Tensor, sigma: Tensor, timestep: Tensor, embeds: list[Tensor]) -> Tensor:
        longest = max(e.shape[1] for e in embeds)
        padded = [torch.cat([e, *[self.encode("")] * ((longest - e.shape[1]) // CHUNK)], 1) for e in embeds]
        scaled = (x / (sigma**2 + 1).sqrt()).contiguous(memory_format=torch.channels_last)
        epsilon = [
            self.unet(part, timestep.expand(len(part)), torch.cat(padded[i * 32 : i * 32 + 32])).sample
            for i, part in enumerate(in_parts(scaled, 32))
        ]
        return x - sigma * torch.cat(epsilon)


def plain(prompt: str) -> Schedule:
    """One prompt for all steps."""
    return lambda _: ((prompt, 1.0),)


def both(first: str, second: str) -> Schedule:
    """A1111's ``first AND second``."""
    return lambda _: ((first, 1.0), (second, 1.0))


def edited(template: str, before: str, after: str, share: float) -> Schedule:
    """A1111's ``[before:after:share]`` in place of the template's ``{}``."""
    return lambda done: ((template.format(before if done < share else after), 1.0),)
