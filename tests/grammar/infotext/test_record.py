"""The record's own operations, old texts and findings."""

import pytest

from mezzotint.grammar.infotext.ambiguity import diagnose
from mezzotint.grammar.infotext.effective import has_hires
from mezzotint.grammar.infotext.losses import find_losses
from mezzotint.grammar.infotext.quoting import Value
from mezzotint.grammar.infotext.record import Infotext, Setting
from mezzotint.grammar.infotext.text import parse, render
from mezzotint.grammar.infotext.versions import known, parse_version
from mezzotint.grammar.span import Span

TEXT = 'a (b)\n  c\nNegative prompt:  d\nSteps: 20, Seed: 1, Size: 512x768, Seed: 2, VAE: , Model: "x, y"'


def test_lookup() -> None:
    record = parse(TEXT)
    assert (record.prompt, record.negative_prompt) == ("a (b)\nc", "d")
    assert [s.key for s in record.settings] == ["Steps", "Seed", "Size", "Seed", "VAE", "Model"]
    assert (record["Seed"], record.get("Model"), record.get("VAE")) == ("2", "x, y", None)
    assert "VAE" not in record
    assert record.size() == (512, 768)
    assert record.size("Steps") is None
    with pytest.raises(KeyError):
        record["VAE"]


def test_equal_by_meaning() -> None:
    spaced = parse(TEXT.replace("Steps: 20, ", 'Steps:"20",').replace("\n", "\r\n"))
    assert spaced == parse(TEXT)
    assert hash(spaced) == hash(parse(TEXT))
    assert parse(TEXT.replace("20", "21")) != parse(TEXT)
    assert Infotext("a", "", (Setting.of("Model", "x, y"),)) == Infotext(
        "a", "", (Setting("Model", "x, y", ""),)
    )


def test_prompt_spans() -> None:
    record = parse(TEXT)
    assert record.prompt_map.span(Span(6, 7)) == Span(8, 9)
    assert record.prompt_map.span(Span(0, 7)) == Span(0, 9)
    assert TEXT[record.negative_map.offset(0)] == "d"
    assert record.settings_span is not None
    assert TEXT[record.settings_span.start :].startswith("Steps")


@pytest.mark.parametrize("size", ["512X512", "512x", "-5x5", "9" * 5000 + "x5"])
def test_no_size(size: str) -> None:
    assert parse(f"aa: 1, bb: 2, Size: {size}").size() is None


def test_hires_needs_its_own_keys() -> None:
    assert not has_hires(parse("Steps: 1, Seed: 1, Denoising strength: 0.5"))
    assert has_hires(parse("Steps: 1, Denoising strength: 0.5, Hires upscale: 2"))


def test_versions_sort_as_pep_440_says() -> None:
    texts = [
        "1.0.dev1",
        "1.0a1.dev1",
        "1.0a1",
        "1.0b2",
        "1.0-pre",
        "1.0",
        "v1.0.0+abc",
        "1.0-1",
        "1.0-225-gabc",
        "1.1",
        "1!0",
    ]
    versions = [known(text) for text in texts]
    assert versions == sorted(versions)
    assert known("v1.7.0-225-gdeadbee") == known("1.7.post225")
    assert [parse_version(t) for t in ("", "ComfyUI", "f2.0.1v1.10.1-previous-1-g2", "1" * 5000)] == [
        None
    ] * 4
    with pytest.raises(ValueError, match="not a version"):
        known("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a cat", []),
        ("a\nNegative prompt: b\nSteps: 1, Sampler: Euler, Seed: 1", []),
        ("a\nSteps: 1, Seed: 1, Size: 8x8\nTemplate: x", [("MZ021", "Steps: 1, Seed: 1, Size: 8x8")]),
        ("a\nSteps: 20, Seed: 5", [("MZ021", "Steps: 20, Seed: 5")]),
        ("a b Steps: 2, Sampler: Euler, Seed: 1", [("MZ021", "a b Steps")]),
        ("a b Negative prompt: Steps: 2, Sampler: Euler, Seed: 1", [("MZ021", "a b Negative prompt")]),
        ("(aa:1.2), (bb:1.3), (cc:1.4)", [("MZ022", "(aa:1.2), (bb:1.3), (cc:1.4)")]),
        ("a\nNegative prompt: b\nNegative prompt: c", [("MZ023", "Negative prompt:")]),
        ("a Negative prompt: b\nSteps: 1, Sampler: Euler, Seed: 1", [("MZ024", "Negative prompt:")]),
        ("Steps: 1, Sampler: Euler, Seed: 1, Seed: 2", [("MZ025", "Seed: 1")]),
        ("Steps: 1, Sampler: Euler, CFG Scale: 1", [("MZ026", "CFG Scale")]),
        ("Steps: 1, Sampler : Euler, Seed: 1", [("MZ026", "Sampler ")]),
        ("Steps: 1, (Key): v, Sampler: Euler, Seed: 1, x", [("MZ027", "(Key): v"), ("MZ027", "x")]),
        ("Steps: 1, Sampler: Euler, VAE: ", [("MZ028", "VAE")]),
    ],
)  # fmt: skip
def test_findings(text: str, expected: list[tuple[str, str]]) -> None:
    record = parse(text)
    assert [(d.code, text[d.span.start : d.span.end]) for d in diagnose(record)] == expected


