"""Every tree can be walked in one way."""

from mezzotint.grammar import nodes
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.infotext.record import Setting
from mezzotint.grammar.parser import parse
from mezzotint.grammar.walk import Visitor, children, walk

SOURCE = "(a [b:c:3]:1.2) AND [x|[y]] :0.5 <lora:l:1>"


def test_children_come_in_source_order() -> None:
    for node in walk(parse(SOURCE)):
        starts = [child.span.start for child in children(node)]
        assert starts == sorted(starts)
    kinds = [type(node).__name__ for node in walk(parse("(a:1.2) AND [x|y]"))]
    assert kinds == [
        "Prompt", "Branch", "Emphasis", "Text", "Weight", "Text",
        "Branch", "Text", "Alternation", "Text", "Text",
    ]  # fmt: skip


class Depths(Visitor):
    """How deep every text stands, brackets of networks and schedules not entered."""

    def __init__(self) -> None:
        self.depth = 0
        self.texts: list[tuple[int, str]] = []

    def visit_Emphasis(self, _: nodes.Emphasis) -> None:  # noqa: N802 - named after the node
        self.depth += 1

    def leave_Emphasis(self, _: nodes.Emphasis) -> None:  # noqa: N802
        self.depth -= 1

    def visit_Scheduled(self, _: nodes.Scheduled) -> bool:  # noqa: N802
        return False

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802
        self.texts.append((self.depth, node.value))


def test_a_visitor_sees_what_it_asks_for() -> None:
    visitor = Depths()
    visitor.visit(parse("a (b (c) [d:e:3] f) g"))
    assert visitor.texts == [(0, "a "), (1, "b "), (2, "c"), (1, " "), (1, " f"), (0, " g")]
    assert visitor.depth == 0


class Keys(Visitor):
    def __init__(self) -> None:
        self.keys: list[str] = []

    def visit_Setting(self, node: Setting) -> None:  # noqa: N802
        self.keys.append(node.key)


def test_a_visitor_of_a_frame() -> None:
    visitor = Keys()
    visitor.visit(parse_frame("a\nSteps: 20, Sampler: Euler, (x), Seed: 1"))
    assert visitor.keys == ["Steps", "Sampler", "Seed"]


def test_a_visitor_does_not_recurse() -> None:
    visitor = Depths()
    visitor.visit(parse("(" * 100 + "a" + ")" * 100))
    assert visitor.texts == [(100, "a")]
