"""MZ514 old-timeline

What it does: finds prompt editing in the infotext of a version before 1.6, where it meant something else.
Why it is bad: whether a number was a step or a part of them was decided by its size, not by its point.
Evidence: A1111 switches "Old prompt editing timelines" on when such a text is pasted; programs that do not
    know the switch draw another picture.
Catalogue: PE205
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.infotext.versions import known, parse_version
from mezzotint.grammar.nodes import Scheduled
from mezzotint.grammar.parser import parse
from mezzotint.grammar.walk import walk

_NEW = known("1.6.0")


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if the version is old, and a number reads otherwise since."""
    setting = find(subject, "Version")
    version = parse_version(setting.value or "") if setting else None
    if setting is None or version is None or version >= _NEW or find(subject, "Old prompt editing timelines"):
        return
    for node in walk(parse(subject.document.prompt)):
        if isinstance(node, Scheduled) and ("." in node.digits) != (node.number < 1):
            yield Found(
                f'"{node.digits}" meant something else in this version',
                subject.document.span(node.span),
                "add the setting Old prompt editing timelines: True",
            )


RULE = Rule(
    "MZ514",
    "old-timeline",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_document=True,
    is_default=False,
    bad=(Example(f"[cat:1.0] dog\n{SETTINGS}, Version: v1.5.1", also=("MZ203",)),),
    good=(f"[cat:0.5] dog\n{SETTINGS}, Version: v1.5.1", f"[cat:5] dog\n{SETTINGS}, Version: v1.10.1"),
)
