"""What is fuzzed: a function from any bytes for each reader. Whatever the bytes, its promises are kept.

A reader gives a result or raises MetadataError, or another MezzotintError where its documentation says so;
twice the same; no half surrogate pairs, which no file can hold; and no more text than the limits allow.
"""

import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from PIL import Image

from mezzotint.compiler.passes.attention import attention
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.ambiguity import diagnose
from mezzotint.grammar.infotext.display import to_source
from mezzotint.grammar.infotext.effective import effective
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.infotext.text import parse, render
from mezzotint.runtime.interchange.forms import FORMS, export_text, import_text
from mezzotint.runtime.metadata.change import change
from mezzotint.runtime.metadata.describe import Description, describe
from mezzotint.runtime.metadata.edit import edited
from mezzotint.runtime.metadata.png_chunks import SIGNATURE as PNG
from mezzotint.runtime.metadata.png_chunks import chunk, international_chunk
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.record import MAX_TOTAL, Entry, Metadata, MetadataError, Place
from mezzotint.runtime.metadata.strip import Strip, strip
from mezzotint.runtime.metadata.tools.registry import identify

Target = Callable[[bytes], None]

SAMPLES = Path(__file__).parents[1] / "golden" / "meta_samples"
_NAMES = """
parameters prompt workflow Comment Description Software Dream sd-metadata invokeai_metadata generation_data
parameters-json smproj exif:Model exif:Make c2pa XML:com.adobe.xmp num_inference_steps negative_prompt Title
Source fooocus_scheme exif:ImageDescription exif:Software comment
"""
KEYWORDS = _NAMES.split()
BETWEEN = b"\xff"  # the texts of an input; no UTF-8 has it
_SIDE = 48  # pixels
_INFOTEXT = "a cat\nSteps: 1, Sampler: Euler, Seed: 5, Size: 8x8"


def _file(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"mezzotint-fuzz-{os.getpid()}-{name}"


def _texts(value: object) -> Iterator[str]:
    """All texts inside a result."""
    match value:
        case str():
            yield value
        case tuple() | list():
            for one in value:
                yield from _texts(one)
        case dict():
            yield from _texts([*value, *value.values()])
        case _ if is_dataclass(value):
            yield from _texts([getattr(value, field.name) for field in fields(value)])


def check_result(described: Description, size: int) -> None:
    """The promises about what came out of ``size`` bytes."""
    for part, limit in ((described.metadata, 4), (described.generation, 16)):
        texts = list(_texts(part))
        total = sum(len(text.encode("utf-8")) for text in texts)
        assert total <= limit * (MAX_TOTAL + size), total


def _describe(path: Path, *, hidden: bool = False) -> Description | str:
    try:
        return describe(path, hidden=hidden)
    except MetadataError as error:
        return str(error)


def read_file(data: bytes) -> None:
    """A file of any kind."""
    path = _file("read.bin")
    path.write_bytes(data)
    described = _describe(path)
    assert described == _describe(path)
    if isinstance(described, Description):
        check_result(described, len(data))
    try:
        read(path, like_reference=True)
    except MetadataError:
        assert isinstance(described, str)


def read_side_file(data: bytes) -> None:
    """The text beside a picture that says nothing."""
    path = _file("side.png")
    path.write_bytes(PNG + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b""))
    path.with_suffix(".txt").write_bytes(data)
    described = describe(path)
    assert described == describe(path)
    check_result(described, len(data))


