"""Switches of torch that decide whether the same sums come out the same, and those that give it up for speed.

Source: PyTorch's notes "Reproducibility" and "Numerical accuracy". Of the attention kernels, the reference
calls the memory-efficient one not deterministic (its option ``--opt-sdp-no-mem-attention``); cuDNN's
promises nothing. Flash attention sums forward in a fixed order, and so does plain arithmetic.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.backends import cuda, cudnn
from torch.utils import deterministic

from mezzotint.grammar.errors import MezzotintError


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting of the whole process.

    Attributes:
        name: as pictures record it.
        read: its present value.
        write: sets it.
        exact: what the promise of the same bits needs.
        fast: what is quickest.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]
    exact: object
    fast: object


def _attribute(area: str, owner: Any, name: str, exact: object, fast: object) -> Switch:
    return Switch(
        f"{area}.{name}",
        lambda: getattr(owner, name),
        lambda value: setattr(owner, name, value),
        exact,
        fast,
    )


def _read_algorithms() -> tuple[bool, bool]:
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _write_algorithms(value: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


SWITCHES = (
    Switch(
        "deterministic_algorithms",
        _read_algorithms,
        _write_algorithms,
        exact=(True, False),
        fast=(False, False),
    ),
    # Deterministic mode would fill every new tensor first; none here is read before it is written.
    _attribute("deterministic", deterministic, "fill_uninitialized_memory", exact=False, fast=False),
    _attribute("cudnn", cudnn, "deterministic", exact=True, fast=False),
    _attribute(
        "cudnn", cudnn, "benchmark", exact=False, fast=True
    ),  # else cuDNN measures, and may choose another way
    _attribute("cudnn", cudnn, "allow_tf32", exact=False, fast=True),
    Switch(
        "float32_matmul_precision",
        torch.get_float32_matmul_precision,
        torch.set_float32_matmul_precision,
        exact="highest",
        fast="high",
    ),
    _attribute("matmul", cuda.matmul, "allow_fp16_reduced_precision_reduction", exact=False, fast=True),
    _attribute("matmul", cuda.matmul, "allow_bf16_reduced_precision_reduction", exact=False, fast=True),
    Switch("flash_sdp", cuda.flash_sdp_enabled, cuda.enable_flash_sdp, exact=True, fast=True),
    Switch("math_sdp", cuda.math_sdp_enabled, cuda.enable_math_sdp, exact=True, fast=True),
    Switch(
        "mem_efficient_sdp",
        cuda.mem_efficient_sdp_enabled,
        cuda.enable_mem_efficient_sdp,
        exact=False,
        fast=True,
    ),
    Switch("cudnn_sdp", cuda.cudnn_sdp_enabled, cuda.enable_cudnn_sdp, exact=False, fast=True),
)


def switches(*, fast: bool) -> dict[str, bool | str]:
    """How the switches stand while a picture is made, by their names."""
    chosen = {switch.name: switch.fast if fast else switch.exact for switch in SWITCHES}
    return {name: _recorded(value) for name, value in chosen.items()}


def _recorded(value: object) -> bool | str:
    """Of a pair, whether the algorithms are deterministic: nothing is only warned of here."""
    return value if isinstance(value, bool | str) else value == (True, False)


@contextmanager
def reproducible(threads: int | None = None, *, fast: bool = False) -> Iterator[None]:
    """Compute without gradients, in the same way every time, on a given number of threads.

    The switches are the process's, and are put back after.

    Args:
        threads: CPU threads; ``None`` leaves torch's setting.
        fast: let results differ in the last bits from one time to the next, where that is quicker.

    Raises:
        MezzotintError: the number of threads is not positive.
    """
    if threads is not None and threads < 1:
        raise MezzotintError(f"threads {threads} is out of range: use 1 or more, or leave it out")
    before = [switch.read() for switch in SWITCHES]
    threads_before = torch.get_num_threads()
    try:
        if threads is not None:
            torch.set_num_threads(threads)
        for switch in SWITCHES:
            switch.write(switch.fast if fast else switch.exact)
        with torch.inference_mode():
            yield
    finally:
        for switch, value in zip(SWITCHES, before, strict=True):
            switch.write(value)
        torch.set_num_threads(threads_before)
