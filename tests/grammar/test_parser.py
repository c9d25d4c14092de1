"""Any text parses, nothing of it is lost, and what it means is where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar import nodes
from mezzotint.grammar.lexer import CLEANED, NEGATIVE, POSITIVE, Language
from mezzotint.grammar.parser import parse
from mezzotint.grammar.render import outline, to_json, to_source
from mezzotint.grammar.walk import walk

PIECES = [
    "(",
    ")",
    "[",
    "]",
    ":",
    "|",
    "\\",
    "\n",
    " ",
    "a",
    "BREAK",
    " AND ",
    "0.5",
    "1.2",
    "<lora:x:1>",
    "<",
    ">",
    "#c",
]
PROMPTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
LANGUAGES = st.sampled_from([POSITIVE, NEGATIVE, CLEANED])


@given(PROMPTS, LANGUAGES)
def test_the_tree_gives_back_the_source(source: str, language: Language) -> None:
    assert to_source(parse(source, language)) == source


@given(PROMPTS)
def test_every_node_knows_its_place(source: str) -> None:
    for node in walk(parse(source)):
        assert to_source(node) == source[node.span.start : node.span.end]


@given(PROMPTS)
def test_displays_never_fail(source: str) -> None:
    tree = parse(source)
    assert list(outline(tree))
    assert to_json(tree, source)["type"] == "Prompt"


@pytest.mark.parametrize(
    "source",
    [
        "(" * 10_000,
        "(" * 10_000 + ")" * 10_000,
        "[" * 5_000 + "a" + ":1]" * 5_000,
        "<a:" * 20_000,
        ":|" * 5_000,
    ],
    ids=["unclosed", "balanced", "scheduled", "tags", "marks"],
)
def test_long_hostile_texts_survive(source: str) -> None:
    tree = parse(source)
    assert to_source(tree) == source
    assert hash(tree) == hash(parse(source))


def only(source: str) -> nodes.Item:
    (branch,) = parse(source).branches
    (item,) = branch.children
    return item


def test_weighted_emphasis() -> None:
    item = only("(cat: 1.2 )")
    assert isinstance(item, nodes.Emphasis)
    assert item.weight is not None
    assert item.weight.number == 1.2


def test_editing_and_alternation() -> None:
    item = only("[a:(b:1.1):0.5]")
    assert isinstance(item, nodes.Scheduled)
    assert item.before is not None
    assert (item.number, len(item.before), len(item.after)) == (0.5, 1, 1)
    item = only("[a||b]")
    assert isinstance(item, nodes.Alternation)
    assert [len(option) for option in item.options] == [1, 0, 1]


def test_negative_prompts_have_no_and_and_no_networks() -> None:
    tree = parse("a AND b <lora:x:1>", NEGATIVE)
    assert len(tree.branches) == 1
    assert not any(isinstance(node, nodes.Network) for node in walk(tree))


def test_the_weight_of_a_branch_is_found_before_its_networks() -> None:
    first, second = parse("a :0.5 AND b:2 <lora:x:1>").branches
    assert first.weight is not None
    assert second.weight is not None
    assert (first.weight.number, second.weight.number) == (0.5, 2.0)


@pytest.mark.parametrize(
    "source", ["a | b [c:d:3]", "[a|b:3] [c:d:3]", "(a|b) [c:d:3]", "[a|b [c:d:3]", "[c:d:3] \\"]
)
def test_what_disables_editing_is_flagged(source: str) -> None:
    (branch,) = parse(source).branches
    assert not branch.schedulable


def test_a_stray_bracket_leaves_its_neighbours_alone() -> None:
    (branch,) = parse("((a] [c:d:3]").branches
    assert branch.schedulable
    assert any(isinstance(item, nodes.Scheduled) for item in branch.children)


@pytest.mark.parametrize(
    ("source", "digits"),
    [("[a:b:0.5 # half\n]", "0.5"), ("[a:b:<lora:x:1> 3]", "3"), ("[a:b:0<lora:x:1>.5]", "0.5")],
)
def test_a_number_may_stand_between_comments_and_tags(source: str, digits: str) -> None:
    tree = parse(source)
    (node,) = tree.branches[0].children
    assert isinstance(node, nodes.Scheduled)
    assert (node.digits, node.number) == (digits, float(digits))
    assert to_source(tree) == source


def test_a_weight_may_stand_before_a_tag() -> None:
    (node,) = parse("(a:1.2 <lora:x:1>)").branches[0].children
    assert isinstance(node, nodes.Emphasis)
    assert node.weight is not None
    assert node.weight.number == 1.2
    assert parse("(a:1.2<lora:x:1>)", NEGATIVE).branches[0].children[0].weight is None  # type: ignore[union-attr]
