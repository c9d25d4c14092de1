"""MZ516 malformed-setting

What it does: finds a common setting whose value is neither a number nor a size, and should be.
Why it is bad: A1111 says nothing and keeps what its fields held before, so another picture is made.
Evidence: texts copied out of a program's source or a page bring a quote, a brace or a full stop along:
    ``Size: 512x768`;``.
Catalogue: IT710
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.rules.settings.broken_writer import NOTHING
from mezzotint.compiler.lint.setting import SETTINGS
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic

_WHOLE = re.compile(r"[+-]?\d+(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_SIZE = re.compile(r"\d+x\d+")
_FORMS = {
    "Steps": (_WHOLE, "a whole number"),
    "Seed": (_WHOLE, "a whole number"),
    "Clip skip": (_WHOLE, "a whole number"),
    "CFG scale": (_NUMBER, "a number"),
    "Denoising strength": (_NUMBER, "a number"),
    "Size": (_SIZE, "a size such as 512x768"),
}


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield one finding for each such value; what broken writers put there has a rule of its own."""
    infotext = subject.document.infotext
    for setting in infotext.settings if infotext else ():
        form, words = _FORMS.get(setting.key, (None, ""))
        value = (setting.value or "").strip()
        if form is None or not value or value.casefold() in NOTHING or form.fullmatch(value):
            continue
        yield Found(
            f'"{value}" is not {words}, so A1111 passes over it', setting.value_span, f"write {words}"
        )


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The value that stands at the beginning of what is there."""
    infotext = subject.document.infotext
    for setting in infotext.settings if infotext else ():
        if setting.value_span == diagnostic.span and (match := _FORMS[setting.key][0].match(setting.raw)):
            yield diagnostic.span, match[0]


RULE = Rule(
    "MZ516",
    "malformed-setting",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="leave out what does not belong to it"),
    bad=(
        f"a cat\n{SETTINGS}`;",
        f"a cat\n{SETTINGS.replace('Steps: 20', 'Steps: twenty')}",
        f"a cat\n{SETTINGS.replace('512x512', '512*512')}",
    ),
    good=(
        f"a cat\n{SETTINGS}",
        f"a cat\n{SETTINGS.replace('CFG scale: 7', 'CFG scale: 7.000000')}",
        f"a cat\n{SETTINGS}, ControlNet 0 Size: any",
    ),
)
