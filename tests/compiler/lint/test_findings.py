"""What findings say is what the compiled prompt says, at the severity that the model's family asks for."""

import pytest

from mezzotint.compiler.ir import Segment
from mezzotint.compiler.lint.context import HOME, Context
from mezzotint.compiler.lint.document import lint_document
from mezzotint.compiler.lint.lint import lint
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.compiler.tokens.t5 import t5_tokenizer
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.document import read_document

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def find(prompt: str, code: str, context: Context = HOME, *, negative: bool = False) -> list[Diagnostic]:
    return [d for d in lint(prompt, negative=negative, context=context, with_fixes=True) if d.code == code]


def weights(prompt: str) -> dict[str, float]:
    """What each piece weighs at the first step."""
    pieces = compile_prompt(prompt, "").positive[0].timeline[0].pieces
    return {piece.text.strip(" ,"): round(piece.weight, 4) for piece in pieces if isinstance(piece, Segment)}


@pytest.mark.parametrize(
    ("prompt", "said", "expected"),
    [
        ("(((cat, dog", '"(((" is never closed: everything up to the end is emphasised, to 1.33', 1.331),
        ("cat, [[dog", '"[[" is never closed: everything up to the end is weakened, to 0.826', 0.8264),
        ("[cat) dog", '"[" is closed by ")": everything up to the end is weakened, to 0.909', 0.9091),
    ],
)
def test_lone_brackets_weigh_what_is_said(prompt: str, said: str, expected: float) -> None:
    (found,) = find(prompt, "MZ003")
    assert found.message == said
    assert list(weights(prompt).values())[-1] == expected


def test_crossing_brackets_weigh_and_are_one_finding() -> None:
    (found,) = find("(a [red) cat]", "MZ003")
    assert "cross" in found.message
    assert weights("(a [red) cat]") == {"a": 1.1, "red": 1.0, "cat": 0.9091}


def test_stretches_of_other_brackets_are_findings_of_their_own() -> None:
    assert [d.span.start for d in find("cat)) dog] ((bird", "MZ003")] == [3, 9, 11]


def test_what_is_drawn_is_in_the_compiled_text() -> None:
    drawn = {
        "masterpiece:1.2, a cat": "masterpiece:1.2, a cat",
        r"2girls\nAND 1boy": "2girlsnAND 1boy",
        "a cat :: dog": "a cat :: dog",
        "{cat:1.2}, dog": "{cat:1.2}, dog",
        "a<br>b": "a<br>b",
    }
    for prompt, text in drawn.items():
        assert lint(prompt)
        assert list(weights(prompt)) == [text]


def test_the_second_of_two_numbers_weighs() -> None:
    (found,) = find("(cat:1.2:1.3)", "MZ008")
    assert found.message == 'only "1.3" is read as a weight, this number is drawn'
    assert weights("(cat:1.2:1.3)") == {"cat:1.2": 1.3}


def test_two_backslashes_are_one_and_the_brackets_weigh() -> None:
    assert find(r"astolfo \\(fate\\)", "MZ041")
    assert weights(r"astolfo \\(fate\\)") == {"astolfo \\": 1.0, "fate\\": 1.1}


def test_a_weight_of_one_is_lost_and_nothing_else() -> None:
    (found,) = find("trending on artstation : 1", "MZ201")
    assert found.severity is INFO
    (branch,) = compile_prompt("trending on artstation : 1", "").positive
    assert branch.weight == 1
    assert [d.severity for d in find("a clock at 10:30", "MZ201")] == [ERROR]


def test_a_switch_at_the_very_end_is_never_reached() -> None:
    assert find("[male:female:0.99]", "MZ208")
    assert not find("[male:female:0.97]", "MZ208")


