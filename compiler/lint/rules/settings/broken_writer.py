"""MZ508 broken-writer

What it does: finds values that a program wrote because it had none: ``Undefined``, ``None``, ``NaN``; and
    SD.Next's ``Template:`` on a line of its own; the heading ``parameters``, copied from a program's display.
Why it is bad: readers take such values for names, and A1111 its own defaults; the template's line becomes
    part of the negative prompt, so that all that is wanted is unwanted, too; the heading is drawn.
Evidence: Civitai writes ``Sampler: Undefined`` for FLUX, which Forge mends by a rule of its own; ComfyUI's
    node packages write ``CFG scale: None`` (ComfyUI-Lora-Manager#94).
Catalogue: IT710
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.setting import SETTINGS, template_line
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_KEYS = frozenset({"Steps", "Sampler", "CFG scale", "Seed", "Size", "Model", "Model hash", "Schedule type"})
NOTHING = frozenset({"undefined", "none", "nan", "null", "nonexnone", "n/a"})
"""Values of writers that know none, in lower case."""

_HEADING = re.compile(r"\s*(parameters:?)[ \t]*\r?\n")


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield one finding for each such value of a common setting."""
    infotext = subject.document.infotext
    if line := template_line(subject):
        message = "SD.Next's template is read as the negative prompt"
        yield Found(message, line, "remove the line, or move it behind the settings")
    if infotext and (heading := _HEADING.match(subject.source)):
        yield Found("this heading is read as a part of the prompt", Span(*heading.span(1)), "remove the line")
    for setting in infotext.settings if infotext else ():
        if setting.key in _KEYS and (setting.value or "").casefold() in NOTHING:
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
        f"a cat\nNegative prompt: \nTemplate: a cat\n{SETTINGS}",
        f"parameters\n\na cat\n{SETTINGS}",
    ),
    good=(f"a cat\n{SETTINGS}", f"a cat\n{SETTINGS}, VAE: None"),
)
