"""The order in which the kernels of convolutions stand in memory."""

from typing import Any

import torch


def lay_out(network: Any, *, channels_last: bool) -> None:
    """Lay out the kernels of a network, channels last or first; numbers and parameters stay the same.

    Strides are made anew also where they would do: kernels of one pixel count as both layouts, and the
    choice of an algorithm goes by their strides.
    """
    order = torch.channels_last if channels_last else torch.contiguous_format
    for parameter in network.parameters():
        if parameter.ndim == 4:
            with torch.inference_mode(parameter.is_inference()):
                data = parameter.detach()
                plain = data.clone(memory_format=torch.contiguous_format)
                parameter.data = torch.empty_like(plain, memory_format=order).copy_(plain)