@pytest.mark.parametrize(
    ("prompt", "code", "count"),
    [
        ("a, b, a, b, c, c", "MZ101", 1),
        (r"a\nb\nc\td", "MZ040", 1),
        ("{{a}}, {{b}}, cat++", "MZ301", 2),
        ("a:1.2, b:1.3, c", "MZ042", 1),
        ("embedding:a, embedding:b", "MZ414", 1),
    ],
)
def test_what_a_prompt_is_full_of_is_said_once(prompt: str, code: str, count: int) -> None:
    assert len(find(prompt, code)) == count


def test_a_finding_about_all_of_them_mends_all_of_them() -> None:
    (found,) = find(r"a\nb\nc", "MZ040")
    assert found.message.endswith("(2 of these in the prompt)")
    assert len(found.fixes[0].edits) == 2


@pytest.mark.parametrize(
    ("prompt", "code", "severities"),
    [
        ("一只猫", "MZ227", {"flux": [ERROR], "sd3": [ERROR], "sd1": [], "qwen": []}),
        ("(face:1.7)", "MZ207", {"sd1": [INFO], "sdxl": [INFO], "flux": [WARNING], "qwen": []}),
        ("(face:1.9)", "MZ207", {"sd1": [INFO], "sdxl": [WARNING], "flux": [WARNING]}),
        ("rem (re:zero)", "MZ217", {"sd1": [INFO], "pony": [WARNING], "flux": []}),
        ("a, b, a", "MZ101", {"sd1": [INFO], "flux": [], "qwen": []}),
        ("(cat, dog", "MZ003", {"sd1": [WARNING], "flux": [WARNING], "qwen": []}),
    ],
)
def test_severity_by_family(prompt: str, code: str, severities: dict[str, list[Severity]]) -> None:
    for family, expected in severities.items():
        assert [d.severity for d in find(prompt, code, Context(family=family))] == expected, family


def test_a_negative_prompt_bears_more_wherever_it_is_kept() -> None:
    assert not find("(worst quality:2), lowres", "MZ207")
    assert not find("(ugly:2)", "MZ207", negative=True)
    assert [d.severity for d in find("(ugly:2)", "MZ207")] == [WARNING]


@pytest.mark.parametrize(("dialect", "family"), [("forge", "flux"), ("a1111", "sd3")])
def test_break_is_not_drawn_where_the_program_knows_it(dialect: str, family: str) -> None:
    assert not find("a cat BREAK a dog", "MZ303", Context(dialect=dialect, family=family))


def test_hashtags_are_text_where_there_are_no_comments() -> None:
    comfy = Context(dialect="comfy")
    assert not find("a cat #art", "MZ305", comfy)
    assert find("a cat # note", "MZ305", comfy)
    assert find("# note\na cat", "MZ305", comfy)


def test_nothing_is_found_in_comments() -> None:
    assert not lint("a cat # <br> https://example.com embedding:x --ar 3:2 ")


def test_unknown_signs_are_what_the_encoders_make_of_them() -> None:
    tokens = t5_tokenizer().encode("一只猫")
    assert t5_tokenizer().decode(tokens).strip() == "<unk>"
    whole, split = (len(clip_tokenizer().encode(f"red{mark}cat")) for mark in ("", "\u200b"))
    assert whole < split
    (found,) = find("\ufeffa cat", "MZ311")
    assert found.severity is INFO
    assert clip_tokenizer().encode("\ufeffa cat") == clip_tokenizer().encode("a cat")


def test_a_torn_value_is_one_finding_over_all_of_it() -> None:
    settings = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"
    text = f'a cat\n{settings}, Hashes: {{"model": "a", "lora:b": "c"}}, Model: d'
    (found,) = lint_document(read_document(text))
    assert found.code == "MZ506"
    assert text[found.span.start : found.span.end] == '{"model": "a", "lora:b": "c"}'


@pytest.mark.parametrize(
    "piece", ["(", "(a,", "[a) ", "{{a}} ", "a:1.2,", r"\n", r"\\(a\\)", "a AND ", "<br>"]
)
def test_thousands_of_slips_are_found_and_mended(piece: str) -> None:
    """Where a rule looks at all of them again for each of them, this takes minutes."""
    assert lint(piece * 3000, with_fixes=True)
