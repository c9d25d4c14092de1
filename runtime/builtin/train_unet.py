"""Train the UNet and the text encoder on cached latents, at 64 px first and then at 128 px."""

import argparse
import copy
import os
import random
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, distributed, nn
from transformers import CLIPTokenizer

from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.builtin.captions import write_caption
from mezzotint.runtime.builtin.drawing import sample_picture
from mezzotint.runtime.builtin.latents import Latents, load_latents
from mezzotint.runtime.builtin.models import build_scheduler, build_text_encoder, build_unet, encode_text
from mezzotint.runtime.builtin.muon import Optimizers
from mezzotint.runtime.builtin.tokens import CompactVocabulary, emphasise

_CLIP_SKIP_SHARE: Final = 0.1
_EMA_DECAY: Final = 0.998
_REPORT_EVERY: Final = 200
CHECKPOINT: Final = "unet.pt"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Pictures of one size: how many there are, their share of the batches, and the batch size."""

    width: int
    height: int
    pictures: int
    share: float
    batch: int


STAGES: Final[dict[str, tuple[Bucket, ...]]] = {
    "small": (Bucket(64, 64, 40_000, 1.0, 64),),
    "large": (
        Bucket(128, 128, 24_000, 0.72, 32),
        Bucket(64, 64, 40_000, 0.16, 64),
        Bucket(192, 128, 4_000, 0.06, 24),
        Bucket(128, 192, 4_000, 0.06, 24),
    ),
}


class Trainer:
    """The two networks, their averages, the optimisers and the counters that a checkpoint holds."""

    def __init__(self, rates: tuple[float, float]) -> None:
        tokenizer = CLIPTokenizer.from_pretrained(model_path() / "tokenizer")
        self.vocabulary = CompactVocabulary(tokenizer)
        self._fill_vocabulary()
        self.unet = build_unet().to(memory_format=torch.channels_last)
        self.text_encoder = build_text_encoder(len(self.vocabulary))
        # PyTorch's fused attention is several times slower in its backward pass on a CPU.
        self.unet.set_attn_processor(AttnProcessor())
        self.text_encoder.set_attn_implementation("eager")
        self.networks = nn.ModuleDict({"unet": self.unet, "text_encoder": self.text_encoder})
        self._zero_unknown()
        self.average = copy.deepcopy(self.networks).requires_grad_(False)
        self.optimizers = Optimizers([self.unet, self.text_encoder], *rates)
        self.alphas: Tensor = build_scheduler().alphas_cumprod
        self.counters: dict[str, Any] = {"stage": "", "step": 0, "samples": 0}

    def _fill_vocabulary(self) -> None:
        rng = random.Random(0)
        for _ in range(20_000):
            for fragment in write_caption(sample_picture(rng), rng):
                self.vocabulary.add_words(fragment.text)

    def _zero_unknown(self) -> None:
        with torch.no_grad():
            next(p for n, p in self.text_encoder.named_parameters() if "token_embedding" in n)[0] = 0

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move."""
        state = {
            "networks": self.networks.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": self.optimizers.state_dict(),
            "counters": self.counters,
            "token_ids": self.vocabulary.ids,
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Restore a checkpoint."""
        state = torch.load(path, weights_only=True)
        if state["token_ids"] != self.vocabulary.ids:
            raise ValueError(f"{path} was trained on other caption words")
        self.networks.load_state_dict(state["networks"])
        self.average.load_state_dict(state["average"])
        self.optimizers.load_state_dict(state["optimizers"])
        self.counters = state["counters"]

    def loss(self, latents: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
        """Return the weighted noise-prediction error of one batch, a scalar.

        Args:
            latents: ``(batch, 4, h, w)`` float32.
            rows: ``(batch, 77)`` rows of the compact vocabulary.
            weights: ``(batch, 77)`` emphasis.
        """
        count = len(latents)
        timesteps = ((torch.arange(count) + torch.rand(count)) * (1000 / count)).long().clamp(max=999)
        alpha = self.alphas[timesteps].view(-1, 1, 1, 1)
        noise = torch.randn_like(latents)
        noisy = (alpha.sqrt() * latents + (1 - alpha).sqrt() * noise).contiguous(
            memory_format=torch.channels_last
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            last, skipped = encode_text(self.text_encoder, rows)
            is_skip = (torch.rand(count) < _CLIP_SKIP_SHARE).view(-1, 1, 1)
            prompt_embeds = emphasise(torch.where(is_skip, skipped.float(), last.float()), weights)
            predicted = self.unet(noisy, timesteps, prompt_embeds).sample.float()
        snr = alpha.flatten() / (1 - alpha.flatten())
        error = (predicted - noise).square().mean((1, 2, 3))
        loss: Tensor = (error * (snr.clamp(max=5) + 0.15) / snr).mean()
        return loss

    def step(self, fraction: float, decay: float) -> None:
        """Average the gradients over the processes, update the networks and their running average."""
        self._share_gradients()
        self.optimizers.step(fraction)
        self._zero_unknown()
        with torch.no_grad():
            for averaged, current in zip(self.average.parameters(), self.networks.parameters(), strict=True):
                averaged.lerp_(current, 1 - decay)

    def _share_gradients(self) -> None:
        if not distributed.is_initialized():
            return
        gradients = [p.grad for p in self.optimizers.params if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= distributed.get_world_size()
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view(gradient.shape))
            start += gradient.numel()


def draw_training_batch(
    latents: Latents, batch: int, vocabulary: CompactVocabulary, rng: random.Random
) -> tuple[Tensor, Tensor, Tensor]:
    """Return latents ``(batch, 4, h, w)`` float32, with rows and weights of freshly written captions."""
    chosen = [rng.randrange(len(latents.pictures)) for _ in range(batch)]
    captions = [write_caption(latents.pictures[i], rng) for i in chosen]
    rows, weights = vocabulary.encode(captions, rng)
    return latents.values[chosen].float(), rows, weights


def rate_fraction(step: int, iterations: int, warmup: int, last: float) -> float:
    """Return the share of the full learning rate: a warm-up, a flat half, a linear fall to ``last``."""
    decay = min(1.0, 2 * (1 - step / iterations))
    return min(1.0, (step + 1) / warmup) * (last + (1 - last) * decay)


def start_stage(options: argparse.Namespace) -> Trainer:
    """Return a trainer at the newest checkpoint's step, or at step 0 where the stage is new."""
    trainer = Trainer((options.rate, options.rate))
    checkpoint = options.work / CHECKPOINT
    if checkpoint.exists():
        trainer.load(checkpoint)
    if trainer.counters["stage"] != options.stage:
        trainer.counters |= {"stage": options.stage, "step": 0}
    return trainer


def train(options: argparse.Namespace) -> None:
    """Train one stage; a checkpoint is left every 200 steps and at the end."""
    is_shared = distributed.is_initialized()
    rank = distributed.get_rank() if is_shared else 0
    world = distributed.get_world_size() if is_shared else 1
    buckets = STAGES[options.stage]
    cached = [load_latents(options.work, b.width, b.height, b.pictures, options.seed) for b in buckets]
    torch.manual_seed(options.seed)
    trainer = start_stage(options)
    start = trainer.counters["step"]
    # All processes draw the bucket alike and the rest apart.
    common, own = random.Random(f"{options.seed} {start}"), random.Random(f"{options.seed} {start} {rank}")
    torch.manual_seed(own.getrandbits(32))
    losses: deque[float] = deque(maxlen=_REPORT_EVERY)
    for step in range(start, options.iterations):
        i = common.choices(range(len(buckets)), [b.share for b in buckets])[0]
        batch = draw_training_batch(cached[i], buckets[i].batch, trainer.vocabulary, own)
        loss = trainer.loss(*batch)
        loss.backward()  # type: ignore[no-untyped-call]
        fraction = rate_fraction(step, options.iterations, 100, options.last_rate)
        trainer.step(fraction, min(_EMA_DECAY, step / (step + 10)))
        losses.append(loss.item())
        trainer.counters["step"] = step + 1
        trainer.counters["samples"] += buckets[i].batch * world
        is_due = (step + 1) % _REPORT_EVERY == 0 or step + 1 == options.iterations
        if rank == 0 and is_due:
            print(f"{trainer.counters} loss {sum(losses) / len(losses):.4f}", flush=True)
            trainer.save(options.work / CHECKPOINT)


def main() -> None:
    """Parse the command line and train; under torchrun, each process takes a share of every batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--work", type=Path, required=True, help="folder of train_vae's result, caches and checkpoints"
    )
    parser.add_argument("--stage", choices=tuple(STAGES), required=True)
    parser.add_argument(
        "--iterations", type=int, required=True, help="steps of this stage, resumed ones included"
    )
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--last-rate", type=float, default=0.3, help="share of the rate at the stage's end")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    if "RANK" in os.environ:
        distributed.init_process_group("gloo")
    train(options)
    if distributed.is_initialized():
        distributed.destroy_process_group()


if __name__ == "__main__":
    main()
