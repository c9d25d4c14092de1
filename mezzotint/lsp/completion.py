"""What may be written at a place."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from mezzotint.compiler.lint.network_tags import KINDS, LORAS
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.infotext.signs import KNOWN
from mezzotint.grammar.midjourney_flags import ALIASES, FLAGS
from mezzotint.grammar.midjourney_flags import Kind as FlagForm
from mezzotint.grammar.span import Span
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.names import indexed_names
from mezzotint.runtime.sampler_table import JOINED, SAMPLERS, SCHEDULERS

TRIGGERS = ("<", ":", "-", "_", " ")
MAX_ITEMS = 500
_KIND = re.compile(r"<(\w*)$")
_NETWORK = re.compile(r"<(\w+):([^:<>\n]*)$")
_WILDCARD = re.compile(r"__([\w/ .-]*)$")
_FLAG = re.compile(r"(?:^|\s)(--\w*)$")
_NAME = re.compile(r"(?:^|[\s,(|:\[])(embedding:)?([^\s,()|:\[\]<>]+)$")
_LOOK_BACK = 300  # characters; no name is longer


class Form(Enum):
    """What is offered."""

    NETWORK = auto()
    EMBEDDING = auto()
    WILDCARD = auto()
    SAMPLER = auto()
    SCHEDULE = auto()
    KEY = auto()
    FLAG = auto()


class Offer(NamedTuple):
    """A text that may replace a range."""

    label: str
    form: Form
    span: Span
    text: str
    detail: str = ""


def complete(analysis: Analysis, offset: int) -> list[Offer]:
    """What may be written at a place, the first so many."""
    found = _offers(analysis, offset)
    return [offer for offer, _ in zip(found, range(MAX_ITEMS), strict=False)]


def _offers(analysis: Analysis, offset: int) -> Iterator[Offer]:
    infotext = analysis.infotext
    if infotext and infotext.settings_span and infotext.settings_span.start <= offset:
        yield from _settings(analysis.source, infotext.settings, offset)
        return
    left = analysis.source[max(0, offset - _LOOK_BACK) : offset]
    if analysis.document is not None and (flag := _FLAG.search(left)):
        yield from _flags(Span(offset - len(flag[1]), offset), flag[1])
    elif analysis.region_at(offset) is not None or not analysis.source.strip():
        yield from _in_prompt(analysis, left, offset)


def _in_prompt(analysis: Analysis, left: str, offset: int) -> Iterator[Offer]:
    names = analysis.setup.names
    if kind := _KIND.search(left):
        span = Span(offset - len(kind[1]), offset)
        yield from _matching(KINDS, kind[1], Form.NETWORK, span, "{}:")
    elif tag := _NETWORK.search(left):
        known = _networks(analysis, tag[1])
        closed = analysis.source[offset : offset + 1] in (":", ">")
        spelling = "{}" if closed else "{}:1>"
        yield from _matching(known, tag[2], Form.NETWORK, Span(offset - len(tag[2]), offset), spelling)
    elif wildcard := _WILDCARD.search(left):
        closed = analysis.source.startswith("__", offset)
        span = Span(offset - len(wildcard[1]), offset)
        yield from _matching(
            names.wildcards or (), wildcard[1], Form.WILDCARD, span, "{}" if closed else "{}__"
        )
    elif name := _NAME.search(left):
        span = Span(offset - len(name[2]), offset)
        known = _both(names.embeddings, indexed_names().embeddings)
        yield from _matching(known, name[2], Form.EMBEDDING, span)


def _networks(analysis: Analysis, kind: str) -> Iterable[str]:
    """Those of a kind of tag, from the folders and from the index of models."""
    names = analysis.setup.names
    if kind in LORAS:
        return _both(names.networks, indexed_names().networks)
    return (names.hypernetworks or ()) if kind in KINDS else ()


def _both(found: Iterable[str] | None, indexed: Iterable[str]) -> list[str]:
    return sorted({*(found or ()), *indexed})


def _matching(
    names: Iterable[str], typed: str, form: Form, span: Span, spelling: str = "{}", detail: str = ""
) -> Iterator[Offer]:
    """The names that hold what was typed, in any case of the letters."""
    wanted = typed.casefold()
    for name in names:
        if wanted in name.casefold():
            yield Offer(name, form, span, spelling.format(name), detail)


def _flags(span: Span, typed: str) -> Iterator[Offer]:
    for name in sorted({*FLAGS, *ALIASES}):
        full = ALIASES.get(name, name)
        flag = FLAGS[full]
        if f"--{name}".startswith(typed.casefold()):
            detail = flag.kind.name.lower() if full == name else full
            if flag.kind in (FlagForm.INTEGER, FlagForm.NUMBER):
                detail += f" {flag.low:g} to {flag.high:g}"
            yield Offer(f"--{name}", Form.FLAG, span, f"--{name}", detail)


def _settings(source: str, settings: tuple[Setting, ...], offset: int) -> Iterator[Offer]:
    """Values of the setting that the place is in, or keys."""
    before = [one for one in settings if one.key_span.end < offset]
    setting = before[-1] if before else None
    typed_from = setting.span.end - len(setting.raw) if setting else 0
    if (
        setting
        and typed_from <= offset <= setting.span.end + 1
        and "," not in source[setting.span.end : offset]
    ):
        yield from _values(
            setting.key, Span(typed_from, max(offset, setting.span.end)), source[typed_from:offset]
        )
        return
    typed = re.search(r"[\w ]*$", source[:offset])
    start = offset - len(typed[0].lstrip()) if typed else offset
    keys = (key for key in KNOWN.values() if all(key != one.key for one in before))
    yield from _matching(keys, source[start:offset], Form.KEY, Span(start, offset), "{}: ")


def _values(key: str, span: Span, typed: str) -> Iterator[Offer]:
    typed = typed.strip()
    if key in ("Sampler", "Hires sampler"):
        yield from _matching([info.name for info in SAMPLERS], typed, Form.SAMPLER, span)
        yield from _matching(JOINED, typed, Form.SAMPLER, span, detail="before version 1.9")
    elif key in ("Schedule type", "Hires schedule type"):
        yield from _matching([info.label for info in SCHEDULERS], typed, Form.SCHEDULE, span)
