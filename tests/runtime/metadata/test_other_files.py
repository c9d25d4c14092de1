"""JPEG, WebP and text files, and the dispatch between all kinds."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mezzotint.runtime.metadata.exif import decode_user_comment, find_user_comment
from mezzotint.runtime.metadata.read import MAX_TEXT_FILE, read
from mezzotint.runtime.metadata.record import MetadataError

IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
INFOTEXT = "猫 café\nNegative prompt: b\nSteps: 20, Sampler: Euler a, Seed: 1"


def exif(raw: bytes, order: str = ">", *, nested: bool = True) -> bytes:
    """A TIFF block with one user comment."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    if not nested:
        field = struct.pack(order + "HHII", 0x9286, 7, len(raw), 26)
        return mark + struct.pack(order + "IH", 8, 1) + field + struct.pack(order + "I", 0) + raw
    outer = struct.pack(order + "HHHII", 1, 0x8769, 4, 1, 26) + struct.pack(order + "I", 0)
    inner = struct.pack(order + "HHHII", 1, 0x9286, 7, len(raw), 44) + struct.pack(order + "I", 0)
    return mark + struct.pack(order + "I", 8) + outer + inner + raw


def save(path: Path, block: bytes) -> Path:
    Image.new("RGB", (4, 4)).save(path, exif=b"Exif\0\0" + block)
    return path


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_user_comment(tmp_path: Path, order: str, nested: bool, suffix: str) -> None:
    raw = b"UNICODE\0" + INFOTEXT.encode("utf-16-be")
    path = save(tmp_path / f"a{suffix}", exif(raw, order, nested=nested))
    assert read(path).parameters == INFOTEXT


@pytest.mark.parametrize(
    ("raw", "expected", "reference"),
    [
        (b"ASCII\0\0\0plain", "plain", "plain"),
        (b"ASCII\0\0\0\xc3\xa9", "é", "\ufffd\ufffd"),
        (b"UNICODE\0" + "hello".encode("utf-16-be"), "hello", "hello"),
        (b"UNICODE\0" + "hello".encode("utf-16-le"), "hello", "栀攀氀氀漀"),
        (b"UNICODE\0\xff\xfe" + "hi".encode("utf-16-le"), "hi", "\ufffe栀椀"),
        (b"UNICODE\0hi you", "hi you", "桩⁹潵"),
        (b"UNICODE\0" + "猫".encode("utf-16-be"), "猫", "猫"),
        (b"UNICODE\0\0h\0", "h\ufffd", "h\ufffd"),
        (b"UNICODE\0\xd8\0\0x", "\ufffdx", "\ufffdx"),
        (b"JIS\0\0\0\0\0\x93\xfa\x96\x7b", "日本", "日本"),
        (b"\0\0\0\0\0\0\0\0\xc3\xa9", "é", "\0\0\0\0\0\0\0\0é"),
        (b"UNICODE\0\0h\0i\0\0", "hi", "hi\0"),
        (b"ASCII\0\0\0hi\0\0", "hi", "hi\0\0"),
        (b"abc", "abc", "abc"),
        (b"no prefix \xc3\xa9\xff", "no prefix é", "no prefix é"),
    ],
)
def test_decoding(raw: bytes, expected: str, reference: str) -> None:
    assert decode_user_comment(raw) == expected
    assert decode_user_comment(raw, like_reference=True) == reference


@given(st.binary(max_size=80))
def test_any_comment_decodes_to_what_can_be_stored(raw: bytes) -> None:
    for prefix in (b"", b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0"):
        for like_reference in (False, True):
            decode_user_comment(prefix + raw, like_reference=like_reference).encode("utf-8")


@given(st.binary(max_size=120), st.integers(0, 120))
def test_any_exif_is_survived(junk: bytes, at: int) -> None:
    find_user_comment(junk)
    find_user_comment(b"II*\0" + junk)
    whole = exif(b"UNICODE\0abc")
    find_user_comment(whole[:at] + junk + whole[at + len(junk) :])


def test_huge_counts_and_loops_in_exif() -> None:
    assert find_user_comment(struct.pack(">4sIHHHII", b"MM\0*", 8, 1, 0x9286, 7, 0x7FFFFFFF, 26)) is None
    assert find_user_comment(struct.pack(">4sIHHHII", b"MM\0*", 8, 1, 0x8769, 4, 1, 8)) is None
    loops = struct.pack(">4sIH", b"MM\0*", 8, 5000) + struct.pack(">HHII", 0x8769, 4, 1, 8) * 5000
    assert find_user_comment(loops) is None


@given(st.binary(max_size=200), st.integers(0, 700), st.sampled_from([".jpg", ".webp"]))
@IN_ONE_FOLDER
def test_any_damage_is_survived(tmp_path: Path, junk: bytes, at: int, suffix: str) -> None:
    path = save(tmp_path / f"a{suffix}", exif(b"UNICODE\0" + INFOTEXT.encode("utf-16-be")))
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        read(path)
    except MetadataError as error:
        assert str(error)  # noqa: PT017


def test_jpeg_comment_counts_without_exif(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (4, 4)).save(path, comment="from comment")
    assert read(path).parameters == "from comment"
    save(path, exif(b"UNICODE\0"))
    assert read(path).parameters is None


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
def test_text_file(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(head + INFOTEXT.replace("\n", "\r\n").encode())
    assert read(path).parameters == INFOTEXT.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfeh\0", b"a\0b", b"\x89PN", b"GIF89a\xff", b"x" * (MAX_TEXT_FILE + 1)]
)
def test_not_a_text_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(MetadataError, match=r"a\.txt"):
        read(path)


def test_places_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "missing", tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(MetadataError):
            read(place)


def test_reading_needs_neither_pillow_nor_numpy() -> None:
    code = (
        "import sys, mezzotint.runtime.metadata.read as r\n"
        "print([m for m in ('PIL', 'numpy', 'torch') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
