"""PNG texts: what is written comes back, and hostile files neither hang, swell nor crash."""

import json
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.png_chunks import SIGNATURE
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import MAX_TEXT, Entry, Metadata, MetadataError

IHDR = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
IMAGE = Image.new("RGB", (3, 2), (1, 2, 3))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
IN_ONE_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None
)


def chunk(kind: bytes, body: bytes, *, crc: int | None = None, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    check = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", size) + kind + body + struct.pack(">I", check)


def picture(*chunks: bytes, end: bytes = chunk(b"IEND", b"")) -> bytes:
    pixels = chunk(b"IDAT", zlib.compress(bytes(4)))
    return SIGNATURE + chunk(b"IHDR", IHDR) + b"".join(chunks) + pixels + end


def text(body: bytes, kind: bytes = b"tEXt") -> bytes:
    return chunk(kind, b"parameters\0" + body)


def load(folder: Path, data: bytes) -> Metadata:
    path = folder / "a.png"
    path.write_bytes(data)
    return read(path)


def kinds(metadata: Metadata) -> list[str]:
    return [finding.kind for finding in metadata.findings]


@IN_ONE_FOLDER
@given(TEXTS, TEXTS)
def test_any_text_comes_back(tmp_path: Path, parameters: str, extra: str) -> None:
    path = tmp_path / "a.png"
    write_png(IMAGE, path, parameters=parameters, record={"prompt": extra}, extra_text=[("other", extra)])
    metadata = read(path)
    assert metadata.parameters == parameters
    assert metadata.record == {"prompt": extra}
    assert metadata.entries == (Entry("other", extra),)
    assert metadata.findings == ()
    with Image.open(path) as image:
        assert image.info["parameters"] == parameters
        assert image.tobytes() == IMAGE.tobytes()


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [("plain", b"tEXt"), ("café ÿ £", b"tEXt"), ("猫", b"iTXt"), ("", b"tEXt"), ("Ã©", b"iTXt")],
)
def test_chunk_type(tmp_path: Path, parameters: str, kind: bytes) -> None:
    write_png(IMAGE, tmp_path / "a.png", parameters=parameters, record={})
    data = (tmp_path / "a.png").read_bytes()
    assert data[8 + 25 + 4 :][:4] == kind


def test_same_input_same_bytes(tmp_path: Path) -> None:
    noisy = IMAGE.copy()
    noisy.info = {"dpi": (72, 72), "icc_profile": b"x", "parameters": "old"}
    for name, image in (("a.png", IMAGE), ("b.png", noisy)):
        write_png(image, tmp_path / name, parameters="x", record={"b": 1, "a": [2.5, None]})
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert b'{"a":[2.5,null],"b":1}' in (tmp_path / "a.png").read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_modes(tmp_path: Path, mode: str) -> None:
    image = Image.new(mode, (3, 2))
    write_png(image, tmp_path / "a.png", parameters="x", record={})
    with Image.open(tmp_path / "a.png") as again:
        assert again.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_what_png_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    bad: list[dict[str, object]] = [{"x": float("nan")}, {"x": object()}, {"x": "\ud800"}]
    for record in bad:
        with pytest.raises(MetadataError):
            write_png(IMAGE, path, parameters="x", record=record)
    for keyword in ("", "k" * 80, "a\0b", "猫"):
        with pytest.raises(MetadataError):
            write_png(IMAGE, path, parameters="x", record={}, extra_text=[(keyword, "v")])
    with pytest.raises(MetadataError):
        write_png(IMAGE, path, parameters="\ud800", record={})
    with pytest.raises(MetadataError):
        write_png(Image.new("CMYK", (1, 1)), path, parameters="x", record={})
    with pytest.raises(MetadataError):
        write_png(IMAGE, path, parameters="x" * (MAX_TEXT + 1), record={})
    assert list(tmp_path.iterdir()) == []


def test_text_after_the_pixels(tmp_path: Path) -> None:
    assert load(tmp_path, picture(end=text(b"late") + chunk(b"IEND", b""))).parameters == "late"


