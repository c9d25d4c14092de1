"""From a program's own values to fields with A1111's names."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.infotext.text import MIN_ITEMS, render
from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Confidence, Field, Generation

Names: TypeAlias = Mapping[str, str | tuple[str, ...]]

MAX_OTHERS = 100
MAX_FIELD = 1 << 20  # characters of one value that is no prompt
ORDER = (
    PROMPT,
    NEGATIVE_PROMPT,
    "Steps",
    "Sampler",
    "Schedule type",
    "CFG scale",
    "Distilled CFG Scale",
    "Seed",
    "Size",
    "Model hash",
    "Model",
    "VAE hash",
    "VAE",
    "Variation seed",
    "Variation seed strength",
    "Denoising strength",
    "Clip skip",
)
_POSITIONS = {key: position for position, key in enumerate(ORDER)}
_NOTHING = (None, "", "None", False)
_NEEDED = (PROMPT, "Steps", "Sampler", "CFG scale", "Seed", "Size", "Model")
_MODEL_SUFFIX = re.compile(r"\.(safetensors|ckpt|pt|pth|bin|gguf|sft)$", re.IGNORECASE)
_TWO_NUMBERS = re.compile(r"\s*[(\[]?\s*(\d{1,6})\s*[x×,*]\s*(\d{1,6})\b")


def text_of(value: object) -> str | None:
    """A JSON value as an infotext would show it; None for null."""
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:MAX_FIELD]
    return str(value)


def collect(
    data: Mapping[str, object], names: Names, confidence: Confidence = Confidence.STATED
) -> list[Field]:
    """The fields that a names table finds in an object; null and empty texts count as absent.

    Args:
        data: the program's own object.
        names: A1111's name to the program's; of several the first that has a value counts.
        confidence: of every field.
    """
    found = []
    for key, theirs in names.items():
        candidates = (theirs,) if isinstance(theirs, str) else theirs
        texts = (text_of(data.get(name)) for name in candidates)
        text = next((text for text in texts if text), None)
        value = text if text is None or key in {PROMPT, NEGATIVE_PROMPT} else text.strip()
        if text is not None and value:
            found.append(Field(key, value, text, confidence))
        elif key == NEGATIVE_PROMPT and any(data.get(name) == "" for name in candidates):
            found.append(Field(key, "", "", confidence))  # it says that there is none
    return found


def rest(data: Mapping[str, object], used: Collection[str]) -> tuple[Field, ...]:
    """What is left of an object, under its own names."""
    texts = ((key, text_of(value)) for key, value in data.items() if key not in used)
    return tuple(Field(key, text, text) for key, text in texts if text)[:MAX_OTHERS]


def used_names(names: Names, *more: str) -> frozenset[str]:
    """All of the program's keys in a names table, and some more."""
    flat = [name for value in names.values() for name in ((value,) if isinstance(value, str) else value)]
    return frozenset((*flat, *more))


def first(data: Mapping[str, object], names: Iterable[str]) -> object | None:
    """The value under the first of these names that has one; "None" says that there is none."""
    return next((data[name] for name in names if data.get(name) not in _NOTHING), None)


def size(value: object, confidence: Confidence = Confidence.STATED) -> list[Field]:
    """The size from a text such as ``(512, 768)``, ``512 x 768`` or ``512x768``."""
    text = text_of(value) or ""
    match = _TWO_NUMBERS.match(text)
    return [Field("Size", f"{match[1]}x{match[2]}", text, confidence)] if match else []


def sides(data: Mapping[str, object], width: str = "width", height: str = "height") -> list[Field]:
    """The size from two numbers."""
    return size(f"{text_of(data.get(width))}x{text_of(data.get(height))}")


def model(value: object, confidence: Confidence = Confidence.STATED) -> list[Field]:
    """The model from a name or a path: A1111 shows the file's name without its ending."""
    text = text_of(value)
    name = "" if text is None or text == "None" else model_name(text).strip()
    return [Field("Model", name, text or "", confidence)] if name else []


def model_name(path: str) -> str:
    """The last part of a path, without the ending of a checkpoint."""
    return _MODEL_SUFFIX.sub("", re.split(r"[\\/]", path)[-1])


def constant(key: str, value: str) -> Field:
    """A setting that the program always works with and so never writes."""
    return Field(key, value, "", Confidence.DERIVED)


def generation(
    tool: str,
    source: str,
    fields: Iterable[Field],
    *,
    others: Sequence[Field] = (),
    missing: Sequence[str] = (),
    notes: Sequence[str] = (),
    infotext: str | None = None,
    convert: Callable[[str], str] = str,
) -> Generation:
    """Put a result together: what is absent is listed, and the infotext is written.

    Args:
        tool: name of the program.
        source: what was read.
        fields: those of the same key after the first do not count.
        others: what A1111 has no name for.
        missing: what is missing besides absent fields.
        notes: see :class:`~mezzotint.runtime.metadata.generation.Generation`.
        infotext: the program's own, where it writes A1111's form.
        convert: from the program's way to write weights to A1111's.
    """
    unique: dict[str, Field] = {}
    for field in fields:
        unique.setdefault(field.key, field)
    ordered = sorted(unique.values(), key=_position)
    absent = [key for key in _NEEDED if key not in unique] if PROMPT in unique else []
    return Generation(
        tool=tool,
        fields=tuple(ordered),
        others=tuple(others),
        missing=(*absent, *missing),
        notes=tuple(notes),
        infotext=_infotext(unique, ordered, convert) if infotext is None else infotext,
        source=source,
    )


def _position(field: Field) -> int:
    return _POSITIONS.get(field.key, len(ORDER))


def _infotext(
    fields: Mapping[str, Field], ordered: Sequence[Field], convert: Callable[[str], str]
) -> str | None:
    if PROMPT not in fields:
        return None
    negative = fields[NEGATIVE_PROMPT].value if NEGATIVE_PROMPT in fields else ""
    settings = [
        Setting.of(field.key, field.value) for field in ordered if field.key not in {PROMPT, NEGATIVE_PROMPT}
    ]
    if len(settings) < MIN_ITEMS:
        settings = []  # they would be read as part of the prompt
    return render(Infotext(convert(fields[PROMPT].value), convert(negative), tuple(settings)))
