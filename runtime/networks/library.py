"""The networks that a user has, by the names that tags call them by.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/networks.py``.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from mezzotint.grammar.diagnostics import printable
from mezzotint.runtime.models.header import TensorFileError, read_header
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.folders import files_below

SUFFIXES = (".safetensors", ".pt", ".ckpt")
ALIAS = "ss_output_name"
STATED_HASH = "sshs_model_hash"


class NetworkLibrary:
    """Network files below some folders, looked up when first asked for.

    A name is a file's stem or, where no file is called so, the alias that its trainer wrote into the
    metadata; upper and lower case differ. Names are only compared, never joined to a path, so a tag cannot
    reach a file outside the folders.

    Args:
        folders: where to look, sub-folders included; of two files with the same stem the last counts.
        named: files by the names that tags call them by, for what the folders do not have.
    """

    def __init__(
        self, folders: Iterable[str | Path], named: Mapping[str, Path] = MappingProxyType({})
    ) -> None:
        self.folders = tuple(Path(folder) for folder in folders)
        self._named = named

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """All of them, in natural order."""
        return tuple(files_below(self.folders, SUFFIXES))

    @property
    def names(self) -> list[str]:
        """What tags can call, sorted."""
        return sorted({*self._stems, *self._aliases, *self._named})

    def find(self, name: str) -> Path:
        """The file that a tag's name stands for.

        Raises:
            NetworkError: there is none; the message names the closest.
        """
        found = self._stems.get(name) or self._aliases.get(name) or self._named.get(name)
        if found is None:
            raise NetworkError(f'no network is called "{printable(name)}"{self._hint(name)}')
        return found

    def find_hash(self, digest: str) -> Path | None:
        """The file whose metadata states a hash of "Lora hashes"; those that state none are not hashed."""
        return self._hashes.get(digest)

    @cached_property
    def _stems(self) -> dict[str, Path]:
        return {path.stem: path for path in self.files}

    @cached_property
    def _aliases(self) -> dict[str, Path]:
        """Aliases that one file has and no other goes by."""
        known: dict[str, Path] = {}
        ambiguous = {"none"}  # a menu entry in the reference, no name
        for path in self.files:
            alias = self._metadata[path].get(ALIAS, path.stem)
            if alias in known:
                ambiguous.add(alias.lower())
            known[path.stem] = known[alias] = path
        return {alias: path for alias, path in known.items() if alias.lower() not in ambiguous}

    @cached_property
    def _hashes(self) -> dict[str, Path]:
        stated = ((self._metadata[path].get(STATED_HASH), path) for path in self.files)
        return {digest[:12]: path for digest, path in stated if digest}

    @cached_property
    def _metadata(self) -> dict[Path, Mapping[str, str]]:
        return {path: _metadata(path) for path in self.files}

    def _hint(self, name: str) -> str:
        by_case = {known.lower(): known for known in self.names}
        if close := get_close_matches(name.lower(), by_case, n=3, cutoff=0.5):
            names = ", ".join(f'"{printable(by_case[key])}"' for key in close)
            return f": did you mean {names}?"
        if not self.folders:
            return ": name a folder to look for networks in"
        return f" in {', '.join(map(str, self.folders))}: put its file there, or name another folder"


def _metadata(path: Path) -> Mapping[str, str]:
    if path.suffix.lower() != ".safetensors":
        return {}
    try:
        return read_header(path).metadata
    except TensorFileError:  # told when it is used; it must not hide the others
        return {}
