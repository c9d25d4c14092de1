"""How a model is run: device, precision and what is done for speed or memory; no torch here."""

import re
from dataclasses import dataclass

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.checks import check_choice

DTYPES = ("float32", "float16", "bfloat16")
AUTO = "auto"
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d{1,3})?")


class DeviceError(MezzotintError):
    """A device that is not there, or cannot do what is asked of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computing:
    """How a model is run; whatever may change bits is recorded in the picture.

    Attributes:
        device: ``cpu``, ``cuda``, ``cuda:1``, …, ``mps``, or ``auto`` for the best there is.
        dtype: of the UNet; everything else is computed in ``float32``.
        channels_last: whether the UNet's convolutions have channels last in memory.
        compiled: whether the UNet is compiled, by ``torch.compile``.
        offload: whether text encoders, UNet and VAE are on the device one after the other, which takes
            less of its memory; no bit depends on it.

    Raises:
        MezzotintError: there are no such devices or types, or two wishes exclude each other.
    """

    device: str = "cpu"
    dtype: str = "float32"
    channels_last: bool = False
    compiled: bool = False
    offload: bool = False

    def __post_init__(self) -> None:
        if not _DEVICE.fullmatch(self.device):
            raise DeviceError(f'device "{self.device}" is not known: use cpu, cuda, cuda:1, …, mps or auto')
        check_choice("dtype", self.dtype, DTYPES)
        if self.compiled and self.offload:
            raise DeviceError("compiling and offload exclude each other: leave one of them out")

    @property
    def hints(self) -> tuple[str, ...]:
        """What a user may not expect of this choice, in words."""
        if self.device == "cpu" and self.dtype != "float32":
            return (
                f"{self.dtype} is quicker than float32 only on CPUs with arithmetic for it (AMX, AVX-512)",
            )
        return ()


def computing(device: "str | Computing") -> Computing:
    """What a device alone stands for, or the choice itself."""
    return Computing(device=device) if isinstance(device, str) else device
