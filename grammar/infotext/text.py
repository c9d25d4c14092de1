"""Infotext to record and back.

Source: stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from mezzotint.grammar.infotext.items import is_quoted, scan_items
from mezzotint.grammar.infotext.lexer import MIN_ITEMS, NEGATIVE, find_bounds, is_infotext, lex_lines
from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.lalr import Token
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import TextMap

__all__ = ["MIN_ITEMS", "NEGATIVE", "is_infotext", "parse", "render", "split"]


@dataclass(slots=True)
class _Section:
    """A prompt under construction, and from where its pieces came."""

    pieces: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    length: int = 0
    end: int = 0
    breaks: str = ""  # those between the last line and the next

    def begin_line(self) -> None:
        self.pieces.append(self.breaks)
        self.length += len(self.breaks)
        self.breaks = ""

    def add(self, text: str, source: int) -> None:
        self.starts.append(self.length)
        self.sources.append(source)
        self.pieces.append(text)
        self.length += len(text)
        self.end = source + len(text)

    def end_line(self, space: str) -> None:
        if self.length:  # leading blank lines vanish, later ones stay
            self.breaks = "\n" * space.count("\n")

    def text(self) -> str:
        return "".join(self.pieces) + self.breaks[1:]  # the last break only ends its line

    def map(self) -> TextMap:
        return TextMap(tuple(self.starts), tuple(self.sources), self.end)


def parse(text: str) -> Infotext:
    """Read an infotext exactly as the reference does; every text is one, so nothing is refused.

    It takes the lexer's tokens as they come, without the tree that
    :func:`mezzotint.grammar.infotext.frame.parse_frame` makes of them. Time and memory are linear in the
    length of the text.
    """
    start, settings, end = find_bounds(text)
    prompt, negative = _read_prompts(lex_lines(text, start, settings))
    return Infotext(
        prompt=prompt.text(),
        negative_prompt=negative.text(),
        settings=tuple(scan_items(text[settings:end], settings)),
        source=text,
        prompt_map=prompt.map(),
        negative_map=negative.map(),
        settings_span=Span(settings, end) if settings < end else None,
    )


def split(text: str) -> tuple[str, str, str]:
    """Prompt, negative prompt and settings line as :func:`parse` reads them, for whoever needs no more."""
    start, settings, end = find_bounds(text)
    prompt, negative = _read_prompts(lex_lines(text, start, settings))
    return prompt.text(), negative.text(), text[settings:end]


def _read_prompts(tokens: Iterable[Token]) -> tuple[_Section, _Section]:
    prompt, negative = _Section(), _Section()
    section = prompt
    for token in tokens:
        if token.kind == "LINE_END":
            section.end_line(token.text)
            continue
        if token.kind == "LABEL":
            section = negative
        section.begin_line()
        if token.kind == "TEXT":
            section.add(token.text, token.start)
    return prompt, negative


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
