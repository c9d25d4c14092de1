"""What the arguments of a network tag mean: ``<lora:name:te:unet:dyn>``, ``<hypernet:name:multiplier>``.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/extra_networks_lora.py``,
``modules/extra_networks.py`` and ``modules/extra_networks_hypernet.py``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from mezzotint.compiler.ir import Network
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.networks.errors import NetworkError

LORA_KINDS = ("lora", "lyco")
HYPERNET_KIND = "hypernet"


@dataclass(frozen=True, slots=True)
class LoraTag:
    """A LoRA, or one of its kin, that a prompt asks for.

    Attributes:
        name: as the tag calls it.
        te: factor of what it adds to the text encoders.
        unet: factor of what it adds to the UNet.
        dyn: how many ranks of it count; all where ``None``.
    """

    name: str
    te: float = 1.0
    unet: float = 1.0
    dyn: int | None = None


@dataclass(frozen=True, slots=True)
class HypernetTag:
    """A hypernetwork that a prompt asks for, and the factor of what it adds."""

    name: str
    multiplier: float = 1.0


def in_order(networks: Iterable[Network]) -> list[Network]:
    """Tags as they take effect: kind by kind, and the kinds by their first tag."""
    networks = list(networks)
    kinds = list(dict.fromkeys(network.kind for network in networks))
    return sorted(networks, key=lambda network: kinds.index(network.kind))


def read_tag(network: Network) -> LoraTag | HypernetTag:
    """The arguments of a tag; positional ones come first, and named ones override them.

    Raises:
        NetworkError: the kind is unknown, there is no name, or a multiplier is no number.
    """
    if network.kind not in (*LORA_KINDS, HYPERNET_KIND):
        raise NetworkError(
            f"{written(network)} is no kind of network that can be rendered with: "
            f"use one of {', '.join((*LORA_KINDS, HYPERNET_KIND))}, or remove the tag"
        )
    if not network.positional:
        raise NetworkError(f"{written(network)} names no file: write <{printable(network.kind)}:name>")
    name, *factors = network.positional
    if network.kind == HYPERNET_KIND:
        return HypernetTag(name, _number(factors[0], network) if factors else 1.0)
    named = dict(network.named)
    te = _argument(named.get("te"), factors[0:1], 1.0, network)
    unet = _argument(named.get("unet"), factors[1:2], te, network)
    dyn = named.get("dyn", next(iter(factors[2:3]), None))
    return LoraTag(name, te, unet, None if dyn is None else _integer(dyn, network))


def cleaned(name: str) -> str:
    """A name as "Lora hashes" and "TI hashes" have it, where colons and commas part the entries."""
    return name.replace(":", "").replace(",", "")


def written(network: Network) -> str:
    """The tag as a prompt has it, printable."""
    named = (f"{key}={value}" for key, value in network.named)
    return printable(f"<{':'.join((network.kind, *network.positional, *named))}>")


def _argument(named: str | None, positional: list[str], default: float, network: Network) -> float:
    texts = [*positional, *([] if named is None else [named])]
    # The reference reads both before one overrides the other, so both have to be numbers.
    return [default, *(_number(text, network) for text in texts)][-1]


def _number(text: str, network: Network) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise NetworkError(f'"{printable(text)}" in {written(network)} is no number: write one such as 0.8')
    return value


def _integer(text: str, network: Network) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise NetworkError(
            f'"{printable(text)}" in {written(network)} is no whole number: dyn counts ranks'
        ) from error
