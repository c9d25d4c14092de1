"""A folder of files made to hurt, read by the command that a user runs, in a gigabyte of memory.

One process reads them all, and two good pictures with them. It may neither open a socket, nor start a
program, nor unpickle, nor open a file outside the folder, nor write one. It ends, its output is JSON, the
good pictures are read as ever, and of each hostile one it tells what is the matter.
"""

import gzip
import io
import json
import pickle
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from mezzotint.runtime.metadata.png_chunks import SIGNATURE, chunk, international_chunk, text_chunk

ROOT = Path(__file__).parents[3]
MEMORY = 1 << 30  # bytes of address space
HANG = 120  # seconds; no machine is that busy, and it takes about ten
GOOD = "a good cat\nSteps: 1, Sampler: Euler, Seed: 5, Size: 8x8"
MIB = 1 << 20

# What a reader of metadata has no business to do ends it with a status of its own.
_GUARD = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
FOLDER = sys.argv.pop(1)
def guard(event, arguments):
    if event == "open":
        name, mode, flags = arguments
        name = os.fsdecode(name) if isinstance(name, (str, bytes)) else ""
        is_hostile = name.startswith(FOLDER)
        bad = name.endswith((".ckpt", "passwd")) or is_hostile and flags & (os.O_WRONLY | os.O_RDWR)
    else:
        bad = event.startswith(("socket.", "pickle.", "subprocess.", "os.system", "os.exec", "urllib."))
    if bad:
        os.write(2, f"forbidden: {{event}} {{arguments}}".encode())
        os._exit(99)
sys.modules["torch"] = None
from mezzotint.cli import main
sys.addaudithook(guard)
main()
"""

HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
DATA = chunk(b"IDAT", zlib.compress(bytes(8 * 25)))
END = DATA + chunk(b"IEND", b"")


def png(*chunks: bytes, header: bytes = HEADER, end: bytes = END) -> bytes:
    return SIGNATURE + header + b"".join(chunks) + end


def texts(**named: str) -> bytes:
    return png(*(text_chunk(key, text) for key, text in named.items()))


def raw(length: int, kind: bytes, body: bytes) -> bytes:
    """A chunk that says what it likes of its length, without a checksum."""
    return struct.pack(">I", length) + kind + body


def bomb(size: int) -> bytes:
    """What decompresses to so many zero bytes."""
    stream = zlib.compressobj(9)
    return b"".join(stream.compress(bytes(MIB)) for _ in range(size // MIB)) + stream.flush()


def ztxt(keyword: bytes, packed: bytes) -> bytes:
    return chunk(b"zTXt", keyword + b"\0\0" + packed)


def exif(comment: bytes, *, count: int | None = None, at: int | None = None, inner: int = 26) -> bytes:
    """An EXIF block with a user comment that may lie about its length and place."""
    head = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x8769, 4, 1, inner, 0)
    count, at = len(comment) if count is None else count, 44 if at is None else at
    return head + struct.pack(">HHHIII", 1, 0x9286, 7, count, at, 0) + comment


def jpeg(block: bytes) -> bytes:
    """A picture with an EXIF block."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=b"Exif\0\0" + block)
    return out.getvalue()


def in_exif(block: bytes) -> bytes:
    return png(chunk(b"eXIf", block))


def graph(nodes: Mapping[str, object]) -> bytes:
    return texts(prompt=json.dumps(nodes))


def node(kind: str, **inputs: object) -> dict[str, object]:
    return {"class_type": kind, "inputs": inputs}


def sampling(**more: object) -> dict[str, object]:
    """A graph whose prompt is what stands at node 10."""
    sampler = node("KSampler", seed=1, steps=2, cfg=3, positive=["10", 0], negative=["10", 0])
    return {
        "1": node("SaveImage", images=["2", 0]),
        "2": node("VAEDecode", samples=["3", 0]),
        "3": sampler,
    } | more


def combined(first: str, second: str) -> dict[str, object]:
    return node("ConditioningCombine", conditioning_1=[first, 0], conditioning_2=[second, 0])


def diamond(depth: int) -> dict[str, object]:
    """A graph with 2 ** depth paths to one text."""
    steps = {str(10 + n): combined(str(11 + n), str(11 + n)) for n in range(depth)}
    return sampling(**steps, **{str(10 + depth): node("CLIPTextEncode", text="the end")})


