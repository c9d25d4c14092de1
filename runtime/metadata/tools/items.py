"""Infotexts as other programs write them: JSON among the settings, keys in other capitals, and damage."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mezzotint.grammar.infotext.items import scan
from mezzotint.grammar.infotext.quoting import unquote
from mezzotint.grammar.infotext.text import split
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import well_formed
from mezzotint.runtime.metadata.tools.repairs import (
    HEADING,
    TEMPLATE,
    take_apart,
    without_heading,
    without_template,
)

MAX_INFOTEXT = 1 << 20  # characters; the longest real ones have some 10 000
_SDNEXT_KEYS = ("Backend", "Operations", "Pipeline", "Parser")
_KEYS = (
    "Steps",
    "Sampler",
    "Schedule type",
    "CFG scale",
    "Seed",
    "Size",
    "Model",
    "Model hash",
    "Denoising strength",
    "Clip skip",
    "VAE",
    "Version",
)
_CAPITALS = {key.casefold(): key for key in _KEYS}
_BELOW_JSON = "\nSteps: "
_MAX_ATTEMPTS = 16  # to read JSON that turns out to be none: each may cost the length of the line
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class LooseInfotext:
    """An infotext in parts; of settings that stand there twice the last one counts.

    ``is_exact`` is whether the reference reads the same; ``notes`` tell what was put right.
    """

    prompt: str
    negative_prompt: str
    settings: Mapping[str, str] = field(default_factory=dict)
    is_exact: bool = True
    notes: tuple[str, ...] = ()


def infotext_of(found: Metadata) -> str | None:
    """The infotext of a file; None where JSON, nothing or far too much stands in its place."""
    text = found.parameters
    if text is None or len(text) > MAX_INFOTEXT or not text.strip():
        return None
    # Some people write their prompts as JSON; no JSON has a line that begins so.
    return None if text.lstrip().startswith("{") and _BELOW_JSON not in text else text


@lru_cache(maxsize=1)  # several readers take the same text apart, one after the other
def parse_leniently(text: str) -> LooseInfotext:
    """Read an infotext as the reference does and, where it was damaged, as it was meant.

    What :mod:`mezzotint.runtime.metadata.tools.repairs` does is told in ``notes``.
    """
    notes: list[str] = []
    prompt, negative, line = split(text)
    settings = dict(_whole(line))
    is_lost = "Steps" not in settings or not (prompt or negative or _begins_with_item(line))
    if is_lost and (parts := take_apart(text)) is not None:
        prompt, negative, line, note = parts
        settings = dict(_whole(line))
        notes.append(note)
    canonical = _canonical(settings)
    if "Steps" in canonical and (rest := without_heading(prompt + "\n")) is not None:
        prompt = rest.strip()
        notes.append(HEADING)
    if is_sdnext(canonical) and (cut := without_template(negative)) is not None:
        negative, canonical["Template"] = cut
        notes.append(TEMPLATE)
    is_exact = not notes and canonical.keys() == settings.keys()
    return LooseInfotext(prompt, negative, canonical, is_exact=is_exact, notes=tuple(notes))


def _begins_with_item(line: str) -> bool:
    """Whether no other text stands before the first setting."""
    return next((key for key, *_ in scan(line)), 0) == 0


def is_sdnext(settings: Mapping[str, str]) -> bool:
    """Whether SD.Next wrote these settings; it did not always write its name."""
    return settings.get("App") == "SD.Next" or any(key in settings for key in _SDNEXT_KEYS)


def _canonical(settings: dict[str, str]) -> dict[str, str]:
    """The settings with A1111's capitals: some programs write ``CFG Scale``."""
    renamed = {key: _CAPITALS.get(key.casefold(), key) for key in settings}
    return {key if renamed[key] in settings else renamed[key]: value for key, value in settings.items()}


def _whole(line: str) -> Iterator[tuple[str, str]]:
    """Keys and values, each JSON value in one piece where A1111's own rule would cut it at its commas."""
    behind = attempts = 0
    for key, key_end, start, end in scan(line):
        if start == end or key < behind:
            continue
        raw = line[start:end]
        value = unquote(raw)
        if "\\u" in raw:
            value = well_formed(value)
        if raw[0] in "{[" and attempts < _MAX_ATTEMPTS:
            try:
                _, behind = _DECODER.raw_decode(line, start)
            except (ValueError, RecursionError):
                attempts += 1
            else:
                value = line[start:behind]
        yield line[key:key_end], value