def test_last_duplicate_wins(tmp_path: Path) -> None:
    metadata = load(tmp_path, picture(text(b"first"), text(b"last")))
    assert metadata.parameters == "last"
    assert metadata.entries == (Entry("parameters", "first"),)
    assert kinds(metadata) == ["duplicate"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a\0\x1b[31mb", "a\0\x1b[31mb"),
        ("é".encode("latin-1"), "é"),
        ("é猫".encode(), "é猫"),
        (b"", ""),
    ],
)
def test_odd_text(tmp_path: Path, body: bytes, expected: str) -> None:
    assert load(tmp_path, picture(text(body))).parameters == expected


def test_compressed(tmp_path: Path) -> None:
    squeezed = zlib.compress("é猫".encode())
    metadata = load(tmp_path, picture(text(b"\1\0en\0x\0" + squeezed, b"iTXt")))
    assert metadata.parameters == "é猫"
    assert load(tmp_path, picture(text(b"\0" + zlib.compress(b"abc"), b"zTXt"))).parameters == "abc"


BOMB = zlib.compress(bytes(64 << 20), 9)


@pytest.mark.parametrize("body", [(b"zTXt", b"\0" + BOMB), (b"iTXt", b"\1\0\0\0" + BOMB)])
def test_bombs_are_passed_over(tmp_path: Path, body: tuple[bytes, bytes]) -> None:
    data = picture(chunk(b"iCCP", b"x\0\0" + BOMB), text(body[1], body[0]), chunk(b"tEXt", b"other\0here"))
    metadata = load(tmp_path, data)
    assert metadata.parameters is None
    assert metadata.entries == (Entry("other", "here"),)
    assert kinds(metadata) == ["too-large"]


def test_total_is_bounded(tmp_path: Path) -> None:
    one = text(b"\0" + zlib.compress(bytes(MAX_TEXT)), b"zTXt")
    metadata = load(tmp_path, picture(*[one] * 20))
    assert sum(len(entry.text) for entry in metadata.entries) <= 4 * MAX_TEXT
    assert "too-large" in kinds(metadata)


def test_large_plain_text_is_not_read(tmp_path: Path) -> None:
    metadata = load(tmp_path, picture(text(bytes(MAX_TEXT)), text(b"small")))
    assert metadata.parameters == "small"
    assert kinds(metadata) == ["too-large"]


def test_wrong_checksum_is_a_finding(tmp_path: Path) -> None:
    metadata = load(tmp_path, picture(chunk(b"tEXt", b"parameters\0cat", crc=1)))
    assert metadata.parameters == "cat"
    assert kinds(metadata) == ["bad-checksum"]


@pytest.mark.parametrize(
    "bad",
    [
        chunk(b"tEXt", b"no nul"),
        chunk(b"tEXt", b"\0empty"),
        chunk(b"tEXt", b"k" * 80 + b"\0x"),
        chunk(b"iTXt", b"parameters\0"),
        chunk(b"iTXt", b"parameters\0\2\0\0\0x"),
        chunk(b"iTXt", b"parameters\0\1\0\0\0not zlib"),
        chunk(b"iTXt", b"parameters\0\1\7\0\0" + zlib.compress(b"x")),
        chunk(b"zTXt", b"parameters\0"),
        chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"x" * 99)[:-6]),
    ],
)
def test_malformed_text_is_passed_over(tmp_path: Path, bad: bytes) -> None:
    metadata = load(tmp_path, picture(bad, text(b"good")))
    assert metadata.parameters == "good"
    assert kinds(metadata) == ["malformed"]


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0xFFFFFFFF, 1000])
def test_lies_about_the_length(tmp_path: Path, length: int) -> None:
    lie = chunk(b"tEXt", b"parameters\0cat", length=length)
    with pytest.raises(MetadataError):
        load(tmp_path, picture(lie))
    assert load(tmp_path, picture(text(b"before"), lie)).parameters == "before"


def test_every_cut(tmp_path: Path) -> None:
    whole = picture(text(b"cat"))
    for end in range(len(whole)):
        try:
            metadata = load(tmp_path, whole[:end])
        except MetadataError as error:
            assert "a.png" in str(error)  # noqa: PT017
        else:
            assert metadata.parameters == "cat"
            assert kinds(metadata) == ["truncated"]


@given(st.binary(max_size=200), st.integers(0, 300))
@IN_ONE_FOLDER
def test_any_damage_is_survived(tmp_path: Path, junk: bytes, at: int) -> None:
    whole = picture(
        text(b"cat"), text(b"\0" + zlib.compress(b"dog"), b"zTXt"), chunk(b"eXIf", b"MM\0*\0\0\0\x08")
    )
    try:
        load(tmp_path, whole[:at] + junk + whole[at + len(junk) :])
    except MetadataError as error:
        assert str(error)  # noqa: PT017


@pytest.mark.parametrize("bad", ["[1]", "x", "[" * 200_000, '{"a": ' * 100_000, "1" * 5000])
def test_bad_record(tmp_path: Path, bad: str) -> None:
    metadata = load(tmp_path, picture(chunk(b"iTXt", b"mezzotint\0\0\0\0\0" + bad.encode())))
    assert metadata.record is None
    assert kinds(metadata) == ["bad-record"]


def test_claimed_pixels_do_not_matter(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = SIGNATURE + chunk(b"IHDR", header) + text(b"cat") + chunk(b"IEND", b"")
    assert load(tmp_path, data).parameters == "cat"


def test_exif_and_comment_outrank_parameters(tmp_path: Path) -> None:
    comment = chunk(b"tEXt", b"comment\0from comment")
    assert load(tmp_path, picture(text(b"p"), comment)).parameters == "from comment"
    empty = chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0")
    assert load(tmp_path, picture(text(b"p"), comment, empty)).parameters == "p"


def test_permissions_and_links(tmp_path: Path) -> None:
    path, link = tmp_path / "a.png", tmp_path / "link.png"
    write_png(IMAGE, path, parameters="x", record={})
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    path.chmod(0o640)
    link.symlink_to(path)
    write_png(IMAGE, link, parameters="y", record={})
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert read(path).parameters == "y"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "link.png"]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "missing" / "a.png", tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(MetadataError):
            write_png(IMAGE, place, parameters="x", record={})
    assert Path("/dev/null").is_char_device()


def test_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    write_png(IMAGE, path, parameters="old", record={})

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(MetadataError, match="No space left"):
        write_png(IMAGE, path, parameters="new", record={})
    assert read(path).parameters == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_record_is_canonical_json(tmp_path: Path) -> None:
    record = {"z": "é", "a": {"y": 1, "x": [True, None, 1.5]}}
    write_png(IMAGE, tmp_path / "a.png", parameters="x", record=record)
    assert read(tmp_path / "a.png").record == json.loads(json.dumps(record))
