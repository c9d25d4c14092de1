"""spare-space: blanks behind a blank, and around lines.

No tokenizer sees them. Line ends stay, as they are how a prompt is laid out.
"""

import re
from collections.abc import Iterator

from mezzotint.compiler.optimizations.optimization import Candidate, Example, Optimization, View, kept
from mezzotint.grammar.nodes import Text
from mezzotint.grammar.span import Span

_SPARE = re.compile(r"(?<=\n)[ \t]+|[ \t]+(?=\n)|(?<=[ \t])[ \t]+")


def candidates(view: View) -> Iterator[Candidate]:
    """Yield each run of blanks that are not needed."""
    source = view.source
    start = len(source) - len(source.lstrip(" \t"))
    end = max(start, len(source.rstrip(" \t")))
    around = (Span(0, start), Span(end, len(source)))
    yield from (Candidate(span, ((span, ""),)) for span in around if len(span))
    for node in view.nodes(Text):
        for found in _SPARE.finditer(node.value):
            span = Span(*found.span()).shift(node.span.start)
            if start < span.start and span.end < end:
                yield Candidate(span, ((span, ""),))


OPTIMIZATION = Optimization(
    "spare-space",
    "drop blanks that no tokenizer sees",
    candidates,
    examples=(
        Example("  a   cat,\t dog  ", "a cat,\tdog"),
        Example("a  (red   cat:1.2)", "a (red cat:1.2)"),
        Example("a  cat \n\n  b", "a cat\n\nb"),
    ),
    kept=(kept(" ", negative=True),),
)
