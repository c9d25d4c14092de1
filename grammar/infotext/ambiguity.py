"""What in a pasted infotext is probably not meant as it is read.

Codes: MZ021 settings that are not on a last line of their own, MZ022 prompt read as settings, MZ023 repeated
``Negative prompt:``, MZ024 ``Negative prompt:`` inside a line, MZ025 repeated setting, MZ026 misspelt
setting, MZ027 text between settings, MZ028 setting without a value.

Source: the reading rules of stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

import re
from collections.abc import Iterator

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.infotext.items import scan_items
from mezzotint.grammar.infotext.lexer import MIN_ITEMS, NEGATIVE
from mezzotint.grammar.infotext.nodes import Frame, Junk, Settings
from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.infotext.signs import KNOWN
from mezzotint.grammar.span import Span

_STEPS = re.compile(r"Steps: ?\d{1,5}\s*(,|$)")  # how programs begin a settings line, and nobody a prompt
_GLUED = (" Steps", ". Steps", NEGATIVE[:-1])  # ends of what is taken for a key, where no line was begun


def diagnose(infotext: Infotext) -> tuple[Diagnostic, ...]:
    """Findings about a record that :func:`~mezzotint.grammar.infotext.text.parse` made, into its source."""
    frame = parse_frame(infotext.source)
    findings = [*_check_labels(frame), *_check_settings(infotext)]
    if frame.settings is None:
        findings += _check_lines(frame)
    elif has_common_setting(infotext.settings):
        findings += _check_junk(frame.settings)
    return tuple(sorted(findings, key=lambda d: (d.span.start, d.span.end)))


def lost_settings(text: str) -> tuple[Diagnostic, ...]:
    """Findings about settings in a text that is read as a prompt and nothing else."""
    return tuple(_check_lines(parse_frame(text)))


def _check_labels(frame: Frame) -> Iterator[Diagnostic]:
    for line in frame.negative.lines[1:] if frame.negative else ():
        if line.label:
            message = f'a second "{NEGATIVE}" is dropped; its text joins the first'
            span = Span(line.span.start, line.span.start + len(NEGATIVE))
            yield Diagnostic("MZ023", message, span, help="keep one of them")
    for line in frame.prompt.lines:
        at = line.text.find(NEGATIVE)
        if at >= 0:
            message = f'"{NEGATIVE}" counts only at the start of a line; here it is part of the prompt'
            span = Span(at, at + len(NEGATIVE)).shift(line.text_span.start)
            yield Diagnostic("MZ024", message, span, help="begin a new line before it")


def _check_lines(frame: Frame) -> Iterator[Diagnostic]:
    for line in (*frame.prompt.lines, *(frame.negative.lines if frame.negative else ())):
        whole = Span(line.span.start, line.text_span.end)
        items = tuple(scan_items(line.label + line.text))
        if has_common_setting(items):
            message = "settings count only on the last line; these are part of the prompt"
            yield Diagnostic("MZ021", message, whole, help="move them to the end, as one line")
        elif items and _STEPS.match(line.text):
            message = f"fewer than {MIN_ITEMS} settings do not count; these are part of the prompt"
            yield Diagnostic("MZ021", message, whole, help="write more, such as Sampler, Seed and Size")


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
    first = infotext.settings[0] if infotext.settings else None
    if first and first.key not in KNOWN.values() and first.key.endswith(_GLUED) and "Steps" not in infotext:
        message = "settings count only on a line of their own; the text before them is lost"
        yield Diagnostic(
            "MZ021", message, first.key_span, help='begin new lines before "Steps" and the label'
        )
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


def _check_junk(settings: Settings) -> Iterator[Diagnostic]:
    for part in settings.parts:
        if isinstance(part, Junk):
            yield Diagnostic(
                "MZ027",
                "this is no setting and is not read",
                part.span,
                help='write settings as "Key: value"; quote a value that holds a comma',
            )
