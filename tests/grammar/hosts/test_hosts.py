"""Prompts are found in files as they are spelled there, and rewritten without touching anything else."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.hosts.fields import choose
from mezzotint.grammar.hosts.files import read_fields, read_list, read_style_sheet
from mezzotint.grammar.hosts.host import UNKNOWN, Host, HostError, Leaf, Literal
from mezzotint.grammar.hosts.infotext import infotext_host
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import TextMap

yaml: Any = pytest.importorskip("yaml")

PIECES = [
    "a cat",
    ",",
    " ",
    "  ",
    '"',
    "'",
    "''",
    "\\",
    "\\n",
    "é",
    "😀",
    "\n",
    "\r\n",
    "\t",
    "\u2028",
    "#",
    " # ",
]
MORE = [
    "(b:1.2)",
    ":",
    ": ",
    "- ",
    "|",
    "{prompt}",
    "[",
    "]",
    "\x7f",
    "\xa0",
    "\x85",
    "&",
    "*",
    "%",
    "1",
    "'''",
    '"""',
]
TEXTS = st.lists(st.sampled_from(PIECES + MORE), max_size=8).map("".join)
FIELDS = ("**",)


def said(host: Host) -> list[str]:
    return [one.text for one in host.passages]


def frame(host: Host) -> list[str]:
    """What stands around the prompts."""
    parts, at = [], 0
    for one in sorted(host.passages, key=lambda one: one.literal.span):
        parts.append(host.source[at : one.literal.span.start])
        at = one.literal.span.end
    return [*parts, host.source[at:]]


def holds_its_laws(host: Host, new: list[str], *, may_refuse: bool = True) -> None:
    """What every host does with any new prompts."""
    assert host.rewritten({one.number: one.text for one in host.passages}).text == host.source
    wanted = {one.number: text for one, text in zip(host.passages, new, strict=False)}
    done = host.rewritten(wanted)
    leaves = host.read(done.text)
    for index, (old, leaf) in enumerate(zip(host.leaves, leaves, strict=True)):
        is_refused = any(one.number == index for one in done.refused)
        assert leaf.path == old.path
        assert leaf.value == (old.value if is_refused else wanted.get(index, old.value))
    assert re.fullmatch(".*".join(map(re.escape, frame(host))), done.text, re.DOTALL)
    assert may_refuse or not done.refused
    for one in host.passages:
        for at, character in enumerate(one.text):
            span = one.map.span(Span(at, at + 1))
            assert one.literal.span.start <= span.start <= span.end <= one.literal.span.end
            written = host.source[span.start : span.end]
            assert written == character or len(written) > 1 or written.isspace(), (character, written)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, max_size=4), st.booleans(), st.booleans())
def test_json(texts: list[str], new: list[str], is_ascii: bool, is_long: bool) -> None:
    value = {"x": [{"prompt": text, "n": 1.5} for text in texts], "e": {}}
    source = json.dumps(value, ensure_ascii=is_ascii, indent=2 if is_long else None)
    host = read_fields(source, "a.json", FIELDS)
    assert said(host) == texts
    holds_its_laws(host, new, may_refuse=False)
    after = host.rewritten({one.number: text for one, text in zip(host.passages, new, strict=False)}).text
    assert not is_ascii or after.isascii()


@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, max_size=4))
def test_json_lines(texts: list[str], new: list[str]) -> None:
    source = "\n".join(json.dumps({"prompt": text}, ensure_ascii=True) for text in texts)
    host = read_fields(source, "a.jsonl")
    assert said(host) == texts
    holds_its_laws(host, new, may_refuse=False)


