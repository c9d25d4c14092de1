"""What in a pasted infotext is probably not meant as it is read.

Codes: MZ021 settings above the last line, MZ022 prompt read as settings, MZ023 repeated ``Negative prompt:``,
MZ024 ``Negative prompt:`` inside a line, MZ025 repeated setting, MZ026 misspelt setting, MZ027 text between
settings, MZ028 setting without a value.

Source: the reading rules of stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

from collections.abc import Iterator
from itertools import pairwise

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.infotext.items import scan_items
from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.infotext.signs import KNOWN
from mezzotint.grammar.infotext.text import MIN_ITEMS, NEGATIVE
from mezzotint.grammar.span import Span


def diagnose(infotext: Infotext) -> tuple[Diagnostic, ...]:
    """Findings about a record that :func:`~mezzotint.grammar.infotext.text.parse` made, into its source."""
    findings = [*_check_lines(infotext), *_check_settings(infotext), *_check_gaps(infotext)]
    return tuple(sorted(findings, key=lambda d: (d.span.start, d.span.end)))


def _check_lines(infotext: Infotext) -> Iterator[Diagnostic]:
    offset, is_negative = 0, False
    end = len(infotext.source) if infotext.settings_span is None else infotext.settings_span.start
    for line in infotext.source[:end].split("\n"):
        start = offset + len(line) - len(line.lstrip())
        span = Span(start, start + len(NEGATIVE))
        at = infotext.source.find(NEGATIVE, start, offset + len(line))
        if at == start and is_negative:
            message = f'a second "{NEGATIVE}" is dropped; its text joins the first'
            yield Diagnostic("MZ023", message, span, help="keep one of them")
        elif at == start:
            is_negative = True
        elif at > start and not is_negative:
            message = f'"{NEGATIVE}" counts only at the start of a line; here it is part of the prompt'
            yield Diagnostic(
                "MZ024", message, Span(at, at + len(NEGATIVE)), help="begin a new line before it"
            )
        if infotext.settings_span is None and has_common_setting(tuple(scan_items(line))):
            message = "settings count only on the last line; these are part of the prompt"
            whole = Span(start, offset + len(line.rstrip()))
            yield Diagnostic("MZ021", message, whole, help="move them to the end, as one line")
        offset += len(line) + 1


def has_common_setting(settings: tuple[Setting, ...]) -> bool:
    """Whether any of these is a setting that programs write; ``(aa:1), (bb:2), (cc:3)`` has none."""
    return len(settings) >= MIN_ITEMS and any(s.key.strip().casefold() in KNOWN for s in settings)


def _check_settings(infotext: Infotext) -> Iterator[Diagnostic]:
    if infotext.settings_span is not None and not has_common_setting(infotext.settings):
        yield Diagnostic(
            "MZ022",
            "the last line is read as settings, for it has three items with a colon or more",
            infotext.settings_span,
            help="if it belongs to the prompt, put a line with settings behind it",
        )
        return  # a prompt's words are not worth a finding each
    last: dict[str, Setting] = {}
    for setting in infotext.settings:
        last[setting.key] = setting
    for setting in infotext.settings:
        yield from _check_setting(setting, last)


def _check_setting(setting: Setting, last: dict[str, Setting]) -> Iterator[Diagnostic]:
    key = setting.key
    if setting.value is None:
        message = f'"{key}" has no value and counts as absent'
        yield Diagnostic("MZ028", message, setting.key_span, Severity.INFO, "remove it")
    elif last[key] is not setting and last[key].value is not None:
        message = f'"{key}" is given again later, and the last one counts'
        yield Diagnostic("MZ025", message, setting.span, help="remove one of them")
    known = KNOWN.get(key.strip().casefold(), key)
    if known != key:
        message = f'"{key}" is not read as "{known}"'
        yield Diagnostic("MZ026", message, setting.key_span, help=f'write "{known}"')


def _check_gaps(infotext: Infotext) -> Iterator[Diagnostic]:
    line = infotext.settings_span
    if line is None or not has_common_setting(infotext.settings):
        return
    stops = [Span(line.start, line.start), *(s.span for s in infotext.settings), Span(line.end, line.end)]
    for before, after in pairwise(stops):
        gap = infotext.source[before.end : after.start]
        text = gap.strip(" \t,")
        if text:
            start = before.end + gap.index(text)
            yield Diagnostic(
                "MZ027",
                "this is no setting and is not read",
                Span(start, start + len(text)),
                help='write settings as "Key: value"; quote a value that holds a comma',
            )
