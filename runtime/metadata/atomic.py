"""Writing a file so that no one ever sees half of it."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from mezzotint.runtime.metadata.record import MetadataError

_REMEDIES = {
    errno.ENOENT: "make the folder first",
    errno.ENOSPC: "free some space, or choose another place",
    errno.EDQUOT: "free some space, or choose another place",
}


def write_file(path: str | Path, data: bytes) -> None:
    """Put ``data`` at ``path``: the old content stays until the new one is whole and on the disk.

    A new file gets the permissions that the process gives to new files; an existing one keeps its own. Of a
    symbolic link the target is replaced.

    Raises:
        MetadataError: the place cannot be written to, is read-only, or is no ordinary file.
    """
    target = Path(path)
    try:
        target = target.resolve()
        _replace(target, _existing(target), data)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "choose another place")
        raise MetadataError(f"cannot write {path}: {error.strerror or error}; {remedy}") from error


def _existing(target: Path) -> os.stat_result | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise MetadataError(f"cannot write {target}: it is not an ordinary file; choose another name")
    if not os.access(target, os.W_OK):
        raise MetadataError(
            f"cannot write {target}: it is read-only; choose another name or make it writable"
        )
    return status


def _replace(target: Path, status: os.stat_result | None, data: bytes) -> None:
    # In the same folder: only within one file system is the replacement a single step.
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if status is not None:
                with contextlib.suppress(PermissionError):  # only root may give files away
                    os.chown(temporary, status.st_uid, status.st_gid)
                temporary.chmod(stat.S_IMODE(status.st_mode))
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut; not every file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
