"""Which weights a model has at the moment, and what else decides the last bits of its output."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn

_SAMPLES = 4  # numbers of each matrix that are looked at


class Weights:
    """One state of the parameters of a model; another state is never equal, even if its numbers are."""

    __slots__ = ("_digest", "_model", "_parameters", "stamp")

    def __init__(self, model: nn.Module, parameters: Sequence[nn.Parameter], stamp: object) -> None:
        self._model, self.stamp = ref(model), stamp
        self._parameters = [ref(parameter) for parameter in parameters]
        self._digest: str | None = None

    def is_of(self, parameters: Sequence[nn.Parameter]) -> bool:
        """Whether these are the same objects; one that is gone is no other's equal."""
        pairs = zip(self._parameters, parameters, strict=False)
        return len(self._parameters) == len(parameters) and all(known() is p for known, p in pairs)

    def digest(self) -> str:
        """SHA-256 of all parameters, the configuration and the library, the same in every process.

        Reading the weights takes seconds for a large model, so it is done on request, once for each state.
        """
        if self._digest is None:
            model = self._model()
            if model is None:
                raise ReferenceError("the model is gone")
            self._digest = _digest(model)
        return self._digest


_STATES: WeakKeyDictionary[nn.Module, Weights] = WeakKeyDictionary()


def weights_of(model: nn.Module) -> Weights | None:
    """The present weights of a model: the same object until they change.

    A change shows in a parameter that is another object, in its address or version counter, or in a few
    numbers of each matrix: writing through ``parameter.data`` moves no counter, and freed addresses are used
    again. What acts on a model in other ways, say forward hooks, does not show.

    Returns:
        ``None`` where parameters are not at hand to look at, as in an offloaded model, or count no changes,
        as those made in inference mode.
    """
    parameters = list(model.parameters())
    stamp = _stamp(parameters)
    if stamp is None:
        return None
    state = _STATES.get(model)
    if state is None or state.stamp != stamp or not state.is_of(parameters):
        state = _STATES[model] = Weights(model, parameters, stamp)
    return state


def _stamp(parameters: list[nn.Parameter]) -> object:
    try:
        places = [(p.data_ptr(), p._version) for p in parameters]
    except RuntimeError:  # tensors of inference mode
        return None
    if not places or not all(address for address, _ in places):  # nowhere: on the "meta" device
        return None
    return places, _samples([p for p in parameters if p.ndim > 1])


@torch.no_grad()
def _samples(matrices: Sequence[Tensor]) -> list[int]:
    """The bits of a few numbers of each matrix: NaN is not equal to itself, its bits are."""
    if not matrices:
        return []
    picked = [m.reshape(-1)[m.numel() // (2 * _SAMPLES) :: m.numel() // _SAMPLES + 1] for m in matrices]
    if len({(p.dtype, p.device) for p in picked}) > 1:
        picked = [p.to("cpu", torch.float64) for p in picked]
    bits: list[int] = torch.cat(picked).to(torch.float64).view(torch.int64).tolist()
    return bits


def _digest(model: nn.Module) -> str:
    try:
        library = version("transformers")
    except PackageNotFoundError:
        library = ""
    total = sha256(repr((library, model, getattr(model, "config", None))).encode())
    for name, parameter in model.named_parameters():
        total.update(repr((name, tuple(parameter.shape), parameter.dtype)).encode())
        total.update(tensor_bytes(parameter))
    return total.hexdigest()


def tensor_bytes(tensor: Tensor) -> memoryview:
    """The numbers of a tensor as they lie in memory."""
    flat = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return flat.numpy().data


def numerics(model: nn.Module) -> tuple[object, ...]:
    """What the last bits of a model's output depend on beside its weights and its input."""
    first = next(model.parameters())
    kind = first.device.type
    is_cuda = kind == "cuda"
    return (
        torch.__version__,
        torch.cuda.get_device_name(first.device) if is_cuda else torch.backends.cpu.get_cpu_capability(),
        str(first.dtype),
        torch.get_num_threads(),
        torch.get_float32_matmul_precision(),
        str(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else "",
        getattr(getattr(model, "config", None), "_attn_implementation", ""),
    )
