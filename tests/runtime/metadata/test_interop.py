"""What we write is read by others: A1111's rule, Pillow, sd-parsers, sd-prompt-reader, exiftool.

sd-prompt-reader's requirements are those of a window, of which its reader needs none but piexif. So it is no
dependency; ``pip install piexif; pip install --no-deps sd-prompt-reader`` lets its tests run, and exiftool
on ``PATH`` those of exiftool.
"""

import json
import shutil
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.metadata.carry import copied
from mezzotint.runtime.metadata.change import change
from mezzotint.runtime.metadata.edit import set_parameters
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.metadata.reencode import Encoding, reencoded
from mezzotint.runtime.metadata.strip import Strip, strip

PROMPT = "a red fox, (detailed fur:1.2) <lora:snow:0.6>\nin fresh snow"
NEGATIVE = "blurry, lowres"
SETTINGS = {
    "Steps": "25",
    "Sampler": "DPM++ 2M",
    "Schedule type": "Karras",
    "CFG scale": "6.5",
    "Seed": "4294967295",
    "Size": "64x48",
    "Model hash": "879db523c3",
    "Model": "dreamshaper_8",
    "Version": "v1.10.1",
}
LINE = ", ".join(f"{key}: {value}" for key, value in SETTINGS.items())
PLAIN = f"{PROMPT}\nNegative prompt: {NEGATIVE}\n{LINE}"
FOREIGN = PLAIN.replace("a red fox", "un renard rusé, 狐, 🦊")
ENDINGS: dict[str, Any] = {"png": {}, "jpg": {}, "webp": {}, "lossless.webp": {"lossless": True}}


def bare(path: Path, ending: str) -> Path:
    """A picture that says nothing."""
    Image.effect_noise((64, 48), 40).convert("RGB").save(path, **ENDINGS[ending])
    return path


def rendered(folder: Path, text: str) -> Path:
    """As pictures are saved after rendering: the infotext and our record behind it."""
    path = folder / "rendered.png"
    record = {"version": 1, "prompt": text}
    write_png(Image.effect_noise((64, 48), 40).convert("RGB"), path, parameters=text, record=record)
    return path


def given(ending: str) -> Callable[[Path, str], Path]:
    def write(folder: Path, text: str) -> Path:
        path = bare(folder / f"set.{ending}", ending)
        set_parameters(path, text)
        return path

    return write


def changed(ending: str) -> Callable[[Path, str], Path]:
    """Settings changed one by one, as ``mezzotint set`` does."""

    def write(folder: Path, text: str) -> Path:
        path = given(ending)(folder, text.replace("Steps: 25", "Steps: 9").replace(", Version: v1.10.1", ""))
        before = read(path).parameters or ""
        set_parameters(path, change(before, {"Steps": "25", "Version": "v1.10.1"}))
        return path

    return write


def copy_of(ending: str) -> Callable[[Path, str], Path]:
    def write(folder: Path, text: str) -> Path:
        path = given(ending)(folder, "old\nSteps: 1, Sampler: Euler, Seed: 2")
        path.write_bytes(copied(rendered(folder, text), path)[0])
        return path

    return write


def converted(ending: str) -> Callable[[Path, str], Path]:
    def write(folder: Path, text: str) -> Path:
        path = folder / f"converted.{ending}"
        path.write_bytes(reencoded(rendered(folder, text), path, Encoding(**_options(ending)))[0])
        return path

    return write


def _options(ending: str) -> dict[str, Any]:
    return {"is_lossless": "lossless" in ending}


WRITERS = {
    "render": rendered,
    **{f"set {ending}": given(ending) for ending in ENDINGS},
    **{f"change {ending}": changed(ending) for ending in ("png", "webp")},
    **{f"copy {ending}": copy_of(ending) for ending in ENDINGS},
    **{f"convert {ending}": converted(ending) for ending in ENDINGS},
}


@dataclass(frozen=True, slots=True)
class Told:
    """What another program makes of a file, as far as it takes it apart; empty where it finds nothing."""

    text: str | None = None
    prompt: str | None = None
    negative: str | None = None
    settings: tuple[tuple[str, str], ...] = ()