@given(
    st.lists(TEXTS, min_size=1, max_size=3),
    st.lists(TEXTS, max_size=3),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
    st.sampled_from([20, 1000]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_yaml(texts: list[str], new: list[str], style: str, plain: bool, width: int, line_end: str) -> None:
    value = {"x": [{"prompt": text, "n": 1.5} for text in texts], "e": {}}
    source = yaml.safe_dump(value, default_style=style, allow_unicode=plain, width=width, line_break=line_end)
    try:
        again = yaml.safe_load(source)
    except yaml.YAMLError:  # PyYAML does not read all that it writes
        return
    if style is None:
        assert isinstance(source, str)
    host = read_fields(source, "a.yaml", ("x.*.prompt",))
    assert said(host) == [one["prompt"] for one in again["x"]]
    holds_its_laws(host, new)


def spelled_toml(text: str, kind: int) -> str:
    basic = json.dumps(text).replace("\x7f", "\\u007f")
    basic = basic.encode("ascii").decode().replace("\\ud83d\\ude00", "😀")
    if kind == 1 and not set(text) & set("'\n\r\x7f"):
        return f"'{text}'"
    if kind == 2 and not set(text) & set("'\r\x7f"):
        return f"'''\n{text}'''"
    if kind == 3:
        return f'"""\\\n   {basic[1:-1]}"""'
    return basic


@given(
    st.lists(TEXTS, min_size=1, max_size=3),
    st.lists(TEXTS, max_size=3),
    st.lists(st.integers(0, 3), min_size=3),
)
def test_toml(texts: list[str], new: list[str], kinds: list[int]) -> None:
    rows = [
        f"[[x]]\nd = 1979-05-27 07:32:00\nprompt = {spelled_toml(t, k)} # c"
        for t, k in zip(texts, kinds, strict=False)
    ]
    source = "\n".join(rows)
    host = read_fields(source, "a.toml")
    assert said(host) == [row["prompt"] for row in tomllib.loads(source)["x"]]
    holds_its_laws(host, new)


@given(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3),
    st.lists(TEXTS, max_size=6),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_style_sheets(rows: list[tuple[str, str]], new: list[str], quoting: Any, line_end: str) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=quoting, lineterminator=line_end)
    writer.writerow(("name", "prompt", "negative_prompt"))
    writer.writerows((f"style {at}", *row) for at, row in enumerate(rows))
    host = read_style_sheet(stream.getvalue())
    if quoting == csv.QUOTE_ALL:
        assert said(host) == [text for row in rows for text in row if text]
    holds_its_laws(host, new, may_refuse=quoting == csv.QUOTE_MINIMAL)


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4), st.booleans())
def test_lists(texts: list[str], new: list[str], is_wildcard: bool) -> None:
    source = "\n".join(["# a list", "2::a ,b", *texts, ""])
    holds_its_laws(read_list(source, is_wildcard=is_wildcard), new)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_infotexts(prompt: str, negative: str, new: list[str]) -> None:
    settings = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"
    source = f"{prompt}\nNegative prompt: {negative}\n{settings}"
    holds_its_laws(infotext_host(read_document(source, Dialect.INFOTEXT), Dialect.INFOTEXT), new)


@pytest.mark.parametrize(
    ("source", "new", "after"),
    [
        ("prompt: a ,b # note", "a, b", "prompt: a, b # note"),
        ("prompt: a", "b: c", "prompt: 'b: c'"),
        ("{prompt: a}", "b, c", "{prompt: 'b, c'}"),
        ("prompt: 'it''s'", "it's 'a'", "prompt: 'it''s ''a'''"),
        ('prompt: "\\u00E9 a\\tb"', "é é\tb", 'prompt: "\\u00E9 \\xE9\\tb"'),
        ('prompt: &x !!str "a" # c\ny: *x', "b", 'prompt: &x !!str "b" # c\ny: *x'),
        ("prompt: |\n  a\n\n    b\n  c\ny: 1", "a\n\n  b2\nd\n", "prompt: |\n  a\n\n    b2\n  d\ny: 1"),
        ("prompt: |-\r\n  a\r\n  b\r\ny: 1", "a\nc\nb", "prompt: |-\r\n  a\r\n  c\r\n  b\r\ny: 1"),
        ("prompt: >\n  a ,b\n  c\n", "a, b c\n", "prompt: >\n  a, b\n  c\n"),
        ("prompt: a ,b\n  c", "a, b c", "prompt: a, b\n  c"),
        ("prompt: >\n  a\n", "a\nb\n", None),
    ],
)
def test_yaml_keeps_its_spelling(source: str, new: str, after: str | None) -> None:
    host = read_fields(source, "a.yaml")
    (passage,) = host.passages
    done = host.rewritten({passage.number: new})
    assert done.text == (source if after is None else after)
    assert bool(done.refused) == (after is None)