def read_hidden(data: bytes) -> None:
    """Bits hidden in pixels: of the transparency, or, where the first byte is odd, of the colours."""
    mode = "RGB" if data[:1] and data[0] & 1 else "RGBA"
    bands = 3 if mode == "RGB" else 1
    bits = "".join(f"{byte:08b}" for byte in data[1 : 1 + _SIDE * _SIDE * bands // 8])
    bits = bits.ljust(_SIDE * _SIDE * bands, "0")
    lows = [254 | (bit == "1") for bit in bits]
    pixels = bytearray()
    for y in range(_SIDE):
        for x in range(_SIDE):
            at = (x * _SIDE + y) * bands
            pixels += bytes(lows[at : at + 3]) if mode == "RGB" else bytes((9, 9, 9, lows[at]))
    out = io.BytesIO()
    Image.frombytes(mode, (_SIDE, _SIDE), bytes(pixels)).save(out, "PNG", compress_level=0)
    path = _file("hidden.png")
    path.write_bytes(out.getvalue())
    check_result(describe(path, hidden=True), len(data))


def read_texts(data: bytes) -> None:
    """The texts of a picture as all programs' readers see them: each a byte for its name, and itself."""
    parts = [part for part in data.split(BETWEEN) if part]
    entries = [Entry(KEYWORDS[part[0] % len(KEYWORDS)], part[1:].decode("utf-8", "ignore")) for part in parts]
    parameters = next((one.text for one in reversed(entries) if one.keyword == KEYWORDS[0]), None)
    others = tuple(one for one in entries if one.keyword != KEYWORDS[0])
    place = Place.KEYWORD if parameters is not None else None
    found = Metadata("png", parameters, entries=others, place=place, size=(8, 8))
    made = identify(found)
    assert made == identify(found)
    check_result(Description(found, made), len(data))


def read_infotext(data: bytes) -> None:
    """An infotext, by the reference's rules and without loss."""
    text = data.decode("utf-8", "ignore")
    record = parse(text)
    assert parse(render(record)) == record
    assert to_source(parse_frame(text)) == text
    list(diagnose(record))
    with suppress(MezzotintError):
        effective(record, attention)
    assert read_document(text, Dialect.INFOTEXT).source == text


def change_infotext(data: bytes) -> None:
    """Setting values: what is not refused reads back as asked for."""
    text, _, value = data.decode("utf-8", "ignore").partition("\0")
    for key in ("Prompt", "Negative prompt", "Seed"):
        try:
            changed = parse(change(text, {key: value or None}))
        except MetadataError:
            continue
        got = {"Prompt": changed.prompt, "Negative prompt": changed.negative_prompt}.get(key)
        assert (changed.get(key) or "" if key == "Seed" else got) == value


def edit_file(data: bytes) -> None:
    """A picture that is changed reads back as asked for, and stripped of it says nothing."""
    path = _file("edit.bin")
    try:
        changed = edited(data, _INFOTEXT)
        bare = strip(changed, Strip())
    except MetadataError:
        return
    path.write_bytes(changed)
    assert read(path).parameters == _INFOTEXT
    path.write_bytes(edited(changed, _INFOTEXT))
    assert read(path).parameters == _INFOTEXT
    path.write_bytes(bare)
    left = _describe(path)
    assert isinstance(left, str) or left.metadata.parameters is None


def translate(form: str, data: bytes) -> None:
    """Another program's form to an infotext, and that to all forms."""
    text = data.decode("utf-8", "ignore")
    try:
        infotext = import_text(text, form).text
    except MezzotintError:
        return
    for other in FORMS:
        export_text(infotext, other)


TARGETS: Mapping[str, Target] = {
    "file": read_file,
    "side": read_side_file,
    "hidden": read_hidden,
    "texts": read_texts,
    "infotext": read_infotext,
    "change": change_infotext,
    "edit": edit_file,
    **{f"from-{form}": partial(translate, form) for form in FORMS},
}


def seeds(name: str) -> Iterator[bytes]:
    """Valid inputs to begin with."""
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".jsonl")
    small = [path for path in files if path.stat().st_size < 20_000]
    if name in {"file", "edit"}:
        yield from (path.read_bytes() for path in small)
        yield _with_record()
        return
    for path in small:
        described = describe(path)
        made, found = described.generation, described.metadata
        if name == "texts":
            yield _as_texts(found)
        elif made is not None and made.infotext is not None:
            yield from _from_infotext(name, made.infotext)


def _with_record() -> bytes:
    body = international_chunk("mezzotint", '{"format":"mezzotint/1","version":"0.1.0"}')
    return PNG + chunk(b"IHDR", bytes(13)) + body + chunk(b"IEND", b"")


def _as_texts(found: Metadata) -> bytes:
    entries = [one for one in found.entries if one.keyword in KEYWORDS]
    if found.parameters is not None:
        entries.insert(0, Entry(KEYWORDS[0], found.parameters))
    return BETWEEN.join(bytes([KEYWORDS.index(one.keyword)]) + one.text.encode() for one in entries)


def _from_infotext(name: str, infotext: str) -> Iterator[bytes]:
    if name == "hidden":
        payload = infotext.encode()
        yield b"\0stealth_pnginfo" + (len(payload) * 8).to_bytes(4, "big") + payload
        yield b"\1stealth_rgbinfo" + (len(payload) * 8).to_bytes(4, "big") + payload
    elif name.startswith("from-"):
        yield export_text(infotext, name.removeprefix("from-")).text.encode()
    else:
        yield infotext.encode() + (b"\0" + b"a, b: c" if name == "change" else b"")


def first_seeds(name: str, count: int) -> list[bytes]:
    """Some of the valid inputs."""
    return list(islice(seeds(name), count))
