"""Infotexts as other programs write them: JSON among the settings, settings that are not on the last line."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mezzotint.grammar.infotext.items import scan_items
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.infotext.text import parse
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


def parse_leniently(text: str) -> LooseInfotext:
    """Read an infotext as the reference does and, where that finds no steps, as it was meant.

    Then the settings begin at a line that begins with ``Steps:``, as some programs and people write lines
    behind it.
    """
    infotext = parse(text)
    settings = dict(_whole(infotext.settings, text))
    starts = [] if "Steps" in settings else [match.start() for match in _SETTINGS_LINE.finditer(text)]
    if not starts:
        canonical = _canonical(settings)
        return LooseInfotext(
            infotext.prompt, infotext.negative_prompt, canonical, is_exact=canonical.keys() == settings.keys()
        )
    head = parse(text[: starts[-1]])
    tail = text[starts[-1] :].removeprefix(_LABEL).replace("\r", "").replace("\n", ", ")
    settings = _canonical(dict(_whole(scan_items(tail), tail)))
    return LooseInfotext(head.prompt, head.negative_prompt, settings, is_exact=False)


def _canonical(settings: dict[str, str]) -> dict[str, str]:
    """The settings with A1111's capitals: some programs write ``CFG Scale``."""
    renamed = {key: _CAPITALS.get(key.casefold(), key) for key in settings}
    return {key if renamed[key] in settings else renamed[key]: value for key, value in settings.items()}


def _whole(settings: Iterable[Setting], text: str) -> Iterator[tuple[str, str]]:
    """Keys and values, each JSON value in one piece where A1111's own rule would cut it at its commas."""
    end = attempts = 0
    for setting in settings:
        if setting.value is None or (end and setting.key_span.start < end):
            continue
        value = well_formed(setting.value) if "\\u" in setting.raw else setting.value
        if setting.raw[:1] in {"{", "["} and attempts < _MAX_ATTEMPTS:
            start = setting.value_span.start
            try:
                _, end = _DECODER.raw_decode(text, start)
            except (ValueError, RecursionError):
                attempts += 1
            else:
                value = text[start:end]
        yield setting.key, value
