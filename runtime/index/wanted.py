"""Which files an infotext names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from mezzotint.compiler.ir import Program
from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.index.find import is_hash
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.models.folder import BUILTIN
from mezzotint.runtime.models.identify import Kind
from mezzotint.runtime.models.scan import FOLDER, PICKLE
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.hashes import read_lora_hashes
from mezzotint.runtime.networks.tags import LoraTag, cleaned, read_tag
from mezzotint.runtime.record.files import FileRole, RecordedFile
from mezzotint.runtime.request import Request

_NO_VAE = frozenset({"", "none", "automatic", "auto"})
_WITH_HASH = re.compile(r"(.*?)\s*\[([0-9a-fA-F]{8,64})\]", re.DOTALL)


class Role(StrEnum):
    """What a file is wanted for; the values are words for messages."""

    MODEL = "model"
    REFINER = "refiner"
    VAE = "VAE"
    LORA = "LoRA"
    HYPERNET = "hypernetwork"
    EMBEDDING = "embedding"


KINDS: Mapping[Role, tuple[str, ...]] = {
    Role.MODEL: (Kind.CHECKPOINT, FOLDER, PICKLE),
    Role.REFINER: (Kind.CHECKPOINT, FOLDER, PICKLE),
    Role.VAE: (Kind.VAE, PICKLE),
    Role.LORA: (Kind.LORA, PICKLE),
    Role.HYPERNET: (PICKLE,),
    Role.EMBEDDING: (Kind.EMBEDDING, PICKLE),
}
"""What a file for a role may be; what is in a pickle shows only when it is loaded."""

_ROLES = {
    FileRole.MODEL: Role.MODEL,
    FileRole.REFINER: Role.REFINER,
    FileRole.VAE: Role.VAE,
    FileRole.LORA: Role.LORA,
    FileRole.HYPERNETWORK: Role.HYPERNET,
    FileRole.EMBEDDING: Role.EMBEDDING,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a picture was made with.

    Attributes:
        role: what for.
        name: as the infotext or the prompt has it; empty when only the hash is known.
        hash: as the infotext has it; empty when only the name is known.
        sha256: of the whole file, as a record of ours has it; empty when it is not known.
    """

    role: Role
    name: str
    hash: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        named = f' "{printable(self.name)}"' if self.name else " without a name"
        whole = f", SHA-256 {self.sha256}" if self.sha256 else ""
        return f"{self.role}{named} (hash {printable(self.hash) or 'unknown'}{whole})"


def wanted_files(
    request: Request, items: Mapping[str, str], recorded: Iterable[RecordedFile] = ()
) -> tuple[Wanted, ...]:
    """The files beside the built-in model that a picture was made with, each once.

    Args:
        request: what its infotext asks for.
        items: the settings of the infotext, as they stand in it.
        recorded: the files that its record names. They add what the infotext does not say; where it says
            something else, it counts.

    Raises:
        PromptError: the prompts mean nothing.
    """
    stated = _stated(items.get("Hashes"))
    known = [file for file in recorded if file.role in _ROLES]
    named = [*_models(request, stated), *_networks(request.program(), items, stated)]
    found = [_completed(wanted, known) for wanted in named]
    there = {(wanted.role, wanted.name) for wanted in found}
    words = [  # an infotext does not name those of a second pass
        Wanted(Role.EMBEDDING, file.name, file.hash, file.sha256)
        for file in known
        if file.role is FileRole.EMBEDDING and (Role.EMBEDDING, file.name) not in there
    ]
    return tuple(dict.fromkeys((*found, *words)))


def _completed(wanted: Wanted, recorded: Iterable[RecordedFile]) -> Wanted:
    """With what the record says of the same file."""
    for file in recorded:
        same_hash = wanted.hash in ("", file.hash)
        same_name = wanted.name in (file.name, cleaned(file.name), "")
        if _ROLES[file.role] is wanted.role and same_hash and same_name:
            return replace(wanted, name=file.name, hash=file.hash, sha256=file.sha256)
    return wanted


def _stated(text: str | None) -> dict[str, str]:
    """Field "Hashes", which Civitai reads: ``{"model": …, "lora:x": …, "embed:y": …}``."""
    found = load_object(text) or {}
    return {key.lower(): value for key, value in found.items() if isinstance(value, str) and is_hash(value)}


def _models(request: Request, stated: Mapping[str, str]) -> Iterator[Wanted]:
    digest = request.model_hash or stated.get("model", "")
    if request.model != BUILTIN and (request.model or digest):
        yield Wanted(Role.MODEL, request.model, digest)
    if request.vae.lower() not in _NO_VAE or request.vae_hash:
        yield Wanted(Role.VAE, request.vae, request.vae_hash or stated.get("vae", ""))
    refiner = request.settings.refiner
    if refiner is not None:
        parts = _WITH_HASH.fullmatch(refiner.model)
        yield Wanted(Role.REFINER, *parts.groups()) if parts else Wanted(Role.REFINER, refiner.model)


def _networks(program: Program, items: Mapping[str, str], stated: Mapping[str, str]) -> Iterator[Wanted]:
    hashes = read_lora_hashes(items.get("Lora hashes", ""))
    second = () if program.hires is None else program.hires.networks
    for network in (*program.networks, *second):
        try:
            tag = read_tag(network)
        except NetworkError:  # told when the picture is made
            continue
        if isinstance(tag, LoraTag):
            digest = hashes.get(cleaned(tag.name)) or stated.get(f"lora:{tag.name.lower()}", "")
            yield Wanted(Role.LORA, tag.name, digest)
        else:
            yield Wanted(Role.HYPERNET, tag.name, stated.get(f"hypernet:{tag.name.lower()}", ""))
    for name, digest in read_lora_hashes(items.get("TI hashes", "")).items():
        yield Wanted(Role.EMBEDDING, name, digest)