def by_a1111(path: Path) -> Told:
    """A1111's rules, which the vectors of its images and infotexts hold us to."""
    text = read(path, like_reference=True).parameters
    return Told(text) if text is None else _apart(text)


def _apart(text: str) -> Told:
    found = parse(text)
    settings = tuple((item.key, item.value or "") for item in found.settings)
    return Told(text, found.prompt, found.negative_prompt, settings)


def by_pillow(path: Path) -> Told:
    with Image.open(path) as image:
        if image.format == "PNG":
            return Told(image.info.get("parameters"))
        comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    return Told(None if comment is None else comment.removeprefix(b"UNICODE\0").decode("utf-16-be"))


def by_sd_parsers(path: Path) -> Told:
    package = pytest.importorskip("sd_parsers", reason="pip install sd-parsers")
    KEPT.append(Image.open(path))
    info = package.ParserManager().parse(KEPT[-1])
    KEPT[-1].close()
    if info is None:
        return Told()
    (sampler,) = info.samplers
    values = {
        "Steps": sampler.parameters["steps"],
        "Sampler": sampler.name,
        "Schedule type": sampler.parameters["scheduler"],
        "CFG scale": sampler.parameters["cfg_scale"],
        "Seed": sampler.parameters["seed"],
        "Size": info.metadata["Size"],
        "Model hash": sampler.model.hash,
        "Model": sampler.model.name,
        "Version": info.metadata["Version"],
    }
    settings = tuple((key, str(value)) for key, value in values.items())
    return Told(None, info.full_prompt, info.full_negative_prompt, settings)


def by_sd_prompt_reader(path: Path) -> Told:
    how = "pip install piexif; pip install --no-deps sd-prompt-reader"
    module = pytest.importorskip("sd_prompt_reader.image_data_reader", reason=how)
    with warnings.catch_warnings(action="ignore"):  # its own, about its logging
        found = module.ImageDataReader(str(path))
    if found.status.name != "READ_SUCCESS":
        return Told()
    names = {"Steps": "steps", "CFG scale": "cfg", "Seed": "seed", "Size": "size", "Model": "model"}
    settings = tuple((key, str(found.parameter[name])) for key, name in names.items())
    return Told(found.raw or None, found.positive, found.negative, settings)


def by_exiftool(path: Path) -> Told:
    program = shutil.which("exiftool")
    if program is None:
        pytest.skip("needs exiftool on PATH")
    done = subprocess.run(
        [program, "-json", "-Parameters", "-UserComment", str(path)], capture_output=True, check=True
    )
    (row,) = json.loads(done.stdout)
    return Told(row.get("Parameters") or row.get("UserComment"))


# sd-parsers takes a picture at the address in memory of the one before for the same.
KEPT: list[Image.Image] = []

READERS = {
    "A1111": by_a1111,
    "Pillow": by_pillow,
    "sd-parsers": by_sd_parsers,
    "sd-prompt-reader": by_sd_prompt_reader,
    "exiftool": by_exiftool,
}


@pytest.mark.parametrize("text", [PLAIN, FOREIGN], ids=["plain", "foreign"])
@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("reader", READERS)
def test_others_read_what_we_write(tmp_path: Path, reader: str, writer: str, text: str) -> None:
    told = READERS[reader](WRITERS[writer](tmp_path, text))
    found = parse(text)
    assert told.text in {None, text}
    assert told != Told()
    if told.prompt is not None:
        assert (told.prompt, told.negative) == (found.prompt, found.negative_prompt)
        assert len(told.settings) >= 5
        assert dict(told.settings).items() <= SETTINGS.items()


@pytest.mark.parametrize("writer", ["render", "set jpg", "copy webp", "convert lossless.webp"])
@pytest.mark.parametrize("reader", READERS)
def test_others_find_nothing_after_stripping(tmp_path: Path, reader: str, writer: str) -> None:
    path = WRITERS[writer](tmp_path, PLAIN)
    path.write_bytes(strip(path.read_bytes(), Strip()))
    assert READERS[reader](path) == Told()
