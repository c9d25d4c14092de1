"""Files are identified, and read once."""

from hashlib import sha256
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models import hashes
from mezzotint.runtime.passes.source import Source, open_source, pixel_hash
from mezzotint.runtime.record.files import FileRole, base_name, read_files
from mezzotint.runtime.record.hashing import Hasher


def test_a_file_is_read_once_while_it_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hashes.OPT_OUT, "1")  # nothing is remembered on the disk
    read: list[str] = []
    whole = hashes._digest

    def counted(file: IO[bytes]) -> str:
        read.append(file.name)
        return whole(file)

    monkeypatch.setattr(hashes, "_digest", counted)
    path = tmp_path / "vae.pt"
    path.write_bytes(b"a" * 99)
    hasher = Hasher()
    found = [hasher.file(FileRole.HYPERNETWORK, "vae", path) for _ in range(5)]
    assert len(read) == 1
    assert {file.sha256 for file in found} == {sha256(b"a" * 99).hexdigest()}
    assert (found[0].size, found[0].hash) == (99, "")
    path.write_bytes(b"b" * 98)
    assert hasher.file(FileRole.HYPERNETWORK, "vae", path).sha256 == sha256(b"b" * 98).hexdigest()
    assert len(read) == 2


def test_short_hashes_are_those_of_infotexts(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(b"abc")
    digits = sha256(b"abc").hexdigest()
    for role, count in ((FileRole.VAE, 10), (FileRole.EMBEDDING, 12), (FileRole.LORA, 12)):
        assert Hasher().file(role, "a/b", path).hash == digits[:count]
    assert Hasher().file(FileRole.VAE, "/home/me/x.pt", path).name == "x.pt"
    with pytest.raises((MezzotintError, OSError)):
        Hasher().file(FileRole.VAE, "x", tmp_path / "none")


def test_pictures_are_known_by_file_and_pixels(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    source = open_source(tmp_path / "a.png", tmp_path / "a.png")
    image, mask = Hasher().source(source)
    assert (image.role, mask.role, image.name) == (FileRole.INIT, FileRole.MASK, "a.png")
    assert image.sha256 == sha256((tmp_path / "a.png").read_bytes()).hexdigest()
    (bare,) = Hasher().source(Source(source.image))
    assert (bare.name, bare.sha256, bare.hash) == ("", "", pixel_hash(source.image))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pt", "a.pt"),
        ("/etc/passwd", "passwd"),
        ("..", ""),
        ("C:\\x\\y.pt", "y.pt"),
        ("a/..", ""),
        ("/", ""),
    ],
)
def test_names_are_no_paths(name: str, expected: str) -> None:
    assert base_name(name) == expected


def test_a_list_of_files_is_bounded() -> None:
    assert len(read_files([{"role": "lora", "name": "x"}] * 5000)) == 1000
    (file,) = read_files(
        [{"role": "lora", "name": "x" * 5000, "sha256": "A" * 64, "hash": "zz", "size": True}, 3]
    )
    assert (file.name, file.sha256, file.hash, file.size) == ("", "a" * 64, "", None)
