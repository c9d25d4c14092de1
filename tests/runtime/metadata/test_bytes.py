"""Changing metadata leaves pixels and foreign parts of a file as they are, byte for byte."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from mezzotint.runtime.metadata.carry import copied
from mezzotint.runtime.metadata.edit import remove_parameters, set_parameters
from mezzotint.runtime.metadata.strip import Strip, strip

TEXT = "a cat\nNegative prompt: b\nSteps: 20, Sampler: Euler a, Seed: 1"
OTHER = "猫\nSteps: 3, Sampler: Heun, Seed: 7, Size: 8x8"
SAMPLES = Path(__file__).parents[2] / "golden" / "meta_samples"
NOISE = Image.effect_noise((80, 56), 60).convert("RGB")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:rights>me</dc:rights></x:xmpmeta>'

Parts = list[tuple[object, bytes]]


def camera() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif[0x0112] = 6
    return exif


def png() -> bytes:
    """Pixels in several chunks, with private ones between, before and behind them."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Copyright", "somebody", zip=True)
    texts.add(b"prVt", b"private")
    texts.add(b"teSt", b"behind", after_idat=True)
    out = BytesIO()
    NOISE.resize((400, 300)).save(out, "PNG", pnginfo=texts, icc_profile=b"icc", dpi=(72, 72))
    return out.getvalue()


def png_parts(data: bytes) -> Parts:
    found: Parts = []
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at : at + 12 + length]))
        at += 12 + length
    return found


def jpeg() -> bytes:
    """A progressive picture of several scans, with foreign segments, padding, and bytes behind its end."""
    out = BytesIO()
    NOISE.save(out, "JPEG", icc_profile=b"icc" * 30000, exif=camera(), xmp=XMP, progressive=True, quality=90)
    data = out.getvalue()
    foreign = b"\xff\xff\xec\x00\x08Ducky!" + b"\xff\xed\x00\x10Photoshop 3.0\0"
    return data[:2] + foreign + data[2:] + b"trailer"


def jpeg_parts(data: bytes) -> Parts:
    """The segments, then everything from the first scan on."""
    found: Parts = []
    at = 2
    while True:
        start = at
        while data[at + 1] == 0xFF:
            at += 1
        if data[at + 1] == 0xDA:
            return [*found, ("scans", data[start:])]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], data[start:end]))
        at = end


def webp(*, lossless: bool, is_animated: bool = False, alpha: bool = False) -> Callable[[], bytes]:
    def make() -> bytes:
        image = NOISE.convert("RGBA") if alpha else NOISE
        if alpha:
            image.putalpha(Image.linear_gradient("L").resize(image.size))
        more = {"save_all": True, "append_images": [image.rotate(90)]} if is_animated else {}
        out = BytesIO()
        image.save(out, "WEBP", lossless=lossless, icc_profile=b"icc!", exif=camera(), xmp=XMP, **more)
        body = out.getvalue()[8:] + b"prVt\x03\0\0\0abc\0"
        return b"RIFF" + len(body).to_bytes(4, "little") + body

    return make


def webp_parts(data: bytes) -> Parts:
    found: Parts = []
    at = 12
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        end = at + 8 + length + length % 2
        found.append((data[at : at + 4], data[at:end]))
        at = end
    return found


KINDS: dict[str, tuple[Callable[[], bytes], Callable[[bytes], Parts], str]] = {
    "png": (png, png_parts, "a1111_a.png"),
    "jpeg": (jpeg, jpeg_parts, "a1111_uc_be_a.jpg"),
    "webp lossy": (webp(lossless=False), webp_parts, "a1111_a.webp"),
    "webp lossless": (webp(lossless=True), webp_parts, "a1111_a.webp"),
    "webp alpha": (webp(lossless=False, alpha=True), webp_parts, "a1111_a.webp"),
    "webp animated": (webp(lossless=True, is_animated=True), webp_parts, "a1111_a.webp"),
}


def foreign(parts: Parts) -> list[bytes]:
    """What no change of an infotext may touch: all but texts of its own, EXIF, and the flags of WebP."""
    kept = []
    for kind, body in parts:
        is_exif = kind == b"EXIF" or (kind == 0xE1 and body[4:8] == b"Exif")
        if kind == b"VP8X":
            kept.append(body[9:])
        elif not is_exif and b"parameters\0" not in body[:20]:
            kept.append(body)
    return kept


def exif_texts(data: bytes) -> dict[int, object]:
    with Image.open(BytesIO(data)) as image:
        exif = dict(image.getexif())
    exif.pop(0x8769, None)
    return exif


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_foreign_stays(kind: str, tmp_path: Path) -> None:
    make, split, sample = KINDS[kind]
    data = make()
    path = tmp_path / f"a.{kind.partition(' ')[0]}"
    path.write_bytes(data)
    before, tags = foreign(split(data)), exif_texts(data)
    for text in (TEXT, OTHER):
        set_parameters(path, text)
        assert foreign(split(path.read_bytes())) == before
    data, _ = copied(SAMPLES / sample, path)
    assert foreign(split(data)) == before
    assert exif_texts(data) == tags
    assert foreign(split(strip(data, Strip()))) == before
    remove_parameters(path)
    assert foreign(split(path.read_bytes())) == before
    assert exif_texts(path.read_bytes()) == tags


@pytest.mark.parametrize("kind", KINDS)
def test_all_is_stripped_but_the_pixels(kind: str, tmp_path: Path) -> None:
    make, split, _ = KINDS[kind]
    data = make()
    left = strip(data, Strip(everything=True, keep_icc=False))
    pixels = {b"IDAT", "scans", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
    assert [part for part in split(left) if part[0] in pixels] == [
        part for part in split(data) if part[0] in pixels
    ]
    for word in (b"a camera", b"somebody", XMP, b"icc"):
        assert word not in left


def test_setting_what_is_set_changes_nothing(tmp_path: Path) -> None:
    for kind, (make, _, _) in KINDS.items():
        path = tmp_path / kind
        path.write_bytes(make())
        set_parameters(path, TEXT)
        data = path.read_bytes()
        set_parameters(path, TEXT)
        assert path.read_bytes() == data
