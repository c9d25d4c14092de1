"""MZ312 homoglyph

What it does: finds a word of Latin letters with Cyrillic ones among them that look the same.
Why it is bad: it is another word to the tokenizer, and a name with it is not found.
Evidence: such words come from texts that were typed with two keyboards, and from names made to deceive.
Catalogue: PU505
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Edit, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_ALIKE = str.maketrans("аеорсухіАВЕКМНОРСТХ", "aeopcyxiABEKMHOPCTX")
_HAS_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[A-Za-z\u0400-\u04ff]+")


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each word that is Latin after all look-alikes are replaced."""
    if subject.source.isascii():
        return
    for found in _WORD.finditer(subject.source):
        latin = found[0].translate(_ALIKE)
        if latin.isascii() and not found[0].isascii() and _HAS_LATIN.search(found[0]):
            yield Found("Cyrillic letters stand in this word", Span(*found.span()), f'write "{latin}"')


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """The word in Latin letters."""
    yield diagnostic.span, subject.text(diagnostic.span).translate(_ALIKE)


RULE = Rule(
    "MZ312",
    "homoglyph",
    check,
    since="0.1.0",
    is_default=False,
    is_preview=True,
    remedy=Remedy(edits=edits, title="write the word in Latin letters"),
    bad=("a c\u0430t", "<lora:st\u0443le:1>"),
    good=("a cat", "кот", "a кот"),
)
