"""Box formats, GIF, XMP and content credentials: where texts stand in files that are not PNG."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mezzotint.runtime.metadata.c2pa import summarise
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.exif_edit import with_user_comment
from mezzotint.runtime.metadata.png_chunks import SIGNATURE, chunk, text_chunk
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import C2PA, COMMENT, XMP, MetadataError

INFOTEXT = "猫 café\nNegative prompt: b\nSteps: 20, Sampler: Euler a, Seed: 1"
IN_ONE_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
EXIF = with_user_comment(None, INFOTEXT)
PACKET = b"<x:xmpmeta/>"


def box(kind: bytes, body: bytes, *, is_large: bool = False) -> bytes:
    if is_large:
        return struct.pack(">I", 1) + kind + struct.pack(">Q", len(body) + 16) + body
    return struct.pack(">I", len(body) + 8) + kind + body


def item(number: int, kind: bytes, *, version: int = 2) -> bytes:
    width = "H" if version == 2 else "I"
    return box(b"infe", bytes([version, 0, 0, 0]) + struct.pack(f">{width}H", number, 0) + kind + b"\0")


def heif(*, version: int, brand: bytes = b"avif", in_idat: bool = False) -> bytes:
    """A file with an Exif and an XMP item, no pixels."""
    exif = struct.pack(">I", 6) + b"Exif\0\0" + EXIF
    content = exif + PACKET
    start = box(b"ftyp", brand + bytes(4))
    infe = 3 if version == 2 else 2
    items = item(1, b"Exif\0", version=infe) + item(2, b"mime\0application/rdf+xml", version=infe)
    count = struct.pack(">I", 2) if version else struct.pack(">H", 2)
    iinf = box(b"iinf", bytes([1 if version else 0, 0, 0, 0]) + count + items)
    number = "I" if version == 2 else "H"
    method = struct.pack(">H", int(in_idat)) if version else b""

    def meta(offset: int) -> bytes:
        sizes = bytes([0x44, 0x40])  # offsets, lengths and base of four bytes
        iloc = bytes([version, 0, 0, 0]) + sizes + struct.pack(f">{number}", 2)
        for n, at, length in ((1, 0, len(exif)), (2, len(exif), len(PACKET))):
            iloc += struct.pack(f">{number}", n) + method + struct.pack(">HIHII", 0, offset, 1, at, length)
        idat = box(b"idat", content) if in_idat else b""
        return box(b"meta", bytes(4) + box(b"iloc", iloc) + iinf + idat)

    if in_idat:
        return start + meta(0)
    return start + meta(len(start) + len(meta(0)) + 8) + box(b"mdat", content)


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("in_idat", [True, False])
def test_items_of_heif(tmp_path: Path, version: int, in_idat: bool) -> None:
    if in_idat and version == 0:
        return  # the first version knows only offsets into the file
    path = tmp_path / "a.avif"
    path.write_bytes(heif(version=version, in_idat=in_idat))
    found = read(path)
    assert found.parameters == INFOTEXT
    assert found.find(XMP) == PACKET.decode()
    assert found.container == "avif"
    path.write_bytes(heif(version=version, in_idat=in_idat, brand=b"heic"))
    assert read(path).container == "heif"


@pytest.mark.parametrize("is_large", [True, False])
def test_boxes_of_jpeg_xl(tmp_path: Path, is_large: bool) -> None:
    path = tmp_path / "a.jxl"
    exif = box(b"Exif", bytes(4) + EXIF, is_large=is_large)
    pixels = box(b"jxlc", bytes(50))
    path.write_bytes(
        b"\0\0\0\x0cJXL \r\n\x87\n" + pixels + exif + box(b"xml ", PACKET) + box(b"brob", b"Exif")
    )
    found = read(path)
    assert found.parameters == INFOTEXT
    assert found.find(XMP) == PACKET.decode()
    assert [finding.kind for finding in found.findings] == ["compressed"]


def animated() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.effect_noise((30, 20), spread) for spread in (10, 90)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def test_comments_of_gif_stand_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    text = INFOTEXT.encode() * 20
    parts = b"".join(
        bytes([len(text[at : at + 255])]) + text[at : at + 255] for at in range(0, len(text), 255)
    )
    comment = b"\x21\xfe" + parts + b"\0"
    whole = animated()
    path.write_bytes(whole[:-1] + comment + b"\x3b")
    assert read(path).parameters == INFOTEXT * 20
    path.write_bytes(whole)
    assert read(path).parameters is None
    assert read(path).size == (30, 20)
    path.write_bytes(whole[:9])
    with pytest.raises(MetadataError, match="header"):
        read(path)


@pytest.mark.parametrize("make", [heif(version=0), heif(version=2, in_idat=True), animated()])
@IN_ONE_FOLDER
@given(st.data())
def test_damage_is_survived(tmp_path: Path, make: bytes, data: st.DataObject) -> None:
    whole = bytearray(make)
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(12, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.bin"
    path.write_bytes(whole[: data.draw(st.integers(12, len(whole)))])
    try:
        describe(path)
    except MetadataError as error:
        assert str(error)  # noqa: PT017


def test_xmp_and_comments_beside_exif(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 6)).save(path, exif=b"Exif\0\0" + EXIF, xmp=PACKET, comment=b"silent")
    found = read(path)
    assert found.parameters == INFOTEXT
    assert found.find(XMP) == PACKET.decode()
    assert found.find(COMMENT) == "silent"
    assert found.size == (8, 6)
    path = tmp_path / "a.webp"
    Image.new("RGBA", (8, 6)).save(path, exif=EXIF, xmp=PACKET, lossless=True)
    found = read(path)
    assert (found.parameters, found.find(XMP)) == (INFOTEXT, PACKET.decode())
    assert (found.size, found.has_alpha) == ((8, 6), True)


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (b"...oclaim_generator\x69Make/1.0 ...", '{"claim_generator": "Make/1.0 "}'),
        (b"..softwareAgent\xa1dname\x69gpt-image", '{"softwareAgent": "gpt-image"}'),
        (b'"claim_generator":"a b","alg"', '{"claim_generator": "a b"}'),
        (b"x http://cv.iptc.org/newscodes/digitalsourcetype/abc\0", '{"digitalSourceType": "abc"}'),
        (b"claim_generator", "{}"),
        (b"claim_generator\x7f\xff", "{}"),
        (b"", "{}"),
    ],
)
def test_content_credentials(manifest: bytes, expected: str) -> None:
    assert summarise(manifest) == expected


@given(st.binary(max_size=60))
def test_any_content_credentials(junk: bytes) -> None:
    summarise(b"claim_generator" + junk)


def test_content_credentials_of_png(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(
        SIGNATURE
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"caBX", b"claim_generator\x63gen")
        + text_chunk("parameters", INFOTEXT)
        + chunk(b"IEND", b"")
    )
    described = describe(path)
    assert described.metadata.find(C2PA) == '{"claim_generator": "gen"}'
    assert described.generation is not None
    assert described.generation.tool == "a1111"


def test_side_files_speak_for_silent_pictures(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    Image.new("RGB", (4, 4)).save(picture)
    assert describe(picture).generation is None
    side = tmp_path / "a.txt"
    side.write_text("a caption of a training picture", encoding="utf-8")
    assert describe(picture).generation is None
    side.write_text(INFOTEXT, encoding="utf-8")
    found = describe(picture).generation
    assert found is not None
    assert found.get("Seed") == "1"
    side.write_bytes(b"\xff\xfe\0")
    (tmp_path / "a.json").write_text('{"prompt": "j", "num_inference_steps": 4}', encoding="utf-8")
    found = describe(picture).generation
    assert found is not None
    assert found.prompt == "j"
