"""The identity of files for a record; each is read once while it stays as it is."""

from collections.abc import Callable
from pathlib import Path

from mezzotint.runtime.index.entry import Stamp
from mezzotint.runtime.models.folder import ModelSource
from mezzotint.runtime.models.hashes import embedding_hash, file_sha256, lora_hash, model_hash
from mezzotint.runtime.passes.source import Source, pixel_hash
from mezzotint.runtime.record.files import FileRole, RecordedFile, base_name


class Hasher:
    """Hashes that were computed in this process, beside those that are remembered between processes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Path, Stamp], str] = {}

    def model(self, role: FileRole, source: ModelSource) -> RecordedFile:
        """A model, in whichever layout.

        Raises:
            MezzotintError: it cannot be read.
            OSError: it is gone.
        """
        if source.path.is_file():
            return self.file(role, source.name, source.path)
        digest = self._once("folder", source.path, lambda _: source.hash())
        return self._folder(role, source.name, source.path, digest)

    def file(self, role: FileRole, name: str, path: Path) -> RecordedFile:
        """Any other file; or the folder of a VAE, which no infotext has a hash for.

        Raises:
            MezzotintError: it cannot be read.
            OSError: it is gone.
        """
        if path.is_dir():
            return self._folder(role, name, path, "")
        return RecordedFile(
            role=role,
            name=base_name(name),
            sha256=self._once("file", path, file_sha256),
            hash=self._once(role, path, _SHORT[role]) if role in _SHORT else "",
            size=path.stat().st_size,
        )

    def source(self, source: Source) -> tuple[RecordedFile, ...]:
        """The picture that was started from, and its mask; their hashes are those of their pixels."""
        parts = [(FileRole.INIT, source.image, source.image_path)]
        if source.mask is not None:
            parts.append((FileRole.MASK, source.mask, source.mask_path))
        found = []
        for role, image, path in parts:
            if path is None or not path.is_file():
                found.append(RecordedFile(role=role, hash=pixel_hash(image)))
            else:
                whole, size = self._once("file", path, file_sha256), path.stat().st_size
                found.append(
                    RecordedFile(
                        role=role, name=base_name(path.name), sha256=whole, hash=pixel_hash(image), size=size
                    )
                )
        return tuple(found)

    def _folder(self, role: FileRole, name: str, path: Path, digest: str) -> RecordedFile:
        size = Stamp.of(path).size
        return RecordedFile(role=role, name=base_name(name), hash=digest, size=size, is_folder=True)

    def _once(self, kind: str, path: Path, compute: Callable[[Path], str]) -> str:
        key = (str(kind), path, Stamp.of(path))
        if key not in self._known:
            self._known[key] = compute(path)
        return self._known[key]


_SHORT: dict[str, Callable[[Path], str]] = {
    FileRole.MODEL: model_hash,
    FileRole.REFINER: model_hash,
    FileRole.VAE: model_hash,
    FileRole.LORA: lora_hash,
    FileRole.EMBEDDING: embedding_hash,
}
"""What infotexts name a file by; they have nothing for hypernetworks."""
