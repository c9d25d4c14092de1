"""Stripping, copying, converting and changing metadata: what goes, what stays."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.metadata.atomic import write_file
from mezzotint.runtime.metadata.carry import copied, take
from mezzotint.runtime.metadata.change import change
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.edit import set_parameters
from mezzotint.runtime.metadata.png_chunks import SIGNATURE, chunk
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import MetadataError
from mezzotint.runtime.metadata.reencode import Encoding, reencoded
from mezzotint.runtime.metadata.strip import Strip, strip
from mezzotint.runtime.metadata.tools.labels import NAMES as LABELS

SAMPLES = Path(__file__).parents[2] / "golden" / "meta_samples"
TEXT = (
    'a cat, "x"\nNegative prompt: bad,\n\nworse\n'
    'Steps: 20, Sampler: Euler a , Seed: 1, odd thing, VAE: "a, b", Seed: 5,  Version: v1'
)
WHOLE = sorted(
    path
    for path in SAMPLES.iterdir()
    if path.suffix in {".png", ".jpg", ".webp"} and not path.name.startswith("truncated")
)


def pixels(data: bytes) -> bytes:
    with Image.open(BytesIO(data)) as image:
        return image.tobytes()


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_strip_leaves_no_word_and_every_pixel(path: Path, tmp_path: Path) -> None:
    data, made = path.read_bytes(), describe(path).generation
    left = strip(data, Strip(made))
    assert pixels(left) == pixels(data)
    target = tmp_path / path.name
    target.write_bytes(left)
    still = describe(target).generation
    assert still is None or still.tool in LABELS or "stealth" in path.name
    texts = () if made is None else (made.prompt, made.negative_prompt)
    for words in filter(None, texts):
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            assert words[:12].encode(encoding) not in left
    assert strip(left, Strip()) == left


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 12 + length]))
        at += 12 + length
    return found


def rich_png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", TEXT)
    texts.add_text("prompt", '{"1": {}}', zip=True)
    texts.add_text("Copyright", "somebody")
    texts.add(b"prVt", b"private", after_idat=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(
        out, "PNG", pnginfo=texts, icc_profile=b"icc", exif=exif, dpi=(72, 72)
    )
    return out.getvalue()


def test_what_is_not_of_the_making_stays() -> None:
    data = rich_png()
    how = Strip()
    after = chunks(strip(data, how))
    assert after == [c for c in chunks(data) if not c[1].startswith((b"parameters", b"prompt"))]
    assert how.removed == ["parameters", "prompt"]
    assert how.kept == ["colour profile", "Copyright", "EXIF"]
    kinds = {kind for kind, _ in chunks(strip(data, Strip(everything=True, keep_icc=False)))}
    assert kinds == {b"IHDR", b"pHYs", b"IDAT", b"prVt", b"IEND"}


@pytest.mark.parametrize("kind", ["WEBP", "JPEG"])
def test_profile_and_orientation_stay(kind: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = 'prompt:{"1": {"class_type": "KSampler"}}'
    path = tmp_path / "a"
    with path.open("wb") as file:
        Image.new("RGB", (8, 8), "red").save(file, kind, exif=exif, icc_profile=b"icc")
    set_parameters(path, TEXT)
    how = Strip()
    left = strip(path.read_bytes(), how)
    assert how.removed == ["EXIF UserComment", "EXIF Make"]
    with Image.open(BytesIO(left)) as image:
        assert image.info["icc_profile"] == b"icc"
        assert dict(image.getexif()) == {0x0112: 6} or dict(image.getexif())[0x0112] == 6
    assert b"KSampler" not in left
    assert b"EXIF" not in strip(left, Strip(everything=True))


@pytest.mark.parametrize("target", ["a1111_b.png", "a1111_b.webp", "civitai_b.jpg"])
def test_copy(target: str, tmp_path: Path) -> None:
    data, _ = copied(SAMPLES / "a1111_a.png", SAMPLES / target)
    assert pixels(data) == pixels((SAMPLES / target).read_bytes())
    place = tmp_path / target
    place.write_bytes(data)
    assert read(place).parameters == read(SAMPLES / "a1111_a.png").parameters


def test_a_graph_goes_whole_into_png_and_translated_elsewhere(tmp_path: Path) -> None:
    source = SAMPLES / "comfy_chain_a.png"
    data, notes = copied(source, SAMPLES / "a1111_b.png")
    place = tmp_path / "a.png"
    place.write_bytes(data)
    assert (read(place).find("prompt"), read(place).parameters, notes) == (
        read(source).find("prompt"),
        None,
        (),
    )
    data, notes = copied(source, SAMPLES / "a1111_b.webp")
    place.write_bytes(data)
    assert read(place).parameters == describe(source).generation.infotext  # type: ignore[union-attr]
    assert "only PNG can hold these texts, they stay behind: prompt" in notes


def test_nothing_to_copy() -> None:
    with pytest.raises(MetadataError, match="says nothing"):
        take(SAMPLES / "diffusers_plain_a.png")


@pytest.mark.parametrize("ending", ["png", "webp", "jpg"])
def test_convert(ending: str, tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(rich_png())
    place = tmp_path / f"b.{ending}"
    data, _ = reencoded(source, place, Encoding(is_lossless=True))
    place.write_bytes(data)
    assert read(place).parameters == TEXT
    with Image.open(place) as image:
        assert image.info["icc_profile"] == b"icc"
        assert image.getexif()[0x0112] == 6
        if ending != "jpg":
            assert image.convert("RGB").tobytes() == pixels(source.read_bytes())


def test_transparency_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(source)
    data, notes = reencoded(source, "b.jpg", Encoding())
    with Image.open(BytesIO(data)) as image:
        assert image.getpixel((0, 0)) == (255, 255, 255)
    assert notes[0].startswith("JPEG has no transparency")


def test_what_is_not_converted(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(
        SIGNATURE
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", b"")
        + chunk(b"IEND", b"")
    )
    for source, target in ((bomb, "b.png"), (SAMPLES / "truncated_a.png", "b.png"), (bomb, "b.gif")):
        with pytest.raises(MetadataError):
            reencoded(source, target, Encoding())


def test_pixels_that_would_lose_something_are_not_converted(tmp_path: Path) -> None:
    deep = tmp_path / "deep.png"
    rows = zlib.compress(b"\0" + bytes(range(6)))
    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    deep.write_bytes(SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    with pytest.raises(MetadataError, match="of the kind 16 bits, which would lose precision"):
        reencoded(deep, "b.webp", Encoding())
    printed = tmp_path / "printed.jpg"
    Image.new("CMYK", (8, 8)).save(printed)
    for target in ("b.png", "b.webp"):
        with pytest.raises(MetadataError, match=r"CMYK pixels, which .* cannot hold; name a \.jpg"):
            reencoded(printed, target, Encoding())
    assert reencoded(printed, "b.jpg", Encoding())[0]


def test_what_is_no_picture_is_told_without_words_of_python(tmp_path: Path) -> None:
    text = tmp_path / "a.png"
    text.write_text("a cat", encoding="utf-8")
    with pytest.raises(MetadataError, match=r"a\.png is no picture that can be decoded"):
        reencoded(text, "b.png", Encoding())


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_path_that_no_file_can_have(name: str) -> None:
    with pytest.raises(MetadataError, match="is no path that a file can have"):
        read(name)


def test_a_missing_folder_is_named_as_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match="make the folder first"):
        write_file(tmp_path / "none" / "a.png", b"")


def test_changes_touch_nothing_else() -> None:
    assert change(TEXT, {"steps": "30", "vae": 'x:"y", z', "Clip skip": "2"}) == (
        TEXT.replace("Steps: 20", "Steps: 30").replace('"a, b"', r'"x:\"y\", z"') + ", Clip skip: 2"
    )
    assert change(TEXT, {"Seed": None}) == TEXT.replace("Seed: 1, ", "").replace("Seed: 5,  ", "")
    assert change(TEXT, {"prompt": "dog\nb"}) == TEXT.replace('a cat, "x"', "dog\nb")
    assert change(TEXT, {"Negative prompt": None}) == TEXT.replace("Negative prompt: bad,\n\nworse\n", "")
    assert change("cat", {"Negative prompt": "b"}) == "cat\nNegative prompt: b"


@pytest.mark.parametrize(
    "changes",
    [
        {"Prompt": " x"},
        {"Prompt": "a\nNegative prompt: b"},
        {"a:b": "1"},
        {"Prompt": "a\nAB: 1, BC: 2, DE: 3"},
    ],
)
def test_what_would_be_read_back_differently_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(MetadataError, match="no infotext can hold"):
        change("cat", {**changes, "Steps": "1", "Seed": "2", "Size": "8x8"} if "a:b" in changes else changes)


def test_too_few_settings_are_refused() -> None:
    with pytest.raises(MetadataError, match="give 3"):
        change("cat", {"Steps": "1"})


KEYS = st.sampled_from(["Steps", "Seed", "VAE", "Version", "Prompt", "Negative prompt", "Clip skip"])


@given(st.dictionaries(KEYS, st.none() | st.text(min_size=1, max_size=12), max_size=4))
def test_a_change_that_is_made_is_the_one_asked_for(changes: dict[str, str | None]) -> None:
    try:
        after = parse(change(TEXT, changes))
    except MetadataError:
        return
    for key, value in changes.items():
        if key == "Prompt":
            assert after.prompt == (value or "")
        elif key == "Negative prompt":
            assert after.negative_prompt == (value or "")
        else:
            assert after.get(key) == value
