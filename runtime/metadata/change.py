"""Changing what an infotext says, every other character as it was."""

import re
from collections.abc import Mapping

from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.infotext.lexer import MIN_ITEMS, NEGATIVE
from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT
from mezzotint.runtime.metadata.record import MetadataError
from mezzotint.runtime.metadata.tools.fields import ORDER

Changes = Mapping[str, str | None]

_COMMA = re.compile(r"[ \t]*,[ \t]*")
_PROMPTS = (PROMPT, NEGATIVE_PROMPT)


def change(text: str, changes: Changes) -> str:
    """The infotext with some values replaced, added or, where they are None, removed.

    Keys are A1111's, ``Prompt`` and ``Negative prompt`` among them; in another case they are those that the
    text has, or that A1111 writes. Spacing, order, duplicates and what no reader understands stay.

    Raises:
        MetadataError: no infotext can hold the result.
    """
    before = parse(text)
    known = [*dict.fromkeys(setting.key for setting in before.settings), *ORDER]
    named = {_spelling(key, known): value for key, value in changes.items()}
    settings = {key: value for key, value in named.items() if key not in _PROMPTS}
    prompts = {key: value or "" for key, value in named.items() if key in _PROMPTS}
    result = _with_prompts(_with_settings(text, before, settings), prompts)
    _check(before, named, parse(result))
    return result


def _spelling(key: str, known: list[str]) -> str:
    key = key.strip()
    return key if key in known else next((k for k in known if k.casefold() == key.casefold()), key)


def _with_settings(text: str, before: Infotext, settings: Changes) -> str:
    edits: list[tuple[int, int, str]] = []
    added = []
    for key, value in settings.items():
        setting = before.find(key)
        if value is None:
            edits += [_removal(text, before, at) for at, one in enumerate(before.settings) if one.key == key]
        elif setting is not None:
            span = setting.value_span
            edits.append((span.start, span.end, Setting.of(key, value).raw))
        else:
            added.append(f"{key}: {Setting.of(key, value).raw}")
    if added:
        edits.append(_addition(text, before, added))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _removal(text: str, before: Infotext, at: int) -> tuple[int, int, str]:
    """An item and the comma behind it, or before it where it is the last."""
    span = before.settings[at].span
    behind = _COMMA.match(text, span.end)
    if behind:
        return span.start, behind.end(), ""
    return before.settings[at - 1].span.end if at else span.start, span.end, ""


def _addition(text: str, before: Infotext, added: list[str]) -> tuple[int, int, str]:
    """New items behind the last one, or a line of their own."""
    line = ", ".join(added)
    if before.settings:
        end = before.settings[-1].span.end
        return end, end, f", {line}"
    if len(added) < MIN_ITEMS:
        raise MetadataError(
            f"the text has no settings, and fewer than {MIN_ITEMS} would be read as a part of the prompt; "
            f"give {MIN_ITEMS} or more at once"
        )
    return len(text), len(text), f"\n{line}" if text else line


def _with_prompts(text: str, prompts: Mapping[str, str]) -> str:
    frame = parse_frame(text)
    tail = len(text) if frame.settings is None else frame.settings.span.start
    cut = tail if frame.negative is None else frame.negative.span.start
    positive, negative, settings = text[:cut], text[cut:tail], text[tail:]
    if PROMPT in prompts:
        positive = f"{prompts[PROMPT]}\n" if prompts[PROMPT] else ""
    if NEGATIVE_PROMPT in prompts:
        words = prompts[NEGATIVE_PROMPT]
        negative = f"{NEGATIVE} {words}\n" if words else ""
        if positive and not positive.endswith("\n"):
            positive += "\n"
    whole = positive + negative + settings
    return whole.removesuffix("\n") if prompts and not settings else whole


def _check(before: Infotext, named: Changes, after: Infotext) -> None:
    """Whether the result reads as it was asked for, and nothing else changed.

    Raises:
        MetadataError: it does not.
    """
    wanted = {PROMPT: before.prompt, NEGATIVE_PROMPT: before.negative_prompt}
    wanted |= {key: value or "" for key, value in named.items() if key in _PROMPTS}
    got = {PROMPT: after.prompt, NEGATIVE_PROMPT: after.negative_prompt}
    strange = [key for key in _PROMPTS if wanted[key] != got[key]]
    strange += [key for key, value in named.items() if key not in _PROMPTS and after.get(key) != value]
    others = [[s for s in record.settings if s.key not in named] for record in (before, after)]
    if strange or others[0] != others[1]:
        what = strange[0] if strange else "another setting"
        raise MetadataError(
            f'no infotext can hold this change: "{what}" would be read back differently; avoid white space '
            "at the ends, and lines that look like settings"
        )
