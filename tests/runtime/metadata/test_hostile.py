"""Files made to hurt: whatever a file holds, it is read soon and without an accident.

More of them stand in test_hostile_folder.py, with what is told of each; damaged samples in tests/fuzz.
"""

import gc
import io
import json
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mezzotint.runtime.metadata.describe import Description, describe
from mezzotint.runtime.metadata.png_chunks import SIGNATURE, chunk, text_chunk
from mezzotint.runtime.metadata.record import Metadata, MetadataError, Place
from mezzotint.runtime.metadata.strict_json import MAX_DEPTH, load, load_object
from mezzotint.runtime.metadata.tools.registry import identify

SAMPLES = Path(__file__).parents[2] / "golden" / "meta_samples"
FILES = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".jsonl")
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
END = chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")


def png(**texts: str) -> bytes:
    return SIGNATURE + HEADER + b"".join(text_chunk(key, text) for key, text in texts.items()) + END


def look(folder: Path, data: bytes) -> Description | None:
    path = folder / "a.bin"
    path.write_bytes(data)
    try:
        described = describe(path)
    except MetadataError:
        return None
    if described.generation is not None:
        for field in (*described.generation.fields, *described.generation.others):
            (field.key + field.value + field.written).encode("utf-8")  # no half surrogate pairs
        (described.generation.infotext or "").encode("utf-8")
    return described


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
LINKS = st.tuples(st.integers(0, 9).map(str) | st.integers(0, 9), st.integers(-1, 3)).map(list)
INPUTS = """
positive negative model clip latent_image samples images text seed steps sampler_name guider noise sigmas
sampler conditioning cond1 string_a value width height lora_name lora_1 ckpt_name switch on_true on_false
image vae prompt delimiter text_0 upscale_model scale_by
"""
NODES = st.fixed_dictionaries(
    {
        "class_type": st.sampled_from(
            ["KSampler", "SaveImage", "CLIPTextEncode", "X", "ConditioningZeroOut"]
        ),
        "inputs": st.dictionaries(st.sampled_from(INPUTS.split()), LINKS | JSON, max_size=8),
    }
)


@settings(max_examples=80)
@given(st.dictionaries(st.integers(0, 9).map(str), NODES, max_size=10))
def test_any_graph(graph: dict[str, object]) -> None:
    identify(png_texts(prompt=json.dumps(graph)))


def png_texts(**texts: str) -> Metadata:
    """The metadata of a picture with these texts, as far as readers of programs care."""
    from mezzotint.runtime.metadata.record import Entry

    parameters = texts.pop("parameters", None)
    entries = tuple(Entry(key, text) for key, text in texts.items())
    return Metadata("png", parameters, None, entries, (), Place.KEYWORD if parameters else None, (8, 8))


KEYWORDS = """
parameters prompt workflow Comment Description Software Dream sd-metadata invokeai_metadata generation_data
parameters-json smproj exif:Model exif:Make c2pa XML:com.adobe.xmp num_inference_steps negative_prompt
"""
NAMES = """
prompt uc steps sampler scheduler seed size width height model loras sui_image_params sui_models base_model
resolution extraMetadata v4_prompt caption char_captions base_caption image PositivePrompt baseModel Prompt c
base_model_name num_inference_steps clip_skip clipstopatlayer strength v2 sampler_name model_hash
"""
KEYS = st.sampled_from(NAMES.split())
OBJECTS = st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, JSON, max_size=4), max_size=8)
TEXTS = st.dictionaries(
    st.sampled_from(KEYWORDS.split()), OBJECTS.map(json.dumps) | st.text(max_size=60), max_size=4
)


@settings(max_examples=100)
@given(TEXTS)
def test_any_values_under_known_names(texts: dict[str, str]) -> None:
    identify(png_texts(**texts))


@given(st.text(max_size=200) | st.text('{}[]":,0 aA-\\\n', max_size=200))
def test_any_json(text: str) -> None:
    load(text)
    load(text, is_strict=True)


def test_json_has_limits() -> None:
    assert load("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert load("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) is None
    assert load("[" * 200_000) is None
    assert load("1" * 10_000) is None
    assert load("[" + "0," * 1_100_000 + "0]") is None
    assert load_object('{"a": NaN}') is not None
    assert load_object('{"a": NaN}', is_strict=True) is None
    assert load_object("[1]") is None
    assert load_object('  {"a": 1}\0') == {"a": 1}


