"""Reading rows in as few calls of a model as leave every bit where a call for one row puts it.

How a library sums up a matrix product depends on the size of the matrices, and with it the last bits: on a
CPU with 2 threads torch 2.13 gives a chunk of CLIP-L other bits in a batch of five than alone, one of
OpenCLIP-H in a batch of two, and with 1 thread the same bits in any batch. Numbers play no part in it, so
a size that was right once stays right. The first batch of each size is therefore checked: each of its rows
goes through the first block of the model once more, alone, and all blocks have the same shapes. A size that
fails is not used again. Half precision is read row by row: it rounds so much away that another order of
summing need not show in one block. docs/conditioning.md has the figures.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.weights import numerics

MAX_ROWS = 16  # all layers of a call are in memory at once: 200 MB for 16 rows of OpenCLIP-G

Row = TypeVar("Row")
Call = Callable[[Sequence[Row]], Sequence[Reading]]

# For each model the sizes that were tried: whether they keep the bits.
_TRIED: WeakKeyDictionary[nn.Module, dict[tuple[object, ...], bool]] = WeakKeyDictionary()


def read_in_batches(model: nn.Module, rows: Sequence[Row], length: int, call: Call[Row]) -> Iterator[Reading]:
    """Read rows, in order; a row's reading is the same in any company.

    Args:
        model: what ``call`` calls, once.
        rows: what is read; all have the same length.
        length: tokens of a row.
        call: gives a reading for each row of a batch.
    """
    block = _first_block(model)
    shapes = () if block is None else tuple(p.shape for p in block.parameters())
    setting = (length, shapes, *numerics(model))
    tried = _TRIED.setdefault(model, {})
    at = 0
    while at < len(rows):
        bad = {size for size in range(2, MAX_ROWS + 1) if tried.get((size, *setting)) is False}
        size = 1 if block is None else next_size(len(rows) - at, bad)
        batch = rows[at : at + size]
        if block is None or size == 1 or tried.get((size, *setting)):
            readings = call(batch)
            is_same = True
        else:
            readings, is_same = _compare(block, batch, call)
            tried[size, *setting] = is_same
        if is_same:
            yield from readings
            at += size


def next_size(count: int, bad: set[int]) -> int:
    """Rows of the next call, so that ``count`` rows take as few calls as possible, none of a bad size."""
    for calls in range(-(-count // MAX_ROWS), count):
        small, larger = divmod(count, calls)
        if not {small, small + bool(larger)} & bad:
            return small + bool(larger)
    return 1


def _first_block(model: nn.Module) -> nn.Module | None:
    """The first of the blocks that a model repeats, if its output shows in which order it sums."""
    blocks = next((m for m in model.modules() if isinstance(m, nn.ModuleList) and len(m)), None)
    if blocks is None:
        return None
    is_half = any(
        p.dtype not in (torch.float32, torch.float64) or torch.is_autocast_enabled(p.device.type)
        for p in blocks[0].parameters()
    )
    return None if is_half else blocks[0]


def _compare(block: nn.Module, batch: Sequence[Row], call: Call[Row]) -> tuple[Sequence[Reading], bool]:
    """The readings of a batch, and whether a block gives each of its rows the bits that it gives it alone."""
    seen: list[tuple[tuple[Any, ...], dict[str, Any], Any]] = []
    hook = block.register_forward_hook(lambda _, *found: seen.append(found), with_kwargs=True)
    try:
        readings = call(batch)
    finally:
        hook.remove()
    if not seen:
        return readings, False
    args, options, output = seen[0]
    rows = len(batch)

    def is_same(row: int) -> bool:
        picked = {name: _pick(value, row, rows) for name, value in options.items()}
        alone = block(*(_pick(value, row, rows) for value in args), **picked)
        return torch.equal(_states(alone)[0], _states(output)[row])

    return readings, all(is_same(row) for row in range(rows))


def _pick(value: object, row: int, rows: int) -> object:
    """The part of an argument that belongs to one row of a batch."""
    is_batched = isinstance(value, Tensor) and value.ndim > 0 and value.shape[0] == rows
    return value[row : row + 1].clone() if is_batched and isinstance(value, Tensor) else value


def _states(output: Any) -> Tensor:
    states: Tensor = output if isinstance(output, Tensor) else output[0]
    return states
