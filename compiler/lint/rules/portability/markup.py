"""MZ316 markup

What it does: finds tags and entities of HTML: ``<br>``, ``</p>``, ``&nbsp;``.
Why it is bad: a tag is drawn as text; so is an entity where the encoder's cleaning does not undo it.
Evidence: they come from web pages and chats. The reference undoes entities only in texts without a ``<``.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_TAG = re.compile(
    r"</?(?:br|p|b|i|u|em|strong|span|div|li|ul|ol|a|h[1-6]|code|pre)(?:\s[^<>:]*)?/?>|<br$|&(?:nbsp|amp|quot|lt|gt|#39);"
)
_MEANT = {"&nbsp;": " ", "&amp;": "&", "&quot;": '"', "&lt;": "<", "&gt;": ">", "&#39;": "'"}


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first of them."""
    found = _markup(subject)
    if not found:
        return
    message = f'"{found[0][0]}" is markup of a web page, and is read as text{among(found)}'
    yield Found(message, Span(*found[0].span()), "remove it")


def _markup(subject: Subject) -> list[re.Match[str]]:
    """Tags, and entities that are not undone before the text is read."""
    found = list(_TAG.finditer(subject.visible))
    is_cleaned = subject.context.is_home and subject.visible.count("<") == len(
        subject.nodes.get("Network", ())
    )
    return [one for one in found if not is_cleaned or one[0].startswith("<")]


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The characters for entities, a line break for ``<br>``, nothing for other tags."""
    for found in _markup(subject):
        yield Span(*found.span()), _MEANT.get(found[0], "\n" if found[0].startswith("<br") else "")


RULE = Rule(
    "MZ316",
    "markup",
    check,
    since="0.1.0",
    remedy=Remedy(edits=edits, title="remove the markup"),
    bad=("a cat<br>a dog", "a <b>red</b> cat", Example("salt &amp; pepper", Context(dialect="comfy"))),
    good=("a cat # <br>", "salt &amp; pepper", "a cat <3", "salt & pepper", "a < b > c"),
)