@pytest.mark.parametrize(
    ("source", "new", "after"),
    [
        ('prompt = "a\\tb"', 'a\tb "c"', 'prompt = "a\\tb \\"c\\""'),
        ("prompt = 'a\\b'", "a\\c", "prompt = 'a\\c'"),
        ("prompt = 'a'", "it's", None),
        ('prompt = """\r\na\r\nb"""', "a\nc\nb", 'prompt = """\r\na\r\nc\r\nb"""'),
        ("a.'b c'.prompt = '''a\nb'''", "a\nc", "a.'b c'.prompt = '''a\nc'''"),
        ('a = [{prompt = "x"}, {n = 1}]', "y", 'a = [{prompt = "y"}, {n = 1}]'),
        ('prompt = "\\u00e9 a"', "é ü", 'prompt = "\\u00e9 \\u00FC"'),
    ],
)
def test_toml_keeps_its_spelling(source: str, new: str, after: str | None) -> None:
    host = read_fields(source, "a.toml")
    (passage,) = host.passages
    done = host.rewritten({passage.number: new})
    assert done.text == (source if after is None else after)
    assert bool(done.refused) == (after is None)


def test_one_prompt_that_cannot_be_written_does_not_keep_the_others() -> None:
    host = read_list("a\nb\nc\nd")
    done = host.rewritten({0: "x", 1: "y\nz", 2: "#", 3: "w"})
    assert done.text == "x\nb\nc\nw"
    assert [one.text for one in done.refused] == ["b", "c"]


NESTED: list[tuple[str, Callable[[int], str]]] = [
    ("a.json", lambda deep: "[" * deep + "]" * deep),
    ("a.yaml", lambda deep: "[" * deep + "]" * deep),
    ("a.toml", lambda deep: "a = " + "[" * deep + "]" * deep),
    ("a.toml", lambda deep: "a" + ".a" * deep + " = 'x'"),
]


@pytest.mark.parametrize(("name", "text"), NESTED)
def test_deep_files_are_refused(name: str, text: Callable[[int], str]) -> None:
    with pytest.raises(HostError, match=name):
        read_fields(text(20_000), name)


def test_aliases_are_not_followed() -> None:
    bomb = "a0: &a0 {prompt: a}\n" + "".join(
        f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 40)
    )
    assert said(read_fields(bomb, "a.yaml")) == ["a"]
    with pytest.raises(HostError, match="nothing is called"):
        read_fields("prompt: *b", "a.yaml")


def test_no_object_is_made_of_a_tag() -> None:
    source = "prompt: !!python/object/apply:os.system [exit]\nnegative_prompt: a"
    assert said(read_fields(source, "a.yaml")) == ["a"]


@pytest.mark.parametrize(
    ("path", "field", "is_meant"),
    [
        ("prompt", "**.prompt", True),
        ("a.0.prompt", "**.prompt", True),
        ("prompt.a", "**.prompt", False),
        ("a.prompt", "a.**.prompt", True),
        ("a.b.c.prompt", "a.**.prompt", True),
        ("x.a.y.z.b", "**.a.**.b", True),
        ("a.0.b", "a.*.b", True),
        ("a.0.1.b", "a.*.b", False),
        ("a.b", "**", True),
    ],
)
def test_fields_are_named_by_paths(path: str, field: str, is_meant: bool) -> None:
    leaf = Leaf(tuple(path.split(".")), "x", Literal(Span(0, 0), TextMap(), UNKNOWN))
    assert bool(choose([leaf], [field])) == is_meant
