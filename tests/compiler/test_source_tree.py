"""The tree of the source, which tools look at, against the tree of the cleaned text, which is compiled."""

from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.lower import positive_text
from mezzotint.compiler.passes.conjunction import conjunction
from mezzotint.grammar import nodes
from mezzotint.grammar.lexer import CLEANED
from mezzotint.grammar.nodes import Prompt
from mezzotint.grammar.parser import parse
from mezzotint.grammar.walk import walk

PARTS = ["(", "[", ")", "]", ":", "|", "a", " ", "1", "0.5", "# c\n", "#]", "\n", "<lora:x:1>", "<l:[a:b:3>"]


def meaning(tree: Prompt) -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for node in walk(tree):
        if isinstance(node, nodes.Scheduled):
            found.append(("scheduled", node.number))
        elif isinstance(node, nodes.Emphasis):
            found.append(("emphasis", node.weight.number if node.weight else None))
        elif isinstance(node, nodes.Alternation):
            found.append(("alternation", len(node.options)))
    return found


@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join))
def test_comments_and_tags_hide_nothing(source: str) -> None:
    assert meaning(parse(f"{source},")) == meaning(parse(positive_text(f"{source},")[0].text, CLEANED))


@given(st.lists(st.sampled_from(["a", " ", ",", "# c\n", "<l:x:1>", "\n"]), max_size=8).map("".join))
def test_a_prompts_weight_is_seen_behind_comments_and_tags(before: str) -> None:
    source = f"{before}b :1.5"
    ((_, weight),) = conjunction(positive_text(source)[0])
    (branch,) = parse(source).branches
    assert weight == 1.5
    assert branch.weight is not None
    assert branch.weight.number == weight
