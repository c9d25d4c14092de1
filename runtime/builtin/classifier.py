"""The judge behind the gates: a small network that reads shape, colour, count and background."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional

from mezzotint.runtime.builtin.drawing import (
    BACKGROUNDS,
    COLOURS,
    SHAPES,
    STYLES,
    Item,
    Picture,
    draw_picture,
    is_visible,
)
from mezzotint.runtime.builtin.train_vae import as_signal, in_parts

COUNTS: Final = (1, 2, 3)
HEADS: Final[dict[str, tuple[str | int, ...]]] = {
    "shape": SHAPES,
    "colour": tuple(COLOURS),
    "count": COUNTS,
    "background": BACKGROUNDS,
}
_SIDE = 64


class Classifier(nn.Module):
    """Four heads over one convolutional trunk; pictures of any size are brought to 64 px."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        widths = (3, 24, 48, 96, 128)
        for before, after in pairwise(widths):
            layers += [
                nn.Conv2d(before, after, 3, padding=1),
                nn.BatchNorm2d(after),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
        self.trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 16, 128), nn.ReLU())
        self.heads = nn.ModuleDict({name: nn.Linear(128, len(values)) for name, values in HEADS.items()})

    def forward(self, signal: Tensor) -> dict[str, Tensor]:
        """Return logits by head for ``(n, 3, h, w)`` in -1 to 1."""
        features = self.trunk(functional.interpolate(signal, (_SIDE, _SIDE), mode="area"))
        return {name: head(features) for name, head in self.heads.items()}

    @torch.no_grad()
    def read(self, signal: Tensor) -> list[dict[str, str | int]]:
        """Return what each picture of ``(n, 3, h, w)`` shows."""
        best = {name: logits.argmax(1).tolist() for name, logits in self(signal).items()}
        return [{name: HEADS[name][best[name][i]] for name in HEADS} for i in range(len(signal))]


def sample_plain_picture(rng: random.Random) -> Picture:
    """Draw a record without pairs, blends or strengths, whose attributes a judge can name."""
    background = rng.choice(BACKGROUNDS)
    colour = rng.choice([colour for colour in COLOURS if is_visible(colour, background)])
    items = (Item(rng.choice(SHAPES), colour),) * rng.choices(COUNTS, (2, 1, 1))[0]
    size = rng.choices(("medium", "small", "big"), (4, 1, 1))[0] if len(items) == 1 else "medium"
    return Picture(items, background, rng.choices(STYLES, (4, 1, 1))[0], size, 1.0, rng.getrandbits(32))


def draw_labelled(count: int, side: int, seed: int) -> tuple[Tensor, dict[str, Tensor]]:
    """Return pictures ``(count, 3, side, side)`` uint8 and the index of each one's label by head."""
    rng = random.Random(seed)
    pictures = [sample_plain_picture(rng) for _ in range(count)]
    drawn = np.stack([np.asarray(draw_picture(picture, side, side)) for picture in pictures])
    facts = [(p.items[0].shape, p.items[0].colour, len(p.items), p.background) for p in pictures]
    labels = {
        name: torch.tensor([HEADS[name].index(fact[i]) for fact in facts]) for i, name in enumerate(HEADS)
    }
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).contiguous(), labels


@torch.no_grad()
def round_trip(vae: AutoencoderKL, pixels: Tensor) -> Tensor:
    """Encode and decode uint8 ``(n, 3, h, w)``; the result is uint8 too."""
    parts = []
    for part in in_parts(pixels, 64):
        decoded = vae.decode(vae.encode(as_signal(part)).latent_dist.mean).sample
        parts.append(((decoded.clamp(-1, 1) + 1) * 127.5).round().byte())
    return torch.cat(parts)


def _augment(signal: Tensor) -> Tensor:
    shift_x, shift_y = (int(n) for n in torch.randint(-3, 4, (2,)))
    padded = functional.pad(signal, (3, 3, 3, 3), mode="replicate")
    moved = padded[:, :, 3 + shift_y : 3 + shift_y + _SIDE, 3 + shift_x : 3 + shift_x + _SIDE]
    gain = 1 + 0.1 * torch.randn(len(signal), 1, 1, 1)
    return (moved * gain + 0.05 * torch.rand(1) * torch.randn_like(moved)).clamp(-1, 1)


def train_classifier(vae: AutoencoderKL, count: int = 14_000, epochs: int = 5) -> Classifier:
    """Train on true renders of both sizes and on their round trips through the autoencoder."""
    torch.manual_seed(0)
    small, small_labels = draw_labelled(count // 2, 64, 1)
    large, large_labels = draw_labelled(count // 2, 128, 2)
    shrunk = [
        functional.interpolate(part.float(), (_SIDE, _SIDE), mode="area").round().byte()
        for part in (large, round_trip(vae, large))
    ]
    pixels = torch.cat([small, round_trip(vae, small), *shrunk])
    labels = {
        n: torch.cat([small_labels[n], small_labels[n], large_labels[n], large_labels[n]]) for n in HEADS
    }
    classifier = Classifier()
    steps = epochs * (len(pixels) // 64)
    optimizer = torch.optim.AdamW(classifier.parameters(), 2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for step in range(steps):
        chosen = torch.randint(len(pixels), (64,))
        logits = classifier(_augment(as_signal(pixels[chosen])))
        loss = torch.stack([functional.cross_entropy(logits[n], labels[n][chosen]) for n in HEADS]).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if (step + 1) % 200 == 0:
            print(f"classifier {step + 1}/{steps} loss {loss.item():.4f}", flush=True)
    return classifier.eval()


def measure_classifier(classifier: Classifier, vae: AutoencoderKL) -> dict[str, float]:
    """Return the share of right answers by head on unseen renders and on round trips, in percent."""
    result: dict[str, float] = {}
    for side in (64, 128):
        pixels, labels = draw_labelled(600, side, 99)
        for kind, shown in (("render", pixels), ("round trip", round_trip(vae, pixels))):
            with torch.no_grad():
                logits = classifier(as_signal(shown))
            for name in HEADS:
                share = (logits[name].argmax(1) == labels[name]).float().mean().item()
                result[f"{name}, {kind}, {side} px"] = round(100 * share, 2)
    return result


def load_classifier(work: Path) -> Classifier:
    """Return the judge kept in ``work/classifier.pt``, trained first where there is none."""
    path = work / "classifier.pt"
    classifier = Classifier().eval()
    if not path.exists():
        vae = AutoencoderKL.from_pretrained(work / "vae")
        trained = train_classifier(vae)
        print(measure_classifier(trained, vae), flush=True)
        torch.save(trained.state_dict(), path)
    classifier.load_state_dict(torch.load(path, weights_only=True))
    return classifier
