"""Infotexts as other programs write them: JSON among the settings, settings that are not on the last line."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mezzotint.grammar.infotext.items import scan
from mezzotint.grammar.infotext.quoting import unquote
from mezzotint.grammar.infotext.text import split
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import well_formed

MAX_INFOTEXT = 1 << 20  # characters; the longest real ones have some 10 000
_LABEL = "Parameters: "  # of texts copied from galleries
_SETTINGS_LINE = re.compile(rf"^(?:{_LABEL})?Steps: ?\d", re.MULTILINE)
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
_MAX_ATTEMPTS = 16  # to read JSON that turns out to be none: each may cost the length of the line
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class LooseInfotext:
    """An infotext in parts; of settings that stand there twice the last one counts.

    ``is_exact`` is whether the reference reads the same settings.
    """

    prompt: str
    negative_prompt: str
    settings: Mapping[str, str] = field(default_factory=dict)
    is_exact: bool = True


def infotext_of(found: Metadata) -> str | None:
    """The infotext of a file; None where JSON, nothing or far too much stands in its place."""
    text = found.parameters
    if text is None or len(text) > MAX_INFOTEXT or not text.strip() or text.lstrip().startswith("{"):
        return None
    return text


@lru_cache(maxsize=1)  # several readers take the same text apart, one after the other
def parse_leniently(text: str) -> LooseInfotext:
    """Read an infotext as the reference does and, where that finds no steps, as it was meant.

    Then the settings begin at a line that begins with ``Steps:``, as some programs and people write lines
    behind it.
    """
    prompt, negative, line = split(text)
    settings = dict(_whole(line))
    starts = [] if "Steps" in settings else [match.start() for match in _SETTINGS_LINE.finditer(text)]
    if not starts:
        canonical = _canonical(settings)
        return LooseInfotext(prompt, negative, canonical, is_exact=canonical.keys() == settings.keys())
    head = split(text[: starts[-1]])
    tail = text[starts[-1] :].removeprefix(_LABEL).replace("\r", "").replace("\n", ", ")
    return LooseInfotext(head[0], head[1], _canonical(dict(_whole(tail))), is_exact=False)


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
