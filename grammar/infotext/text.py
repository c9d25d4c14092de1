"""Infotext to record and back.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

import json
from dataclasses import dataclass, field
from itertools import islice

from mezzotint.grammar.infotext.items import is_quoted, scan_items
from mezzotint.grammar.infotext.record import Infotext, Setting, TextMap
from mezzotint.grammar.span import Span

NEGATIVE = "Negative prompt:"
MIN_ITEMS = 3  # a last line with fewer items belongs to the prompt


@dataclass(slots=True)
class _Section:
    """A prompt under construction."""

    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    length: int = 0
    end: int = 0

    def add(self, line: str, source: int) -> None:
        if not self.length and not line:
            return  # leading blank lines vanish, later ones stay
        start = self.length + 1 if self.lines else 0
        if line:
            self.starts.append(start)
            self.sources.append(source)
            self.end = source + len(line)
        self.lines.append(line)
        self.length = start + len(line)

    def map(self) -> TextMap:
        return TextMap(tuple(self.starts), tuple(self.sources), self.end)


def parse(text: str) -> Infotext:
    """Read an infotext exactly as the reference does; every text is one, so nothing is refused.

    Time and memory are linear in the length of the text.
    """
    body = text.strip()
    base = len(text) - len(text.lstrip()) if body else 0
    last = body.rfind("\n") + 1
    settings = tuple(scan_items(body[last:], base + last))
    span = Span(base + last, base + len(body)) if len(settings) >= MIN_ITEMS else None
    lines = body.split("\n")
    prompt, negative = _read_prompts(lines if span is None else lines[:-1], base)
    return Infotext(
        prompt="\n".join(prompt.lines),
        negative_prompt="\n".join(negative.lines),
        settings=() if span is None else settings,
        source=text,
        prompt_map=prompt.map(),
        negative_map=negative.map(),
        settings_span=span,
    )


def _read_prompts(lines: list[str], offset: int) -> tuple[_Section, _Section]:
    prompt, negative = _Section(), _Section()
    section = prompt
    for line in lines:
        stripped = line.strip()
        start = offset + len(line) - len(line.lstrip())
        if stripped.startswith(NEGATIVE):
            section = negative
            rest = stripped[len(NEGATIVE) :].lstrip()
            start += len(stripped) - len(rest)
            stripped = rest
        section.add(stripped, start)
        offset += len(line) + 1
    return prompt, negative


def is_infotext(text: str) -> bool:
    """Whether the last line would be read as parameters, that is whether it has three items or more."""
    body = text.strip()
    line = body[body.rfind("\n") + 1 :]
    return len(list(islice(scan_items(line), MIN_ITEMS))) == MIN_ITEMS


def render(infotext: Infotext) -> str:
    """The record as a text that :func:`parse` reads back to an equal record, wherever there is one.

    Unlike the reference's writer (:mod:`mezzotint.grammar.infotext.build`) it keeps duplicate keys, items
    without a value, values equal to their key, and lines of a negative prompt that begin with
    ``Negative prompt:``. :mod:`mezzotint.grammar.infotext.losses` names what no infotext can hold.
    """
    parts = [infotext.prompt] if infotext.prompt else []
    if infotext.negative_prompt:
        parts.append(_render_negative(infotext.negative_prompt, last=not infotext.settings))
    if infotext.settings:
        line = ", ".join(map(_render_setting, infotext.settings))
        # Only a comma keeps white space that ends the text.
        parts.append(line if line == line.rstrip() else f"{line},")
    elif not infotext.negative_prompt and (infotext.prompt.endswith("\n") or is_infotext(infotext.prompt)):
        parts.append(NEGATIVE)  # else the prompt's last line would be stripped, or read as settings
    return "\n".join(parts)


def _render_negative(negative: str, *, last: bool) -> str:
    first, *others = negative.split("\n")
    # The prefix of a further line would be dropped on reading, so that line gets a second one.
    tail = [f"{NEGATIVE} {line}" if line.startswith(NEGATIVE) else line for line in others]
    head = f"{NEGATIVE} {first}"
    if last and tail and (not tail[-1] or is_infotext(tail[-1])):
        # A blank end would be stripped, and some lines are settings only without the prefix ...
        tail[-1] = f"{NEGATIVE} {tail[-1]}"
    elif last and not tail and is_infotext(head):
        # ... others only with it, as it is an item itself.
        head = f"{NEGATIVE}\n{first}"
    return "\n".join([head, *tail])


def _render_setting(setting: Setting) -> str:
    raw = setting.raw
    # An opening quote that is never closed could find its other half in a later item.
    if raw.startswith('"') and not is_quoted(raw):
        raw = json.dumps(setting.value, ensure_ascii=False)
    return f"{setting.key}: {raw}"