def node(kind: str, **inputs: object) -> dict[str, object]:
    return {"class_type": kind, "inputs": inputs}


def sampling(**more: object) -> dict[str, object]:
    return {
        "1": node("SaveImage", images=["2", 0]),
        "2": node("VAEDecode", samples=["3", 0]),
        "3": node(
            "KSampler", seed=1, steps=2, cfg=3, positive=["10", 0], negative=["10", 0], latent_image=["3", 0]
        ),
        **more,
    }


def diamond(depth: int) -> dict[str, object]:
    """A graph with 2 ** depth paths."""
    nodes = {
        str(10 + n): node(
            "ConditioningCombine", conditioning_1=[str(11 + n), 0], conditioning_2=[str(11 + n), 0]
        )
        for n in range(depth)
    }
    return sampling(**nodes, **{str(10 + depth): node("CLIPTextEncode", text="the end")})


ATTACKS: dict[str, Callable[[], bytes]] = {
    "ring of switches": lambda: png(
        prompt=json.dumps(
            sampling(
                **{
                    "10": node("X", on_true=["11", 0], on_false=1, switch=True),
                    "11": node("X", on_true=["10", 0], on_false=1, switch=True),
                }
            )
        )
    ),
    "diamond": lambda: png(prompt=json.dumps(diamond(60))),
    "words": lambda: png(parameters="a " * 400_000),
    "spaces": lambda: png(parameters=" " * 400_000 + "x"),
    "hashes": lambda: png(parameters="Steps: 1, " + "Hashes: {" * 100_000),
    "open lists": lambda: png(parameters="Steps: 1, Seed: 2, " + "aa: [1, " * 100_000),
    "lines": lambda: png(parameters="x\n" * 400_000),
    "step lines": lambda: png(parameters="Steps: 1\n" * 100_000),
    "brackets": lambda: png(Dream='"' + "[" * 300_000 + '" -s1'),
    "braces": lambda: png(
        Software="NovelAI", Comment=json.dumps({"uc": "", "prompt": "{[" * 300_000 + "1::" * 100_000})
    ),
    "plus": lambda: png(invokeai_metadata=json.dumps({"positive_prompt": "a++" * 200_000 + ")" * 1000})),
    "flags": lambda: png(Description=" --" * 200_000 + " Job ID: 1"),
    "tags": lambda: png(**{"XML:com.adobe.xmp": "<exif:UserComment>" * 100_000}),
    "attributes": lambda: png(**{"XML:com.adobe.xmp": "exif:UserComment=" * 100_000}),
    "civitai": lambda: png(parameters="x\nSteps: 1, Civitai resources: " + "[{" * 200_000),
    "exif": lambda: (
        SIGNATURE
        + HEADER
        + chunk(
            b"eXIf",
            struct.pack(">4sIH", b"MM\0*", 8, 65_535) + struct.pack(">HHII", 0x010F, 2, 700_000, 8) * 65_535,
        )
        + END
    ),
    "gif": lambda: b"GIF89a" + bytes(7) + b"\x21\xf9\1a" * 300_000,
    "boxes": lambda: b"\0\0\0\x10ftypavif\0\0\0\0" + b"\0\0\0\x08free" * 300_000,
}


LIMIT = 20  # seconds, which tell a hang from a busy machine; most take milliseconds


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_over_soon(tmp_path: Path, name: str) -> None:
    data = ATTACKS[name]()
    start = time.perf_counter()
    look(tmp_path, data)
    assert time.perf_counter() - start < LIMIT