def chain(length: int) -> dict[str, object]:
    steps = {str(10 + n): node("Reroute", conditioning=[str(11 + n), 0]) for n in range(length)}
    return sampling(**steps, **{str(10 + length): node("CLIPTextEncode", text="the end")})


def switches(length: int) -> dict[str, object]:
    steps = {str(10 + n): node("X", on_true=[str(11 + n), 0], on_false=1, switch=True) for n in range(length)}
    return sampling(**steps, **{str(10 + length): node("CLIPTextEncode", text="the end")})


def savers(length: int) -> dict[str, object]:
    steps = {
        str(10 + n): node("SaveImage", images=[str(11 + n), 0], seed=[str(11 + n), 0]) for n in range(length)
    }
    return sampling(**steps)


def stealth(mark: bytes, length: int, payload: bytes = b"", side: int = 64) -> bytes:
    """A picture with bits hidden in its transparency, column by column."""
    data = mark + struct.pack(">I", length) + payload
    bits = "".join(f"{byte:08b}" for byte in data).ljust(side * side, "0")
    image = Image.new("RGBA", (side, side), (9, 9, 9, 254))
    alpha = Image.new("L", (side, side))
    alpha.putdata([254 | (bit == "1") for bit in bits])
    image.putalpha(alpha.transpose(Image.Transpose.TRANSPOSE))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def black(side: int) -> bytes:
    """Very many pixels in very few bytes."""
    stream, row = zlib.compressobj(9), bytes(1 + -(-side // 8)) * 100
    pixels = b"".join(stream.compress(row) for _ in range(side // 100)) + stream.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return png(
        text_chunk("parameters", GOOD), header=header, end=chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def sparse(path: Path, size: int) -> None:
    """A text chunk of ``size`` bytes that take no room on the disk."""
    with path.open("wb") as file:
        file.write(SIGNATURE + HEADER + raw(size, b"tEXt", b"parameters\0"))
        file.seek(size - 7, io.SEEK_CUR)
        file.write(text_chunk("parameters", GOOD) + END)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(20)
)


class Threat(NamedTuple):
    """A hostile file, the kinds of findings about it, and what is read of it all the same."""

    make: Callable[[], bytes]
    findings: Iterable[str] = ()
    prompt: str | None = None
    tool: str | None = None


def still(make: Callable[[], bytes], *findings: str) -> Threat:
    """A file whose infotext is read in spite of what stands beside it."""
    return Threat(make, findings, "a good cat", "a1111")


PARAMETERS = text_chunk("parameters", GOOD)
SETTINGS = "\nSteps: 1, Sampler: Euler, Seed: 5, Size: 8x8"

THREATS: dict[str, Threat] = {
    "zTXt bomb": still(lambda: png(ztxt(b"x", bomb(64 * MIB)), PARAMETERS), "too-large"),
    "iTXt bomb": still(lambda: png(chunk(b"iTXt", b"x\0\1\0\0\0" + bomb(64 * MIB)), PARAMETERS), "too-large"),
    "200 texts of a MiB": still(
        lambda: png(PARAMETERS, *[ztxt(b"x", zlib.compress(bytes(MIB)))] * 200), "too-large"
    ),
    "iCCP bomb": still(lambda: png(chunk(b"iCCP", b"x\0\0" + bomb(64 * MIB)), PARAMETERS)),
    "length 0x7fffffff": still(lambda: png(PARAMETERS, raw(0x7FFFFFFF, b"tEXt", b"x\0y")), "truncated"),
    "length 0xffffffff": still(lambda: png(PARAMETERS, raw(0xFFFFFFFF, b"tEXt", b"x\0y")), "corrupt"),
    "cut inside the pixels": still(lambda: png(PARAMETERS, end=DATA[:-9]), "truncated"),
    "cut inside a second text": still(lambda: png(PARAMETERS, end=raw(900, b"tEXt", b"x\0y")), "truncated"),
    "wrong checksum": still(lambda: png(PARAMETERS[:-1] + b"?"), "bad-checksum"),
    "no keyword": still(lambda: png(chunk(b"tEXt", b"\0x"), PARAMETERS), "malformed"),
    "no NUL": still(lambda: png(chunk(b"tEXt", b"parameters cat"), PARAMETERS), "malformed"),
    "short iTXt": still(lambda: png(chunk(b"iTXt", b"x\0\0"), PARAMETERS), "malformed"),
    "300,000 texts": still(lambda: png(PARAMETERS, chunk(b"tEXt", b"x\0y") * 300_000), "too-many", "corrupt"),
    "20,000 bad texts": still(lambda: png(PARAMETERS, chunk(b"tEXt", b"") * 20_000), "malformed", "too-many"),
    "EXIF count 0x7fffffff": Threat(lambda: jpeg(exif(b"UNICODE\0", count=0x7FFFFFFF)), ["malformed"]),
    "EXIF offset outside": Threat(lambda: jpeg(exif(b"UNICODE\0\0a", at=0xFFFFFFF0)), ["malformed"]),
    "EXIF directories in a ring": Threat(lambda: in_exif(exif(b"", inner=8)), []),
    "EXIF that is none": Threat(lambda: in_exif(b"MM\0+" + bytes(90)), ["malformed"]),
    "UTF-16 of odd length": Threat(
        lambda: jpeg(exif(b"UNICODE\0" + GOOD.encode("utf-16-be") + b"\0")),
        ["bad-encoding"],
        "a good cat",
        "a1111",
    ),
    "half a surrogate pair": Threat(
        lambda: jpeg(exif(b"UNICODE\0" + f"\ud83d {GOOD}".encode("utf-16-be", "surrogatepass"))),
        ["bad-encoding"],
        "\ufffd a good cat",
        "a1111",
    ),
    "deep graph": Threat(lambda: texts(prompt='{"a":' + "[" * 200_000), ["unread-json"]),
    "deep JSON": Threat(lambda: texts(parameters='{"a":' * 100_000), ["unread-json"]),
    "many values": Threat(
        lambda: texts(parameters='{"prompt":[' + "[]," * 2_000_000 + "[]]}"), ["unread-json"]
    ),
    "30 MB of JSON": Threat(
        lambda: png(ztxt(b"prompt", zlib.compress(b'{"1":[' + b"[]," * 10_000_000 + b"[]]}"))), ["too-large"]
    ),
    "a number of 5,000 digits": Threat(
        lambda: texts(Comment='{"uc":"","seed":' + "9" * 5000 + "}"), ["unread-json"]
    ),
    "a graph with NaN": Threat(
        lambda: graph(sampling(**{"10": node("CLIPTextEncode", text="x", weight=float("nan"))})),
        [],
        "x",
        "comfyui",
    ),
    "a node linked to itself": Threat(
        lambda: graph(sampling(**{"10": node("ConditioningCombine", conditioning_1=["10", 0])})),
        [],
        None,
        "comfyui",
    ),
    "two nodes in a ring": Threat(
        lambda: graph(sampling(**{"10": combined("11", "11"), "11": combined("10", "10")})),
        [],
        None,
        "comfyui",
    ),
    "2 ** 30 paths": Threat(lambda: graph(diamond(30)), [], "the end", "comfyui"),
    "a chain of 5,000": Threat(lambda: graph(chain(5000)), [], "the end", "comfyui"),
    "a chain of 5,000 switches": Threat(lambda: graph(switches(5000)), [], "the end", "comfyui"),
    "2,000 pictures saved in a chain": Threat(lambda: graph(savers(2000)), [], None, "comfyui"),
    "200 KB of words": Threat(
        lambda: texts(parameters="a " * 100_000 + "a"), [], "a " * 100_000 + "a", "a1111"
    ),
    "60,000 spaces": Threat(lambda: texts(parameters=" " * 60_000 + "x"), [], "x", "a1111"),
    "40,000 open hashes": Threat(
        lambda: texts(parameters=f"x{SETTINGS}, " + "Hashes: {" * 40_000), [], "x", "a1111"
    ),
    "200,000 lines": Threat(
        lambda: texts(parameters="x\n" * 200_000 + "y"), [], "x\n" * 200_000 + "y", "a1111"
    ),
    "3 MB of infotext": Threat(lambda: texts(parameters="x, " * MIB + SETTINGS), ["too-large"]),
    "stealth length": Threat(lambda: stealth(b"stealth_pnginfo", 0xFFFFFFFF)),
    "stealth bomb": Threat(
        lambda: stealth(b"stealth_pngcomp", 8 * 300_000, gzip.compress(bytes(64 * MIB)), 2048)
    ),
    "billion laughs": Threat(
        lambda: png(
            international_chunk("XML:com.adobe.xmp", f"{LAUGHS}]><exif:UserComment>&t;</exif:UserComment>")
        )
    ),
    "13,000 x 13,000 pixels": still(lambda: black(13_000)),
    "a header of 60,000 x 60,000": still(
        lambda: png(PARAMETERS, header=chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)))
    ),
    "silent 60,000 x 60,000": Threat(
        lambda: png(header=chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)))
    ),
    "escapes": Threat(
        lambda: texts(parameters=f"\x1b]0;owned\x07\x9b31m{SETTINGS}"), [], "\x1b]0;owned\x07\x9b31m", "a1111"
    ),
    "HTML": Threat(
        lambda: texts(parameters=f"<img src=x onerror=alert(1)>{SETTINGS}"),
        [],
        "<img src=x onerror=alert(1)>",
        "a1111",
    ),
    "bidi": Threat(lambda: texts(parameters=f"\u202etac\u2066{SETTINGS}"), [], "\u202etac\u2066", "a1111"),
    "a path for a network": Threat(
        lambda: texts(
            parameters=f"<lora:../../../../etc/passwd:1> <lora:/etc/passwd:1>{SETTINGS}, Model: ../evil"
        ),
        [],
        "<lora:../../../../etc/passwd:1> <lora:/etc/passwd:1>",
        "a1111",
    ),
    "a pickle for a model": Threat(
        lambda: texts(parameters=f"x{SETTINGS}, Model: evil.ckpt, Model hash: 0123456789"), [], "x", "a1111"
    ),
    "URLs": Threat(
        lambda: texts(
            parameters=f'x{SETTINGS}, Civitai resources: [{{"air":"http://127.0.0.1:9/a","type":"lora"}}]',
            Source="http://127.0.0.1:9/",
        ),
        [],
        "x",
        "civitai",
    ),
    "keys that collide": Threat(
        lambda: png(
            *[text_chunk("prompt", "x")] * 2,
            text_chunk("__proto__", "y"),
            text_chunk("parameters", f"x{SETTINGS}, __proto__: 1, Prompt: 2, tool: 3, file: 4, Seed: 6"),
        ),
        [],
        "x",
        "a1111",
    ),
    "a key of a MiB": Threat(
        lambda: texts(parameters=f"x{SETTINGS}, " + "k" * (MIB // 2) + ": 1"), [], "x", "a1111"
    ),
    "formulas": Threat(
        lambda: texts(parameters=f'=HYPERLINK("x"){SETTINGS}, @aa: -cmd, Model: +1+1'),
        [],
        '=HYPERLINK("x")',
        "a1111",
    ),
}


class _Trap:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, ...]]:
        return exec, ("raise SystemExit(98)",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile files between two good ones, and a pickle."""
    place = tmp_path_factory.mktemp("hostile")
    for name in ("0 good.png", "z good.png"):
        (place / name).write_bytes(png(PARAMETERS))
    for number, threat in enumerate(THREATS.values()):
        data = threat.make()
        ending = "png" if data.startswith(SIGNATURE) else "jpg"
        (place / f"{number:02}.{ending}").write_bytes(data)
    sparse(place / "y 80 MB of text.png", 80 * MIB)
    (place / "evil.ckpt").write_bytes(pickle.dumps(_Trap()))
    return place


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _GUARD, str(folder), "info", *arguments, str(folder)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=HANG, check=False, cwd=ROOT, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, dict[str, Any]]:
    """What the command says of each file, by name."""
    done = run(folder, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return {Path(row["file"]).stem: row for row in json.loads(done.stdout)}


@pytest.mark.parametrize("name", THREATS)
def test_threat(rows: dict[str, dict[str, Any]], name: str) -> None:
    threat = THREATS[name]
    row = rows[f"{list(THREATS).index(name):02}"]
    kinds = {finding["kind"] for finding in row["findings"]}
    assert (row["prompt"], row["tool"], kinds) == (threat.prompt, threat.tool, set(threat.findings))


def test_the_rest_of_the_folder_is_read(rows: dict[str, dict[str, Any]]) -> None:
    for name in ("0 good", "z good"):
        assert (rows[name]["prompt"], rows[name]["findings"]) == ("a good cat", [])
    large = rows["y 80 MB of text"]
    assert (large["prompt"], [one["kind"] for one in large["findings"]]) == ("a good cat", ["too-large"])


@pytest.mark.parametrize("form", ["text", "csv"])
def test_every_form_ends(folder: Path, form: str) -> None:
    done = run(folder, "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert "a good cat" in done.stdout
