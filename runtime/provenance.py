"""Our own record in a picture: what an infotext cannot say, and it takes to get the same bits again.

The record is a JSON object in the PNG's text chunk ``mezzotint``. Its fields: ``version`` of the
format; ``program``, the digest of the compiled prompts; ``model_hash``; ``infotext``, the SHA-256 of
the infotext written beside it; ``pixels``, the digest of the picture; ``device``, ``dtype`` and
``threads`` of the run; ``cpu``, the instruction set that torch computed with; ``software``, the versions of
the libraries.
"""

from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from mezzotint import __version__

FORMAT = 1
MAX_THREADS = 256
_LIBRARIES = ("torch", "diffusers", "transformers", "numpy")


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


def differences(record: Mapping[str, object]) -> list[str]:
    """How this machine differs from the one that a picture was made on, in words."""
    theirs, ours = record.get("software"), software()
    found = []
    if isinstance(theirs, dict):
        found = [
            f"made with {name} {theirs[name]}, this is {ours[name]}"
            for name in ours
            if name != "mezzotint" and name in theirs and theirs[name] != ours[name]
        ]
    if "cpu" in record and record["cpu"] != cpu():
        found.append(f"made on a CPU with {record['cpu']}, this one has {cpu()}")
    return found
