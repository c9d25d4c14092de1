"""What a user hands over is read as what it is."""

import pytest

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.span import Span

INFOTEXT = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler, CFG scale: 7"


def test_a_pasted_infotext_is_taken_apart() -> None:
    document = read_document(INFOTEXT)
    assert document.infotext is not None
    assert (document.prompt, document.negative_prompt) == ("a cat", "dog")
    assert document.span(Span(0, 3), negative=True) == Span(23, 26)


@pytest.mark.parametrize(
    "prompt", ["(red:1.2), (blue:1.3), (green:1.1)", "time: day, place: sea, mood: calm", "a, b, c", ""]
)
def test_a_prompt_with_colons_stays_a_prompt(prompt: str) -> None:
    document = read_document(prompt)
    assert document.infotext is None
    assert document.prompt == prompt


def test_what_a_picture_holds_is_an_infotext_whatever_it_says() -> None:
    assert read_document("(aa:1), (bb:2), (cc:3)", Dialect.INFOTEXT).prompt == ""


def test_the_midjourney_tail_is_cut_off_unless_told_otherwise() -> None:
    document = read_document("red circle --ar 3:2 --seed 5")
    assert document.prompt == "red circle"
    assert [flag.name for flag in document.flags] == ["aspect", "seed"]
    assert read_document("red circle --ar 3:2", Dialect.A1111).prompt == "red circle --ar 3:2"
