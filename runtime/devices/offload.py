"""Networks that take turns on a device too small for all of them."""

from typing import Any

import torch
from accelerate.hooks import ModelHook, add_hook_to_module
from accelerate.utils import send_to_device
from accelerate.utils.memory import clear_device_cache


class Turns:
    """A device that holds one group of networks at a time; the others wait in the CPU's memory.

    accelerate's own offload chains each network to the one before it, and moves none that seems to be
    there; here they are called in any order, and networks merged into them may be elsewhere.

    Args:
        device: where networks work.
    """

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self._present: tuple[Any, ...] = ()

    def join(self, *networks: Any) -> tuple[Any, ...]:
        """Let networks take a turn together, whenever one of them is called."""
        for network in networks:
            network.to("cpu")
            add_hook_to_module(network, _Turn(self, networks))
        return networks

    def take(self, networks: tuple[Any, ...]) -> None:
        """Bring a group to the device, and others away from it."""
        if any(network not in networks for network in self._present):
            self.rest()
        self._present = networks
        for network in networks:
            network.to(self.device)

    def rest(self) -> None:
        """Leave the device empty."""
        for network in self._present:
            network.to("cpu")
        if self._present:
            clear_device_cache()
        self._present = ()


class _Turn(ModelHook):  # type: ignore[misc]
    """Takes the turn before a network works. diffusers asks the hook of a VAE to, as well."""

    def __init__(self, turns: Turns, networks: tuple[Any, ...]) -> None:
        self._turns, self._networks = turns, networks

    def pre_forward(self, _module: Any, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Bring the network and its input to the device."""
        self._turns.take(self._networks)
        device = self._turns.device
        return send_to_device(args, device), send_to_device(kwargs, device)
