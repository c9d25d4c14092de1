"""What a picture was computed with, and what of that may change its bits; no torch here.

Every value that is read is a stranger's: what is not sane counts as not known.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.devices.computing import AUTO, Computing

MAX_THREADS = 256
_MAX_WORD = 256  # characters
_MAX_WORDS = 64  # entries of an object
_WORDS = ("device", "dtype", "cpu")
_FLAGS = ("channels_last", "compiled", "offload", "deterministic")
_OBJECTS = ("accelerator", "software", "switches")
_SAID = {
    "cpu": "made on a CPU with {}, this one has {}",
    "threads": "made with {} threads, this is {}",
    "device": "made on the device {}, this is {}",
    "accelerator": "made on {}, this is {}",
    "dtype": "made in {}, this is {}",
    "channels_last": "made with channels last: {}, this is {}",
    "compiled": "made with a compiled UNet: {}, this is {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """How and by what a picture was computed; ``None`` and empty are not known.

    Attributes:
        device, dtype, channels_last, compiled, offload: see
            :class:`mezzotint.runtime.devices.computing.Computing`.
        deterministic: whether the same bits are promised.
        threads: of the CPU; sums depend on their number in the last bit.
        cpu: instruction set that torch used, such as ``AVX512``.
        accelerator: what a device that is no CPU is.
        software: versions of the libraries that took part, by name.
        switches: how torch's switches were set, see :mod:`mezzotint.runtime.devices.determinism`.
    """

    device: str | None = None
    dtype: str | None = None
    channels_last: bool | None = None
    compiled: bool | None = None
    offload: bool | None = None
    deterministic: bool | None = None
    threads: int | None = None
    cpu: str | None = None
    accelerator: Mapping[str, object] = field(default_factory=dict)
    software: Mapping[str, object] = field(default_factory=dict)
    switches: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """What is known, by the record's keys."""
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        return {key: dict(value) if isinstance(value, Mapping) else value for key, value in known.items()
                if value is not None and value != {}}  # fmt: skip

    @property
    def computing(self) -> Computing:
        """How to compute in the same way, as far as this has words that are known here."""
        found = Computing()
        for name in ("device", "dtype", "channels_last", "compiled", "offload"):
            value: Any = getattr(self, name)
            if value is not None and value != AUTO:
                with suppress(MezzotintError):
                    found = replace(found, **{name: value})
        return found


def read_environment(data: Mapping[str, object]) -> Environment:
    """The environment in a stranger's record."""
    found: dict[str, Any] = {key: data[key] for key in _WORDS if _is_word(data.get(key))}
    found |= {key: data[key] for key in _FLAGS if isinstance(data.get(key), bool)}
    found |= {key: _words(data.get(key)) for key in _OBJECTS}
    threads = data.get("threads")
    if type(threads) is int and 1 <= threads <= MAX_THREADS:
        found["threads"] = threads
    return Environment(**found)


def _words(value: object) -> dict[str, object]:
    """Short facts by short names."""
    items = list(value.items())[:_MAX_WORDS] if isinstance(value, Mapping) else []
    return {key: fact for key, fact in items if _is_word(key) and _is_fact(fact)}


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_WORD


def _is_fact(value: object) -> bool:
    return isinstance(value, bool) or _is_word(value) or (type(value) is int and abs(value) < 2**63)


def differences(theirs: Environment, ours: Environment) -> list[str]:
    """What may change bits and is not the same in two environments, in words."""
    found = [
        f"made with {name} {before}, this is {now}"
        for name, before, now in _both(theirs.software, ours.software)
        if name != "mezzotint"
    ]
    for name, said in _SAID.items():
        before, now = getattr(theirs, name), getattr(ours, name)
        if before not in (None, {}) and now not in (None, {}) and before != now:
            found.append(said.format(before, now))
    switches = _both(theirs.switches, ours.switches)
    return found + [
        f"made with torch's switch {name} at {before}, this is {now}" for name, before, now in switches
    ]


def _both(theirs: Mapping[str, object], ours: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """What both know, and differently."""
    return [(name, theirs[name], now) for name, now in ours.items() if name in theirs and theirs[name] != now]
