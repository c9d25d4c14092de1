"""From the tags of a prompt to network files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mezzotint.compiler.ir import Network
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.library import NetworkLibrary
from mezzotint.runtime.networks.tags import HypernetTag, LoraTag, cleaned, in_order, read_tag


@dataclass(frozen=True, slots=True)
class FoundLora:
    """A tag and the file it stands for."""

    tag: LoraTag
    path: Path


@dataclass(frozen=True, slots=True)
class FoundHypernet:
    """A tag and the file it stands for."""

    tag: HypernetTag
    path: Path


@dataclass(frozen=True, slots=True)
class Found:
    """The networks of a prompt.

    Attributes:
        loras: in the order they take effect.
        hypernets: the same.
        problems: what could not be found or read, in words, where that is not an error.
    """

    loras: tuple[FoundLora, ...] = ()
    hypernets: tuple[FoundHypernet, ...] = ()
    problems: tuple[str, ...] = ()


def find_networks(
    networks: Iterable[Network],
    library: NetworkLibrary,
    hypernets: NetworkLibrary | None = None,
    *,
    hashes: Mapping[str, str] = MappingProxyType({}),
    strict: bool = True,
) -> Found:
    """The files that tags ask for.

    A LoRA whose name stands in several tags acts once for each, every time with the last tag's numbers:
    the reference holds it once.

    Args:
        networks: the tags, as in :class:`mezzotint.compiler.ir.Program`.
        library: where LoRA files are.
        hypernets: where hypernetworks are; nowhere by default.
        hashes: those of "Lora hashes", by name: a file that states the hash goes before one of the name.
        strict: whether a network that is missing or malformed is an error, or left out and told of.

    Raises:
        NetworkError: the first problem, where ``strict``.
    """
    found: list[FoundLora | FoundHypernet] = []
    problems: list[str] = []
    for network in in_order(networks):
        try:
            found.append(_find(network, library, hypernets or NetworkLibrary(()), hashes))
        except NetworkError as error:
            if strict:
                raise
            problems.append(str(error))
    loras = [one for one in found if isinstance(one, FoundLora)]
    last = {lora.tag.name: lora for lora in loras}
    return Found(
        tuple(last[lora.tag.name] for lora in loras),
        tuple(one for one in found if isinstance(one, FoundHypernet)),
        tuple(problems),
    )


def _find(
    network: Network, loras: NetworkLibrary, hypernets: NetworkLibrary, hashes: Mapping[str, str]
) -> FoundLora | FoundHypernet:
    match read_tag(network):
        case LoraTag() as tag:
            digest = hashes.get(cleaned(tag.name))
            return FoundLora(tag, (digest and loras.find_hash(digest)) or loras.find(tag.name))
        case HypernetTag() as tag:
            return FoundHypernet(tag, hypernets.find(tag.name))
