"""Other programs that read the metadata of pictures, as far as they are installed, behind one face.

`pip install sd-parsers==0.6`, and `pip install --no-deps sd-prompt-reader` with `piexif toml requests`: of
that one only the reader is needed, not its window. `exiftool` is taken from `PATH`.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image

FIELDS = ("prompt", "negative", "steps", "sampler", "cfg", "seed", "size", "model")

Answer = dict[str, list[str]] | None  # by FIELDS, every form that is given; None: nothing was found
Reader = Callable[[Path], Answer]

_EXIF_IFD = 0x8769
_OURS = ("Prompt", "Negative prompt", "Steps", "Sampler", "CFG scale", "Seed", "Size", "Model")


def ours(path: Path) -> Answer:
    """The whole way: container, program, fields."""
    from mezzotint.runtime.metadata.describe import describe

    made = describe(path).generation
    if made is None:
        return None
    fields = ((name, made.field(key)) for name, key in zip(FIELDS, _OURS, strict=True))
    return {name: [field.value, field.written] for name, field in fields if field is not None}


def structured() -> dict[str, Reader]:
    """Readers that tell fields apart, under names with their versions."""
    found: dict[str, Reader] = {}
    with suppress(ImportError):
        found[f"sd-parsers {version('sd-parsers')}"] = _sd_parsers(eager=False)
    with suppress(ImportError):
        found[f"sd-prompt-reader {version('sd-prompt-reader')}"] = _sd_prompt_reader()
    return found


def _sd_parsers(*, eager: bool) -> Reader:
    package, extractors = import_module("sd_parsers"), import_module("sd_parsers.extractors")
    level = extractors.Eagerness.EAGER if eager else extractors.Eagerness.DEFAULT
    manager = package.ParserManager(eagerness=level)
    kept: list[Image.Image] = []  # it remembers comments by addresses in memory, which must not be used again

    def read(path: Path) -> Answer:
        if eager:
            kept.append(Image.open(path))
        info = manager.parse(kept[-1] if eager else path)
        return None if info is None else _fields_of(info)

    return read


def eager() -> dict[str, Reader]:
    """The same with sd-parsers at its most thorough, which looks into pixels, too."""
    found = structured()
    return {
        name: _sd_parsers(eager=True) if name.startswith("sd-parsers") else read
        for name, read in found.items()
    }


def _fields_of(info: Any) -> Answer:
    """sd-parsers' result; what it may call by several names is looked for under all of them."""
    first = next(iter(info.samplers), None)
    values = {} if first is None else {**info.metadata, **first.parameters}
    values = {str(key).casefold().replace(" ", "_"): value for key, value in values.items()}
    model = None if first is None else first.model
    answer = {
        "prompt": [", ".join(map(str, info.prompts))],
        "negative": [", ".join(map(str, info.negative_prompts))],
        "sampler": [] if first is None else [first.name],
        "model": [] if model is None or model.name is None else [model.name, f"{model.name} {model.hash}"],
    }
    names = {"steps": ["steps"], "cfg": ["cfg_scale"], "seed": ["seed"], "size": ["size", "resolution"]}
    for name, keys in (names | {"model": ["model_id"]}).items():
        answer[name] = [*answer.get(name, []), *(str(values[key]) for key in keys if key in values)]
    if {"width", "height"} <= values.keys():
        answer["size"].append(f"{values['width']}x{values['height']}")
    return answer


def _sd_prompt_reader() -> Reader:
    reader = import_module("sd_prompt_reader.image_data_reader").ImageDataReader

    def read(path: Path) -> Answer:
        result = reader(str(path))
        if result.status.name != "READ_SUCCESS":
            return None
        values = {"prompt": result.positive, "negative": result.negative, **(result.parameter or {})}
        return {name: [str(value)] for name, value in values.items() if name in FIELDS}

    return read


def pillow(path: Path) -> list[str]:
    """All texts that Pillow has of a file, of PNG those behind the pixels, too; bytes in every encoding."""
    with Image.open(path) as image:
        values = [*image.info.values()]
        with suppress(OSError):  # it decodes the pixels, which may be damaged
            exif = image.getexif()
            values += [*exif.values(), *exif.get_ifd(_EXIF_IFD).values()]
            values += getattr(image, "text", {}).values()
    return [text for value in values for text in _texts(value)]


def _texts(value: object) -> list[str]:
    if isinstance(value, bytes):
        return [value.decode(name, "replace") for name in ("utf-8", "utf-16-be", "utf-16-le")]
    return [str(value)]


def has_exiftool() -> bool:
    """Whether exiftool is installed."""
    return shutil.which("exiftool") is not None


def exiftool_version() -> str:
    """Its version."""
    return _exiftool("-ver").strip()


def exiftool(paths: Iterable[Path], *options: str) -> dict[Path, list[str]]:
    """All texts that one process of exiftool finds in each file."""
    rows = json.loads(_exiftool("-json", "-a", "-G1", *options, *map(str, paths)))
    return {Path(row.pop("SourceFile")): [str(value) for value in row.values()] for row in rows}


def _exiftool(*arguments: str) -> str:
    program = shutil.which("exiftool") or "exiftool"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False).stdout
