"""What text models read before, in memory and on request in a folder, so that no row is read twice."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TypeVar

import torch
from torch import Tensor, nn

from mezzotint.compiler.conditioning.batches import Call, read_in_batches
from mezzotint.compiler.conditioning.cache_folder import CacheFolder
from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.weights import Weights, numerics, weights_of

MAX_BYTES = 64 << 20  # 270 chunks of CLIP-L in float32

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Key:
    """All that a reading depends on.

    Attributes:
        weights: of the model.
        facts: the row, the layer that is read and what else decides about the result.
    """

    weights: Weights
    facts: tuple[object, ...]

    def digest(self) -> str:
        """SHA-256 of the key, the same in every process."""
        return sha256(repr((self.weights.digest(), self.facts)).encode()).hexdigest()


class Cache:
    """Readings, the least recently used forgotten first; threads may share it.

    Args:
        max_bytes: memory that tensors may take, on whatever device they are; 0 keeps none.
        folder: keeps them across processes.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, folder: CacheFolder | None = None) -> None:
        self.max_bytes, self.folder = max_bytes, folder
        self.bytes = 0
        self._readings: OrderedDict[Key, Reading] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, device: torch.device) -> Reading | None:
        """A copy of what is known; what the folder has comes into memory by the way."""
        with self._lock:
            if (reading := self._readings.get(key)) is not None:
                self._readings.move_to_end(key)
                return _map(Tensor.clone, reading)
        if self.folder is None or (stored := self.folder.read(key.digest())) is None:
            return None
        reading = _map(lambda tensor: tensor.to(device), stored)
        self._remember(key, reading)
        return reading

    def put(self, key: Key, reading: Reading) -> None:
        """Keep a copy of a reading."""
        self._remember(key, reading)
        if self.folder is not None:
            self.folder.write(key.digest(), reading)

    def clear(self) -> None:
        """Forget what is in memory."""
        with self._lock:
            self._readings.clear()
            self.bytes = 0

    def _remember(self, key: Key, reading: Reading) -> None:
        size = _size(reading)
        if size > self.max_bytes:
            return
        # A row of a batch is part of a larger tensor, which must not stay because of it.
        reading = _map(Tensor.clone, reading)
        with self._lock:
            if (old := self._readings.pop(key, None)) is not None:
                self.bytes -= _size(old)
            self._readings[key] = reading
            self.bytes += size
            while self.bytes > self.max_bytes:
                _, oldest = self._readings.popitem(last=False)
                self.bytes -= _size(oldest)


SHARED = Cache()
"""What is used where the caller names no cache: one for the process."""


def _map(change: Callable[[Tensor], Tensor], reading: Reading) -> Reading:
    return Reading(change(reading.hidden_states), None if reading.pooled is None else change(reading.pooled))


def _size(reading: Reading) -> int:
    return sum(tensor.nbytes for tensor in reading if tensor is not None)


def read_rows(
    model: nn.Module,
    rows: Mapping[tuple[object, ...], Row],
    length: int,
    call: Call[Row],
    cache: Cache | None,
) -> dict[tuple[object, ...], Reading]:
    """Read rows that a cache does not know, in as few calls as their bits allow.

    Args:
        model: what ``call`` calls, once.
        rows: what is read, by what tells one reading from another: constants that print all that they hold.
        length: tokens of a row.
        call: gives a reading for each row of a batch.
        cache: where to look first; ``None`` reads everything.

    Returns:
        The readings, under the names of their rows.
    """
    weights = None if cache is None else weights_of(model)
    with torch.no_grad():
        if cache is None or weights is None:
            return dict(zip(rows, read_in_batches(model, list(rows.values()), length, call), strict=True))
        setting = numerics(model)
        keys = {facts: Key(weights, (*facts, *setting)) for facts in rows}
        device = next(model.parameters()).device
        known = {facts: found for facts, key in keys.items() if (found := cache.get(key, device))}
        missing = {facts: row for facts, row in rows.items() if facts not in known}
        for facts, reading in zip(
            missing, read_in_batches(model, list(missing.values()), length, call), strict=True
        ):
            known[facts] = reading
            cache.put(keys[facts], reading)
        return known
