"""Changing the infotext of a file: what was asked for changes, and nothing else."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from mezzotint.runtime.metadata.edit import remove_parameters, set_parameters
from mezzotint.runtime.metadata.exif import Block, find_user_comment
from mezzotint.runtime.metadata.exif_edit import encode_user_comment, with_user_comment, without_user_comment
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import MetadataError

INFOTEXT = "猫 café 😀\nNegative prompt: b\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
IN_ONE_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
NOISE = Image.effect_noise((16, 12), 60).convert("RGB")


def rich_exif() -> bytes:
    """Tags in both directories, values of all kinds."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "a camera"
    exif[ExifTags.Base.Orientation] = 3
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.LensModel] = "a lens with a long name"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber] = 2.5
    return exif.tobytes()


def picture(kind: str, *, exif: bytes = b"", **options: object) -> bytes:
    buffer = io.BytesIO()
    image = NOISE.convert("RGBA") if kind == "webp-alpha" else NOISE
    if kind.startswith("webp"):
        options = {"lossless": kind != "webp-lossy", **options}
    if exif:
        options["exif"] = exif
    image.save(buffer, kind.split("-")[0], **options)
    return buffer.getvalue()


KINDS = ("png", "jpeg", "webp-lossy", "webp-lossless", "webp-alpha")


def exif_of(path: Path) -> dict[int, object]:
    with Image.open(path) as image:
        exif = image.getexif()
        found = dict(exif) | dict(exif.get_ifd(ExifTags.IFD.Exif))
    for tag in (ExifTags.Base.UserComment, ExifTags.Base.ExifOffset):
        found.pop(tag, None)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exif", [b"", rich_exif()], ids=["bare", "exif"])
@IN_ONE_FOLDER
@given(TEXTS, TEXTS)
def test_set_replace_remove(tmp_path: Path, kind: str, exif: bytes, first: str, second: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(picture(kind, exif=exif))
    with Image.open(path) as image:
        pixels = image.tobytes()
    tags = exif_of(path)
    for text in (first, second):
        assert set_parameters(path, text) == ()
        assert read(path).parameters == text
        assert read(path).findings == ()
    size = path.stat().st_size
    set_parameters(path, second)
    assert path.stat().st_size == size  # nothing piles up
    assert exif_of(path) == tags
    remove_parameters(path)
    assert read(path).parameters is None
    assert second.encode("utf-16-be") not in path.read_bytes() or len(second) < 4
    assert exif_of(path) == tags
    with Image.open(path) as image:
        assert image.tobytes() == pixels


@pytest.mark.parametrize("kind", KINDS)
def test_a1111_reads_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(picture(kind))
    set_parameters(path, INFOTEXT)
    assert read(path, like_reference=True).parameters == INFOTEXT
    with Image.open(path) as image:
        if kind == "png":
            assert image.info["parameters"] == INFOTEXT
        else:
            comment = image.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment]
            assert comment == b"UNICODE\0" + INFOTEXT.encode("utf-16-be")


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 12 + length]))
        at += 12 + length
    return found


