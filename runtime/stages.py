"""What a picture was on its way, as short digests: where two runs part shows in the first that differs."""

import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Protocol

from torch import Tensor, float32

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch
from mezzotint.runtime.explain import CONDITIONING, LATENTS, NOISE, START, STEP

DIGITS = 16
"""Of a digest, in hex: enough to tell the runs of one picture apart, and no proof against forgery."""


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class Stages:
    """The digests of one picture, in the order in which it is made.

    Attributes:
        digests: name and digest of each stage; names as in :mod:`mezzotint.runtime.explain`.
    """

    def __init__(self) -> None:
        self.digests: list[tuple[str, str]] = []
        self._pass = ""

    def begin(self, name: str) -> None:
        """What follows belongs to another pass, which has a name."""
        self._pass = f"{name} "

    def conditioning(self, found: Conditioning, model: str = "") -> None:
        """What the text encoders made of the prompts; those of a model that takes over are named."""
        self._add(f"{model} {CONDITIONING}".lstrip(), conditioning_digest(found))

    def noise(self, found: Tensor) -> None:
        """The first noise ``(n, c, h, w)``."""
        self._add(NOISE, tensor_digest(found))

    def start(self, found: Tensor) -> None:
        """The latents ``(n, c, h, w)`` that a pass starts from, without noise."""
        self._add(START, tensor_digest(found))

    def estimate(self, step: int, found: Tensor) -> None:
        """The first estimate ``(n, c, h, w)`` of a step, counted from 0; a few are kept."""
        if step & (step - 1) == 0:  # 0, 1, 2, 4, 8, …: rounding grows from step to step
            self._add(f"{STEP} {step}", tensor_digest(found))

    def latents(self, found: Tensor) -> None:
        """The finished latents ``(n, c, h, w)``."""
        self._add(LATENTS, tensor_digest(found))

    def _add(self, name: str, digest: str) -> None:
        self.digests.append((f"{self._pass}{name}", digest))


def tensor_digest(tensor: Tensor) -> str:
    """The first digits of SHA-256 over type, shape and values.

    Values count as little-endian ``float32``, row by row, so that a tensor on another device, or laid out
    otherwise in memory, has the same digest.
    """
    total = sha256()
    _feed(total, tensor)
    return total.hexdigest()[:DIGITS]


def conditioning_digest(conditioning: Conditioning) -> str:
    """:func:`tensor_digest` over all tensors of a program, with its weights and steps."""
    total = sha256()
    for branch in (*conditioning.positive, conditioning.negative):
        for tensor in _tensors(branch, total):
            _feed(total, tensor)
    return total.hexdigest()[:DIGITS]


def _tensors(branch: EncodedBranch, total: _Hash) -> Iterator[Tensor]:
    total.update(f"branch {branch.weight!r} {len(branch.timeline)}\n".encode())
    for entry in branch.timeline:
        total.update(f"until {entry.end_step}\n".encode())
        found = (entry.hidden_states, entry.pooled, entry.attention_mask)
        yield from (tensor for tensor in found if tensor is not None)


def _feed(total: _Hash, tensor: Tensor) -> None:
    kind = str(tensor.dtype).removeprefix("torch.")
    total.update(f"{kind} {'x'.join(map(str, tensor.shape))}\n".encode())
    values = tensor.to("cpu", float32).contiguous().numpy()
    total.update((values if sys.byteorder == "little" else values.byteswap()).tobytes())
