"""Midjourney flags behind a prompt: ``a cat --ar 16:9 --no dog, rain --seed 5``.

Everything before the flags is left alone. A flag begins at the start or behind white space with two hyphens,
or with the one dash that word processors make of them, and a letter follows at once; so ``a -- b``,
``night—morning`` and ``train — a study`` are text. Only flags with nothing but flags behind them count.

Codes: MZ011 unknown flag, MZ012 missing value, MZ013 ill-formed value, MZ014 value out of range, MZ015 text
behind a flag, MZ016 flags that exclude each other, MZ017 repeated flag, MZ018 text that looks like a flag.

Source: Midjourney's documentation, editions of 2022 to 2026.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from typing import NamedTuple, TypeAlias

from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.midjourney_flags import CONFLICTS, FLAGS, NAMES, FlagKind, Kind, full_name, limits
from mezzotint.grammar.span import Span

_FLAG = re.compile(r"(?<!\S)(?P<dash>--|–-|[—–])(?P<name>[A-Za-z]\S*)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_ASPECT = re.compile(r"([0-9]+):([0-9]+)")
_WEIGHTED = re.compile(r"(?P<name>.+?)(?:::(?P<weight>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)))?")
_REFERENCE = re.compile(r"(?:https?://\S+|[0-9]+|random)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_GLUED = re.compile(r"(?<=[^\s—–-])--(?P<name>[A-Za-z]+)(?!\S)")
_SINGLE = re.compile(r"(?<!\S)-(?: -)?(?P<name>[A-Za-z]+)(?!\S)(?:\s+(?P<value>\S+))?")
_MAX_DIGITS = 18
_MAX_FLAGS = 500  # what stands before them is text: more flags than exist are no prompt, but an attack


class Reference(NamedTuple):
    """A picture, style code or profile and its weight, dimensionless; 1 is neutral."""

    name: str
    weight: float = 1.0


FlagValue: TypeAlias = bool | int | float | str | tuple[int, int] | tuple[str, ...] | tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. ``name`` is the full one (``aspect`` for ``--ar``), or as written when it is unknown.

    ``value`` is None when it is missing or wrong; ``text`` is the value as written. The spans are into
    the whole text.
    """

    name: str
    value: FlagValue | None
    text: str
    span: Span = field(compare=False)
    name_span: Span = field(compare=False)
    value_span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Tail:
    """The text before the flags, and the flags. Without flags ``prompt`` is the whole text, unchanged."""

    prompt: str
    flags: tuple[Flag, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def values(self) -> dict[str, FlagValue]:
        """The value of each flag: lists add up, of other repeated flags the last right value counts."""
        values: dict[str, FlagValue] = {f.name: f.value for f in self.flags if f.value is not None}
        for name in values:
            if FLAGS[name].accumulates:
                lists = (f.value for f in self.flags if f.name == name and isinstance(f.value, tuple))
                values[name] = tuple(chain.from_iterable(lists))  # type: ignore[assignment]  # all of one type
        return values


class _Raw(NamedTuple):
    """A flag before its value is looked at."""

    dash: str
    name: str
    start: int
    name_end: int
    value: Span


class _Context(NamedTuple):
    """What else the tail says, on which the meaning of some flags depends."""

    version: str | None
    niji: str | None
    names: frozenset[str]


def split_tail(text: str) -> Tail:
    """Split the flags off the end of a text; any text is allowed, and time is linear in its length."""
    raws = list(_find(text))
    context = _context(raws, text)
    first = len(raws)
    while first and _fits(raws[first - 1], text, context):
        first -= 1
    diagnostics: list[Diagnostic] = []
    if first:
        diagnostics.extend(_text_behind(raws[first - 1], context))
    flags = tuple(_read(raw, text, context, diagnostics) for raw in raws[first:])
    diagnostics.extend(_clashes(flags))
    prompt = text[: flags[0].span.start].rstrip() if flags else text
    diagnostics.extend(_flag_like(prompt, context))
    return Tail(prompt, flags, tuple(sorted(diagnostics, key=lambda d: (d.span.start, d.span.end))))


def _find(text: str) -> Iterator[_Raw]:
    found = [m for m in _FLAG.finditer(text) if m["dash"] == "--" or m["name"].lower() in NAMES]
    # A long dash before any other word is a dash: it opens speech in many languages.
    found = found[-_MAX_FLAGS:]
    ends = (*(match.start() for match in found[1:]), len(text))
    for match, limit in zip(found, ends, strict=False):
        value = text[match.end() : limit]
        start = match.end() + len(value) - len(value.lstrip())
        span = Span(start, start + len(value.strip())) if value.strip() else Span(match.end(), match.end())
        yield _Raw(match["dash"], match["name"], match.start(), match.end(), span)


def _context(raws: Iterable[_Raw], text: str) -> _Context:
    values = {raw.name.lower(): text[raw.value.start : raw.value.end] for raw in raws}
    return _Context(values.get("v", values.get("version")), values.get("niji"), frozenset(values))


def _kind(raw: _Raw, context: _Context) -> FlagKind | None:
    name = full_name(raw.name.lower(), context.version, context.names)
    return None if name is None else FLAGS[name]


def _fits(raw: _Raw, text: str, context: _Context) -> bool:
    """Whether all that stands between this flag and the next can be its value, be it right or wrong."""
    kind = _kind(raw, context)
    tokens = text[raw.value.start : raw.value.end].split()
    match kind.kind if kind else None:
        case Kind.TERMS:
            return True
        case Kind.SWITCH:
            return not tokens
        case Kind.REFERENCES:
            return len(tokens) <= 1 or all(_REFERENCE.fullmatch(_weighted(t).name) for t in tokens)
        case Kind.NAMES:
            return all(_NAME.fullmatch(_weighted(t).name) for t in tokens)
        case _:
            return len(tokens) <= 1


def _text_behind(raw: _Raw, context: _Context) -> Iterator[Diagnostic]:
    span = Span(raw.start, raw.value.end)
    shown = f'"{raw.dash}{raw.name}"'
    if _kind(raw, context) is None:
        yield Diagnostic(
            "MZ018", f"{shown} looks like a flag and is read as text", Span(raw.start, raw.name_end)
        )
        return
    yield Diagnostic(
        "MZ015",
        f"text stands behind {shown}, so the flag is read as text, too",
        span,
        help="move the flags to the end of the prompt",
    )


def _read(raw: _Raw, text: str, context: _Context, diagnostics: list[Diagnostic]) -> Flag:
    name = full_name(raw.name.lower(), context.version, context.names)
    name_span = Span(raw.start, raw.name_end)
    value_text = text[raw.value.start : raw.value.end]
    value: FlagValue | None = None
    if name is None:
        close = get_close_matches(raw.name.lower(), NAMES, n=3, cutoff=0.5) if len(raw.name) < 40 else []
        hint = "did you mean " + " or ".join(f"--{c}" for c in close) + "?" if close else "remove it"
        diagnostics.append(
            Diagnostic("MZ011", f'unknown flag "{raw.dash}{raw.name}"', name_span, Severity.ERROR, hint)
        )
    else:
        try:
            value = _value(name, value_text, context)
        except _ValueError as error:
            span = raw.value if len(raw.value) else name_span
            message = f'"--{name}" {error}'
            diagnostics.append(Diagnostic(error.code, message, span, error.severity, error.help))
    return Flag(name or raw.name, value, value_text, Span(raw.start, raw.value.end), name_span, raw.value)


class _ValueError(Exception):
    """A value is missing or wrong."""

    def __init__(self, code: str, message: str, remedy: str, severity: Severity = Severity.ERROR) -> None:
        super().__init__(message)
        self.code, self.help, self.severity = code, remedy, severity


def _value(name: str, text: str, context: _Context) -> FlagValue:
    spec = FLAGS[name]
    if not text and spec.kind not in {Kind.SWITCH, Kind.OPTIONAL, Kind.NAMES}:
        raise _ValueError("MZ012", "has no value", _expected(name, context))
    match spec.kind:
        case Kind.SWITCH:
            return True
        case Kind.ASPECT:
            return _aspect(name, text, context)
        case Kind.INTEGER | Kind.NUMBER:
            return _number(name, text, context)
        case Kind.WORD | Kind.OPTIONAL:
            if spec.words and text and text.lower() not in spec.words:
                raise _ValueError("MZ013", f'cannot be "{text}"', _expected(name, context))
            return text.lower() if spec.words and text else text or True
        case Kind.TERMS:
            return tuple(term for part in text.split(",") if (term := part.strip()))
        case Kind.REFERENCES | Kind.NAMES:
            references = tuple(_weighted(token) for token in text.split())
            pattern = _REFERENCE if spec.kind is Kind.REFERENCES else _NAME
            if not all(pattern.fullmatch(reference.name) for reference in references):
                raise _ValueError("MZ013", f'cannot be "{text}"', _expected(name, context))
            return references


def _aspect(name: str, text: str, context: _Context) -> tuple[int, int]:
    match = _ASPECT.fullmatch(text)
    if match is None:
        raise _ValueError("MZ013", f'cannot be "{text}"', _expected(name, context))
    if max(len(match[1]), len(match[2])) > _MAX_DIGITS or not (int(match[1]) and int(match[2])):
        raise _ValueError("MZ014", f"cannot be {text}", _expected(name, context))
    return int(match[1]), int(match[2])


def _number(name: str, text: str, context: _Context) -> int | float:
    is_integer = FLAGS[name].kind is Kind.INTEGER
    if not (_INTEGER if is_integer else _NUMBER).fullmatch(text):
        raise _ValueError("MZ013", f'cannot be "{text}"', _expected(name, context))
    low, high = limits(name, context.version, context.niji, context.names)
    if len(text) > _MAX_DIGITS or not low <= float(text) <= high:
        help_ = _expected(name, context)
        if _fits_old(name, text, context):
            message = f"is out of range: {text} is for version 3"
            raise _ValueError("MZ014", message, f"{help_}, or add --v 3", Severity.WARNING)
        raise _ValueError("MZ014", f"is out of range: {text}", help_)
    return int(text) if is_integer else float(text)


def _fits_old(name: str, text: str, context: _Context) -> bool:
    """Whether a prompt that names no version may have been written for one with larger numbers."""
    if context.version or context.niji or len(text) > _MAX_DIGITS:
        return False
    low, high = limits(name, "3", None, context.names)
    return low <= float(text) <= high


def _expected(name: str, context: _Context) -> str:
    spec = FLAGS[name]
    match spec.kind:
        case Kind.ASPECT:
            return "write two whole numbers above zero, such as --ar 16:9"
        case Kind.INTEGER | Kind.NUMBER:
            low, high = limits(name, context.version, context.niji, context.names)
            what = "a whole number" if spec.kind is Kind.INTEGER else "a number"
            return f"write {what} from {low:.12g} to {high:.12g}"
        case Kind.TERMS:
            return "write what is unwanted, such as --no text, frame"
        case Kind.REFERENCES:
            return "write the address of a picture, a numeric code, or random"
        case Kind.NAMES:
            return "write names of letters and digits"
        case _:
            return f"write one of {', '.join(sorted(spec.words))}" if spec.words else "write one word"


def _weighted(token: str) -> Reference:
    match = _WEIGHTED.fullmatch(token)
    if match is None or len(match["weight"] or "") > _MAX_DIGITS:
        return Reference(token)
    name = match["name"]
    # Discord wants addresses in angle brackets, and Midjourney's bot repeats them so.
    return Reference(
        name[1:-1] if name.startswith("<") and name.endswith(">") else name, float(match["weight"] or 1)
    )


def _clashes(flags: tuple[Flag, ...]) -> Iterator[Diagnostic]:
    last = {flag.name: flag for flag in flags}
    for flag in flags:
        if flag.name in FLAGS and not FLAGS[flag.name].accumulates and last[flag.name] is not flag:
            yield Diagnostic(
                "MZ017",
                f'"--{flag.name}" is given again later, and the last one counts',
                flag.span,
                help="remove one of them",
            )
    for group in CONFLICTS:
        used = sorted((last[name] for name in group if name in last), key=lambda flag: flag.span.start)
        for flag in used[1:]:
            message = f'"--{used[0].name}" and "--{flag.name}" exclude each other'
            yield Diagnostic("MZ016", message, flag.span, Severity.ERROR, "remove one of them")


def _flag_like(prompt: str, context: _Context) -> Iterator[Diagnostic]:
    for match in _GLUED.finditer(prompt):
        if match["name"].lower() in NAMES:
            yield _looks_like_flag(match, "put a space before the two hyphens")
    for match in _SINGLE.finditer(prompt):
        name = full_name(match["name"].lower(), context.version, context.names)
        is_split = match[0].startswith("- -")
        if name and (is_split or _is_value(name, match["value"], context)):
            yield _looks_like_flag(match, "write two hyphens without a space between them")


def _is_value(name: str, value: str | None, context: _Context) -> bool:
    if value is None or FLAGS[name].kind not in {Kind.ASPECT, Kind.INTEGER, Kind.NUMBER}:
        return False
    try:
        _value(name, value, context)
    except _ValueError:
        return False
    return True


def _looks_like_flag(match: re.Match[str], remedy: str) -> Diagnostic:
    span = Span(match.start(), match.end("name"))
    shown = match.string[span.start : span.end]
    return Diagnostic("MZ018", f'"{shown}" looks like a flag and is read as text', span, help=remedy)
