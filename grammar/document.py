"""What a user hands over: a prompt, a prompt with a Midjourney tail, or a whole pasted infotext.

The readers of infotexts and of tails are imported for the texts that may have one: most have neither.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.infotext.signs import may_have_settings
from mezzotint.grammar.span import Span

if TYPE_CHECKING:
    from mezzotint.grammar.infotext.record import Infotext
    from mezzotint.grammar.midjourney import Flag

_STEPS = "Steps:"  # in settings, be they in the wrong place
_DASH = re.compile(r"--|(?<!\S)[-–—]")  # whatever is a flag, or looks like one, has one of these


class Dialect(StrEnum):
    """How to read a text."""

    AUTO = "auto"  # an infotext if the text ends in a line of known settings, else a prompt and its tail
    A1111 = "a1111"  # a prompt and nothing else
    INFOTEXT = "infotext"  # prompt, negative prompt and settings as saved in pictures


@dataclass(frozen=True, slots=True)
class Document:
    """A text taken apart.

    Attributes:
        source: the text as it came.
        prompt, negative_prompt: what the prompt language reads.
        infotext: the record, when the text is one.
        flags: the Midjourney flags behind the prompt.
        diagnostics: findings about the frame, not about the prompts; spans are into ``source``.
    """

    source: str
    prompt: str
    negative_prompt: str = ""
    infotext: "Infotext | None" = None
    flags: "tuple[Flag, ...]" = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)

    def span(self, span: Span, *, negative: bool = False) -> Span:
        """Where a range of the prompt, or of the negative prompt, stands in ``source``."""
        if self.infotext is None:
            return span
        return (self.infotext.negative_map if negative else self.infotext.prompt_map).span(span)


def read_document(source: str, dialect: Dialect = Dialect.AUTO) -> Document:
    """Take a text apart; every text is a document."""
    if dialect is Dialect.A1111:
        return Document(source, source)
    if dialect is Dialect.INFOTEXT or may_have_settings(source):
        from mezzotint.grammar.infotext.ambiguity import diagnose, has_common_setting
        from mezzotint.grammar.infotext.text import parse as parse_infotext

        record = parse_infotext(source)
        # A prompt such as "(a:1.2), (b:1.1), (c:1.3)" has the form of a settings line, too.
        if dialect is Dialect.INFOTEXT or has_common_setting(record.settings):
            findings = diagnose(record)
            return Document(source, record.prompt, record.negative_prompt, record, diagnostics=findings)
    lost: tuple[Diagnostic, ...] = ()
    if _STEPS in source:
        from mezzotint.grammar.infotext.ambiguity import lost_settings

        lost = lost_settings(source)
    if not _DASH.search(source):
        return Document(source, source, diagnostics=lost)
    from mezzotint.grammar.midjourney import split_tail

    tail = split_tail(source)
    return Document(source, tail.prompt, flags=tail.flags, diagnostics=(*lost, *tail.diagnostics))
