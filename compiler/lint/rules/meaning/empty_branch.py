"""MZ226 empty-branch

What it does: finds ``AND`` with no words before it, or behind it.
Why it is bad: nothing is composed, too, as a prompt of its own: it guides the picture like the others, and
    each step takes longer.
Evidence: stable-diffusion-webui v1.10.1 keeps empty pieces; ``AND`` alone is two empty prompts at weight 1.
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.nodes import Branch, Comment, Network, Text
from mezzotint.grammar.span import Span


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each branch without a word."""
    branches = subject.tree.branches
    if len(branches) == 1:
        return
    for at, branch in enumerate(branches):
        if _is_empty(branch):
            end = branch.span.start if at else subject.source.index("AND", branch.span.end) + 3
            what = "behind" if at else "before"
            message = f"no words are {what} this AND: an empty prompt is composed with the others"
            yield Found(message, Span(end - 3, end), "remove it, or write what is composed")


def _is_empty(branch: Branch) -> bool:
    return all(
        isinstance(item, Network | Comment) or (isinstance(item, Text) and not item.value.strip(" \t\r\n,"))
        for item in branch.children
    )


RULE = Rule(
    "MZ226",
    "empty-branch",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    bad=("a cat AND ", "AND a cat", "a cat AND , AND a dog"),
    good=("a cat AND a dog", "a cat, AND_PERP"),
)
