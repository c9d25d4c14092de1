"""MZ310 curly-quote

What it does: finds curly quotes and apostrophes in a prompt for a reader that does not straighten them.
Why it is bad: they are other tokens than the straight ones, and rarer in what the model has learnt from.
Evidence: the reference cleans its text with ftfy, which makes them straight before CLIP sees them; ComfyUI's
    tokenizer and T5's do not.
Catalogue: PU502
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import CLIP_FAMILIES, Context
from mezzotint.compiler.lint.counting import among
from mezzotint.compiler.lint.registry import Edit, Example, Found, Remedy, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_STRAIGHTENING = ("a1111", "forge")
_UNKNOWN = ("midjourney", "novelai")  # nobody outside knows their tokenizers


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding, at the first curly quote."""
    context = subject.context
    if context.dialect in _STRAIGHTENING and context.model in CLIP_FAMILIES:
        return
    if context.dialect in _UNKNOWN or not (places := _places(subject.visible)):
        return
    first = places[0]
    straight = subject.source[first].translate(_STRAIGHT)
    message = f"a curly quote is another token than a straight one{among(places)}"
    yield Found(message, Span(first, first + 1), f"write {straight}")


def _places(source: str) -> list[int]:
    return [at for at, letter in enumerate(source) if letter in "“”‘’"]


def edits(subject: Subject, diagnostic: Diagnostic) -> Iterator[Edit]:
    """Straight ones for all of them."""
    for at in _places(subject.visible):
        yield Span(at, at + 1), subject.source[at].translate(_STRAIGHT)


_COMFY = Context(dialect="comfy")

RULE = Rule(
    "MZ310",
    "curly-quote",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    remedy=Remedy(edits=edits, title="write straight quotes"),
    bad=(Example("a sign “hello”", _COMFY), Example("the cat’s eye", _COMFY)),
    good=("a sign “hello”", Example('a sign "hello"', _COMFY)),
)