def test_every_other_chunk_of_a_png_stays(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("prompt", '{"1": {}}')
    texts.add_text("parameters", "old")
    texts.add_itxt("workflow", "猫", zip=True)
    texts.add_text("parameters", "older", zip=True)
    texts.add(b"prVt", b"private", after_idat=True)
    path = tmp_path / "a.png"
    path.write_bytes(picture("png", pnginfo=texts, dpi=(72, 72)))
    before = chunks(path.read_bytes())
    set_parameters(path, "new")
    after = chunks(path.read_bytes())
    old = [n for n, (kind, body) in enumerate(before) if body.startswith(b"parameters")]
    assert [c for c in after if not c[1].startswith(b"parameters")] == [
        c for c in before if not c[1].startswith(b"parameters")
    ]
    assert after[old[0]][1][:-4] == b"parameters\0new"
    assert read(path).findings == ()
    remove_parameters(path)
    assert chunks(path.read_bytes()) == [c for c in after if not c[1].startswith(b"parameters")]


def test_chunk_type_is_the_references(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture("png"))
    for text, kind in (("plain é", b"tEXt"), ("猫", b"iTXt")):
        set_parameters(path, text)
        assert chunks(path.read_bytes())[1][0] == kind


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_comment_in_the_main_directory_goes_too(order: str) -> None:
    raw = b"plain text of Fooocus"
    mark = b"MM\0*" if order == ">" else b"II*\0"
    block = mark + struct.pack(f"{order}IHHHIII", 8, 1, 0x9286, 7, len(raw), 26, 0) + raw
    assert find_user_comment(block) == raw
    assert without_user_comment(block) is None
    changed = with_user_comment(block, "new")
    assert find_user_comment(changed) == encode_user_comment("new")
    assert raw not in changed
    assert [field.tag for field in Block(changed).main] == [0x8769]


def test_what_the_reference_would_prefer_goes_too(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("comment", "a comment")
    path = tmp_path / "a.png"
    path.write_bytes(picture("png", pnginfo=texts))
    set_parameters(path, "new")
    assert read(path).parameters == "new"
    path.write_bytes(picture("png", exif=b"Exif\0\0" + with_user_comment(None, "in EXIF")))
    assert read(path).parameters == "in EXIF"
    set_parameters(path, "new")
    assert read(path).parameters == "new"
    path = tmp_path / "a.jpg"
    path.write_bytes(picture("jpeg", comment=b"a comment"))
    remove_parameters(path)
    assert read(path).parameters is None


def test_a_second_exif_segment_does_not_come_to_light(tmp_path: Path) -> None:
    data = picture("jpeg", exif=b"Exif\0\0" + with_user_comment(rich_exif(), "secret"))
    length = int.from_bytes(data[22:24], "big") + 2
    assert data[20:22] == b"\xff\xe1"
    path = tmp_path / "a.jpg"
    path.write_bytes(data[:20] + data[20 : 20 + length] * 3 + data[20 + length :])
    tags = exif_of(path)
    remove_parameters(path)
    assert read(path).parameters is None
    assert "secret".encode("utf-16-be") not in path.read_bytes()
    assert exif_of(path) == tags


@pytest.mark.parametrize("kind", ["webp-lossy", "webp-lossless"])
def test_odd_webp_is_refused(tmp_path: Path, kind: str) -> None:
    data = picture(kind)
    path = tmp_path / "a.webp"
    for odd in (data + b"EXIF\4\0\0\0abcd", data[:12] + b"JUNK" + data[16:]):
        path.write_bytes(odd)
        with pytest.raises(MetadataError, match="so it is not changed"):
            set_parameters(path, "x")
    path.write_bytes(data + b"tail")
    set_parameters(path, "x")
    assert path.read_bytes().endswith(b"tail")


def test_another_output(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.png", tmp_path / "b.png"
    path.write_bytes(picture("png"))
    before = path.read_bytes()
    set_parameters(path, "x", output=copy)
    assert path.read_bytes() == before
    assert read(copy).parameters == "x"


def test_a_broken_signature_is_told(tmp_path: Path) -> None:
    data = picture("png")
    body = b"jumb c2pa"
    manifest = struct.pack(">I", len(body)) + b"caBX" + body + struct.pack(">I", zlib.crc32(b"caBX" + body))
    path = tmp_path / "a.png"
    path.write_bytes(data[:33] + manifest + data[33:])
    (finding,) = set_parameters(path, "x")
    assert finding.kind == "signature-broken"
    assert manifest in path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_cut_files_are_not_changed(tmp_path: Path, kind: str, cut: float) -> None:
    path = tmp_path / f"a.{kind}"
    whole = picture(kind, exif=rich_exif())
    part = whole[: int(len(whole) * cut)]
    path.write_bytes(part)
    try:
        set_parameters(path, "x")
    except MetadataError as error:
        assert f"a.{kind}" in str(error)  # noqa: PT017
        assert path.read_bytes() == part
    else:
        assert kind == "jpeg"  # its pixels are the rest of the file, however much that is


def test_what_cannot_be_done_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    NOISE.save(path)
    with pytest.raises(MetadataError, match="only PNG, JPEG and WebP"):
        set_parameters(path, "x")
    path = tmp_path / "a.jpg"
    path.write_bytes(picture("jpeg"))
    with pytest.raises(MetadataError, match="JPEG holds 65533"):
        set_parameters(path, "x" * 40_000)
    with pytest.raises(MetadataError, match="surrogate"):
        set_parameters(path, "\ud800")
    assert read(path).parameters is None


@given(st.binary(max_size=150), st.integers(0, 200), st.binary(max_size=20))
def test_any_exif_block_is_changed_or_refused(junk: bytes, at: int, other: bytes) -> None:
    whole = with_user_comment(rich_exif(), "some text that is there")
    hit = whole[:at] + junk[: len(other)] + whole[at + len(other) :]
    for block in (b"II*\0" + junk, b"MM\0*\0\0\0\x08" + junk, hit):
        try:
            changed = with_user_comment(block, "text")
        except MetadataError:
            continue
        assert find_user_comment(changed) == encode_user_comment("text")
        left = without_user_comment(changed)
        assert left is None or find_user_comment(left) is None


@given(st.data(), st.sampled_from(KINDS))
@IN_ONE_FOLDER
def test_damage_is_survived(tmp_path: Path, data: st.DataObject, kind: str) -> None:
    whole = bytearray(picture(kind, exif=with_user_comment(rich_exif(), "text")))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"a.{kind}"
    path.write_bytes(whole)
    try:
        set_parameters(path, "new")
        found = read(path).parameters
    except MetadataError:
        return
    assert found == "new"
