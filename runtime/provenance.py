"""Our own record in a picture: what an infotext cannot say, and it takes to get the same bits again.

The record is a JSON object in the PNG's text chunk ``mezzotint``. Its fields: ``version`` of the
format; ``program``, the digest of the compiled prompts; ``model_hash``; ``infotext``, the SHA-256 of
the infotext written beside it; ``pixels``, the digest of the picture; ``device``, ``dtype``,
``channels_last``, ``compiled``, ``offload`` and ``threads`` of the run; ``deterministic``, whether the same
bits are promised; ``accelerator``, what a device that is no CPU is; ``cpu``, the instruction set that torch
computed with; ``software``, the versions of the libraries.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any

from mezzotint import __version__
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.devices.computing import AUTO, Computing

FORMAT = 1
MAX_THREADS = 256
_LIBRARIES = ("torch", "diffusers", "transformers", "numpy")
_SWITCHES = ("channels_last", "compiled", "offload")
_SAID = {
    "cpu": "made on a CPU with {}, this one has {}",
    "threads": "made with {} threads, this is {}",
    "device": "made on the device {}, this is {}",
    "accelerator": "made on {}, this is {}",
    "dtype": "made in {}, this is {}",
    "channels_last": "made with channels last: {}, this is {}",
    "compiled": "made with a compiled UNet: {}, this is {}",
}


def software() -> dict[str, str]:
    """The versions of what takes part in computing a picture."""
    found = {"mezzotint": __version__}
    for name in _LIBRARIES:
        try:
            found[name] = installed(name)
        except PackageNotFoundError:
            continue
    return found


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hex."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def recorded_threads(record: Mapping[str, object] | None) -> int | None:
    """The thread count of a record, if it is a sane one."""
    threads = (record or {}).get("threads")
    return threads if isinstance(threads, int) and 1 <= threads <= MAX_THREADS else None


def cpu() -> str:
    """The instruction set that torch computes with here, such as ``AVX512``; its sums round differently."""
    import torch

    return str(torch.backends.cpu.get_cpu_capability())


def recorded_computing(record: Mapping[str, object] | None) -> Computing:
    """How a picture was computed, as far as its record has sane words for it."""
    found = Computing()
    for name in ("device", "dtype", *_SWITCHES):
        value: Any = (record or {}).get(name)
        if type(value) is type(getattr(found, name)) and value != AUTO:
            with suppress(MezzotintError):
                found = replace(found, **{name: value})
    return found


def differences(theirs: Mapping[str, object], ours: Mapping[str, object]) -> list[str]:
    """What may change bits and is not the same in two records, in words."""
    before, now = theirs.get("software"), ours.get("software")
    found = []
    if isinstance(before, dict) and isinstance(now, dict):
        found = [
            f"made with {name} {before[name]}, this is {now[name]}"
            for name in now
            if name != "mezzotint" and name in before and before[name] != now[name]
        ]
    found += [
        said.format(theirs[name], ours[name])
        for name, said in _SAID.items()
        if name in theirs and name in ours and theirs[name] != ours[name]
    ]
    return found