@pytest.mark.parametrize(
    ("prompt", "negative", "items", "expected"),
    [
        ("a\n\nb", "n", {"Steps": 1, "Seed": 2, "VAE": "x, y"}, []),
        (" a", "", {}, [("Prompt", "MZ031")]),
        ("a ", "", {"Steps": 1, "Seed": 2, "VAE": 3}, [("Prompt", "MZ031")]),
        ("\na", "", {}, [("Prompt", "MZ031")]),
        ("a\r\nb", "", {}, [("Prompt", "MZ031")]),
        ("a", "b\n", {}, [("Negative prompt", "MZ031")]),
        ("a\nNegative prompt: b", "", {}, [("Prompt", "MZ032")]),
        ("a", "Negative prompt: b", {}, []),
        ("a", "b\nNegative prompt: c", {}, [("Negative prompt", "MZ032")]),
        ("aa: 1, bb: 2, cc: 3", "", {}, [("Prompt", "MZ033")]),
        ("a", "x, bb: 2, cc: 3", {}, [("Negative prompt", "MZ033")]),
        ("a", "", {"Steps": 1}, [("Steps", "MZ034")]),
        ("a", "", {"Steps": 1, "Seed": 2, "VAE": '"x"'}, [("VAE", "MZ035")]),
        ("a", "", {"Steps": 1, "Seed": 2, "VAE": "VAE"}, [("VAE", "MZ035")]),
        ("a", "", {"Steps": 1, "Seed": 2, "VAE": ""}, [("VAE", "MZ035")]),
        ("a", "", {"Steps": 1, "Seed": 2, "V": "x"}, [("V", "MZ035")]),
        ("a", "", {"Steps": 1, "Seed": 2, "a.b": "x"}, [("a.b", "MZ035")]),
    ],
)  # fmt: skip
def test_losses(prompt: str, negative: str, items: dict[str, Value], expected: list[tuple[str, str]]) -> None:
    assert [(loss.part, loss.diagnostic.code) for loss in find_losses(prompt, negative, items)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Negative prompt: a\nNegative prompt:",
        "Negative prompt: a\nNegative prompt: Negative prompt: b\nSteps: 1, Seed: 1, Size: 1x1",
        'Negative prompt: a\nNegative prompt: "b, cc: 1, dd: 2, ee: 3"',
        "Negative prompt:\nx, bb: 2, cc: 3",
        "a\n\nNegative prompt:",
        "aa: 1, bb: 2, cc: 3\nNegative prompt:",
        'aa: "x, (k: y"z, bb: q", cc: 2, dd: 3',
        'aa: "", bb: 1, cc: 2, aa: ",',
        "aa: 1, bb: 2, cc: x ,",
    ],
)
def test_rendering_odd_records(text: str) -> None:
    assert parse(render(parse(text))) == parse(text)
