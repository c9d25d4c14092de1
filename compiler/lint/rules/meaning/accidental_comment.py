"""MZ219 accidental-comment

What it does: finds ``#`` right before a letter or a digit inside a line, as in a hashtag or a colour.
Why it is bad: it begins a comment: everything up to the end of the line is thrown away, without a word.
Evidence: stable-diffusion-webui v1.10.1 strips comments before all else, and nothing protects the sign:
    neither a backslash nor brackets.
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Comment
from mezzotint.grammar.span import Span


def check(subject: Subject, node: Comment) -> Iterator[Found]:
    """Yield a finding if text stands before the sign in its line, and right behind it."""
    line_start = subject.source.rfind("\n", 0, node.span.start) + 1
    line = subject.source[line_start : node.span.start]
    if not line.strip() or not node.value[1:2].isalnum():
        return
    lost = len(node.value.split())
    what = "this word is" if lost == 1 else f"these {lost} words are"
    at = node.span.start
    yield Found(
        f"# begins a comment: {what} thrown away",
        Span(at, at + len(node.value.rstrip())),
        "write it without #; a comment that is meant needs a space behind the sign",
    )


RULE = Rule(
    "MZ219",
    "accidental-comment",
    check,
    since="0.1.0",
    dialects=("a1111", "forge"),
    nodes=("Comment",),
    bad=("a cat #art, red", "background #ff0000, a cat"),
    good=("a cat # a note", "# a note\na cat", "#todo: colours\na cat"),
)
