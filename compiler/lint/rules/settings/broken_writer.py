"""MZ508 broken-writer

What it does: finds values that a program wrote because it had none: ``Undefined``, ``None``, ``NaN``.
Why it is bad: readers take them for names or stop at them; A1111 takes its own defaults.
Evidence: Civitai writes ``Sampler: Undefined`` for FLUX, which Forge mends by a rule of its own; ComfyUI's
    node packages write ``CFG scale: None`` (ComfyUI-Lora-Manager#94).
Catalogue: IT710
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_KEYS = frozenset({"Steps", "Sampler", "CFG scale", "Seed", "Size", "Model", "Model hash", "Schedule type"})
_NOTHING = frozenset({"undefined", "none", "nan", "null", "nonexnone", "n/a"})


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield one finding for each such value of a common setting."""
    infotext = subject.document.infotext
    for setting in infotext.settings if infotext else ():
        if setting.key in _KEYS and (setting.value or "").casefold() in _NOTHING:
            yield Found(
                f'"{setting.value}" is what a program writes that does not know',
                setting.value_span,
                "write the value, or remove the setting",
            )


def edits(subject: DocumentSubject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Remove the setting, with the comma before it."""
    infotext = subject.document.infotext
    for setting in infotext.settings if infotext else ():
        if setting.value_span == diagnostic.span:
            start = len(subject.source[: setting.span.start].rstrip(" ,"))
            if infotext and infotext.settings_span and start > infotext.settings_span.start:
                yield Span(start, setting.span.end), ""


RULE = Rule(
    "MZ508",
    "broken-writer",
    check,
    since="0.1.0",
    is_document=True,
    remedy=Remedy(edits=edits, title="remove the setting"),
    bad=(
        f"a cat\n{SETTINGS.replace('Euler', 'Undefined')}",
        f"a cat\n{SETTINGS.replace('CFG scale: 7', 'CFG scale: None')}",
    ),
    good=(f"a cat\n{SETTINGS}", f"a cat\n{SETTINGS}, VAE: None"),
)