@pytest.mark.parametrize(
    "name",
    [
        "words",
        "spaces",
        "hashes",
        "open lists",
        "lines",
        "step lines",
        "brackets",
        "braces",
        "plus",
        "flags",
        "tags",
    ],
)
def test_time_is_linear_in_size(name: str) -> None:
    """Four times the text may take a little more than four times as long, not sixteen times."""
    shapes: dict[str, tuple[str, Callable[[int], str]]] = {
        "words": ("parameters", lambda n: "a " * n),
        "spaces": ("parameters", lambda n: " " * n + "x: 1, " * 4),
        "hashes": ("parameters", lambda n: "Steps: 1, " + "Hashes: {" * n),
        "open lists": ("parameters", lambda n: "Steps: 1, Seed: 2, " + "aa: [1, " * n),
        "lines": ("parameters", lambda n: "x\n" * n),
        "step lines": ("parameters", lambda n: "Steps: 1\n" * n),
        "brackets": ("Dream", lambda n: '"' + "[" * n + "]" * n + '" -s1'),
        "braces": ("Comment", lambda n: json.dumps({"uc": "", "prompt": "{[1.2::x" * n})),
        "plus": ("invokeai_metadata", lambda n: json.dumps({"positive_prompt": "ab++ " * n})),
        "flags": ("Description", lambda n: " --ar 2:3" * n + " Job ID: 1"),
        "tags": ("XML:com.adobe.xmp", lambda n: "<exif:UserComment>" * n),
    }
    keyword, shape = shapes[name]
    small, large = (png_texts(**{keyword: shape(n)}) for n in (4_000, 16_000))
    assert measure(large) < 9 * measure(small) + 0.02


def measure(found: Metadata) -> float:
    """The shortest of some runs, in seconds of processor time: others may be at work."""
    times = []
    gc.disable()
    for _ in range(3):
        start = time.process_time()
        identify(found)
        times.append(time.process_time() - start)
    gc.enable()
    return min(times)


def stealth(payload: bytes, mark: bytes, length: int, *, size: int = 64, bands: str = "A") -> bytes:
    """A picture with bits hidden in its pixels, column by column."""
    bits = "".join(f"{byte:08b}" for byte in mark + struct.pack(">I", length) + payload)
    image = Image.new(
        "RGBA" if bands == "A" else "RGB", (size, size), (254, 254, 254, 254)[: 4 if bands == "A" else 3]
    )
    pixels = image.load()
    assert pixels is not None
    for at in range(0, len(bits), len(bands)):
        x, y = divmod(at // len(bands), size)
        values = [254 | int(bit) for bit in bits[at : at + len(bands)].ljust(len(bands), "0")]
        pixels[x, y] = (254, 254, 254, values[0]) if bands == "A" else (values[0], values[1], values[2])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


INFOTEXT = "hidden\nSteps: 1, Sampler: Euler, Seed: 5, Size: 8x8"


@pytest.mark.parametrize("bands", ["A", "RGB"])
@pytest.mark.parametrize("is_compressed", [True, False])
def test_hidden_texts(tmp_path: Path, bands: str, is_compressed: bool) -> None:
    payload = INFOTEXT.encode()
    if is_compressed:
        squeeze = zlib.compressobj(wbits=31)
        payload = squeeze.compress(payload) + squeeze.flush()
    mark = b"stealth_" + (b"png" if bands == "A" else b"rgb") + (b"comp" if is_compressed else b"info")
    path = tmp_path / "a.png"
    path.write_bytes(stealth(payload, mark, len(payload) * 8, bands=bands))
    generation = describe(path, hidden=True).generation
    assert generation is not None
    assert generation.prompt == "hidden"
    # Without being asked only pictures that can be transparent are decoded.
    assert (describe(path).generation is not None) == (bands == "A")


def test_hidden_lies(tmp_path: Path) -> None:
    squeeze = zlib.compressobj(9, wbits=31)
    bomb = squeeze.compress(bytes(64 << 20)) + squeeze.flush()
    for data in (
        stealth(b"x", b"stealth_pnginfo", 0xFFFFFFFF),
        stealth(b"x", b"stealth_pngcomp", 8),
        stealth(b"x", b"stealth_pnginfo", 0),
        stealth(b"x", b"stealth_rgbinfo", 8),
        stealth(bomb, b"stealth_pngcomp", len(bomb) * 8, size=1024),
    ):
        start = time.perf_counter()
        described = look(tmp_path, data)
        assert described is not None
        assert described.generation is None
        assert time.perf_counter() - start < LIMIT


def test_half_surrogates_never_come_out(tmp_path: Path) -> None:
    described = look(tmp_path, png(Comment='{"uc": "\\ud800", "prompt": "a\\udc00b", "\\ud800": "x"}'))
    assert described is not None
    assert described.generation is not None
    assert described.generation.prompt == "a\ufffdb"
    described = look(tmp_path, png(parameters='a\nSteps: 1, Sampler: "x, \\ud800", Seed: 2'))
    assert described is not None
    assert described.generation is not None
    assert described.generation.get("Sampler") == "x, \ufffd"
