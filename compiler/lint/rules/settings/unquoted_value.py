"""MZ506 unquoted-value

What it does: finds a value in brackets or braces that is not in quotes and holds a comma.
Why it is bad: it ends at its first comma, and what follows is read as other settings or thrown away.
Evidence: A1111 quotes values that hold a comma; writers such as Civitai's put plain JSON behind ``Civitai
    resources`` and ``Hashes`` (AUTOMATIC1111#12128).
Catalogue: IT704
"""

import json
import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_PAIRS = {"{": "}", "[": "]"}
_SIGN = re.compile(r"\\.|[\"{}\[\]]")


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield one finding for each value that opens a bracket and does not close it."""
    infotext = subject.document.infotext
    for setting in infotext.settings if infotext else ():
        raw = setting.raw
        if raw[:1] in _PAIRS and raw.count(raw[0]) > raw.count(_PAIRS[raw[0]]):
            yield Found(
                f'"{setting.key}" ends at its first comma; the rest of its value is read as other settings',
                _whole(subject.source, setting.value_span.start),
                "put the whole value in quotes, as a JSON string",
            )


def _whole(source: str, start: int) -> Span:
    """The value up to the bracket that closes it, or to the end of its line."""
    end = source.find("\n", start)
    line = source[start : end if end >= 0 else len(source)]
    depth, is_quoted = 0, False
    for found in _SIGN.finditer(line):
        if found[0] == '"':
            is_quoted = not is_quoted
        elif not is_quoted and len(found[0]) == 1:
            depth += 1 if found[0] in _PAIRS else -1
            if depth == 0:
                return Span(start, start + found.end())
    return Span(start, start + len(line))


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The whole of the JSON value in quotes."""
    start = diagnostic.span.start
    try:
        _, end = json.JSONDecoder().raw_decode(subject.source, start)
    except (ValueError, RecursionError):
        return
    yield Span(start, end), json.dumps(subject.source[start:end], ensure_ascii=False)


RULE = Rule(
    "MZ506",
    "unquoted-value",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="put the value in quotes"),
    bad=(f'a cat\n{SETTINGS}, Civitai resources: [{{"type":"lora","weight":1}}]',),
    good=(
        f'a cat\n{SETTINGS}, Civitai resources: [{{"type":"lora"}}]',
        f'a cat\n{SETTINGS}, Hashes: "{{\\"model\\": \\"a\\", \\"vae\\": \\"b\\"}}"',
    ),
)
