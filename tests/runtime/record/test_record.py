"""Records come back as they were written, and strangers' records do no harm."""

import json
import math
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint.compiler.ir import Network
from mezzotint.compiler.ir_json import digest, to_json
from mezzotint.compiler.lower import HiresPrompts, compile_prompt
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import EMPHASES, RANDOM_SOURCES, RenderSettings
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.passes.settings import (
    RESIZE_MODES,
    HiresSettings,
    ImageSettings,
    MaskSettings,
    RefinerSettings,
)
from mezzotint.runtime.record.canonical import canonical
from mezzotint.runtime.record.environment import Environment
from mezzotint.runtime.record.files import FileRole, RecordedFile
from mezzotint.runtime.record.plain import MAX_TEXT, from_plain, hints_of, to_plain
from mezzotint.runtime.record.program import MAX_PROGRAM
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.record.record import Record, text_digest
from mezzotint.runtime.sampler_table import SAMPLERS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NUMBERS = st.floats(allow_nan=False) | st.integers(-(2**64) + 1, 2**64 - 1)
SEEDS = st.integers(0, 2**64 - 1)
SIDES = st.integers(1, 1024).map(lambda side: side * 8)
SHARES = st.floats(0, 1)
HIRES = st.builds(
    HiresSettings,
    strength=SHARES,
    resize=st.tuples(st.integers(0, 16384), st.integers(0, 16384)),
    sampler=st.none() | st.sampled_from([info.name for info in SAMPLERS]),
    prompt=TEXTS,
    negative_prompt=TEXTS,
)
MASKS = st.builds(MaskSettings, blur=st.integers(0, 512), inverted=st.booleans(), hash=TEXTS)
IMAGES = st.builds(
    ImageSettings, strength=SHARES, resize_mode=st.sampled_from(RESIZE_MODES), mask=MASKS, hash=TEXTS
)
REFINERS = st.builds(RefinerSettings, model=TEXTS, switch_at=SHARES, by_steps=st.booleans())
SETTINGS = st.builds(
    lambda passes, **values: RenderSettings(hires=passes[0], image=passes[1], **values),
    passes=st.tuples(st.none() | HIRES, st.none()) | st.tuples(st.none(), IMAGES),
    steps=st.integers(1, 1000),
    sampler=st.sampled_from([info.name for info in SAMPLERS]),
    cfg_scale=st.floats(-999, 999) | st.integers(-999, 999),
    seed=SEEDS,
    width=SIDES,
    height=SIDES,
    rng=st.sampled_from(RANDOM_SOURCES),
    eta=NUMBERS,
    s_tmax=NUMBERS,
    s_noise=NUMBERS,
    ensd=st.integers(-(2**63), 2**63),
    seed_resize=st.none() | st.tuples(SIDES, SIDES),
    emphasis=st.sampled_from(EMPHASES),
    tiling=st.booleans(),
    refiner=st.none() | REFINERS,
)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\"), max_size=20).filter(
    lambda name: name not in (".", "..")
)
FILES = st.builds(
    RecordedFile,
    role=st.sampled_from(FileRole),
    name=NAMES,
    sha256=st.just("") | DIGESTS,
    hash=st.just("") | DIGESTS.map(lambda digits: digits[:10]),
    size=st.none() | st.integers(0, 2**63 - 1),
    is_folder=st.booleans(),
)
FACTS = st.dictionaries(NAMES, st.booleans() | NAMES | st.integers(-(2**62), 2**62), max_size=3)
ENVIRONMENTS = st.builds(
    Environment,
    device=st.none() | st.just("cpu"),
    compiled=st.none() | st.booleans(),
    threads=st.none() | st.integers(1, 256),
    software=FACTS,
    switches=FACTS,
)
PROMPTS = st.sampled_from(
    [
        "",
        " a (red:1.2) cat AND [dog|star]:0.5\r\nBREAK x",
        "[a:b:0.3] <lora:x:0.5:te=1> ((y))",
        "größe ☃ 🦊 \\(z\\) [c]",
        "Negative prompt: b\nSteps: 3, Sampler: x, Seed: 1",
    ]
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    prompt, negative = draw(PROMPTS | TEXTS), draw(PROMPTS | TEXTS)
    try:
        program = compile_prompt(
            prompt, negative, hires=draw(st.none() | st.just(HiresPrompts(7, "x (y:2)")))
        )
    except MezzotintError:  # not every text is a prompt
        prompt, program = "", compile_prompt("", "")
    return Record(
        infotext=draw(DIGESTS),
        pixels=draw(DIGESTS),
        model_hash=draw(DIGESTS)[:10],
        program_digest=digest(program),
        program=program,
        prompt=prompt,
        negative_prompt=negative,
        settings=draw(SETTINGS),
        files=tuple(draw(st.lists(FILES, max_size=3))),
        environment=draw(ENVIRONMENTS),
        stages=tuple(draw(st.lists(st.tuples(NAMES, NAMES), max_size=3))),
    )


@settings(max_examples=50)
@given(records())
def test_records_come_back(record: Record) -> None:
    text = canonical(record.to_json())
    reading = read_record(load_object(text, is_strict=True))
    assert reading.record == record
    assert reading.problems == ()
    assert canonical(reading.record.to_json()) == text


def test_numbers_keep_their_kind_and_every_digit() -> None:
    settings = RenderSettings(cfg_scale=7, eta=0.1 + 0.2, s_tmax=math.inf, s_noise=math.nan)
    again = from_plain(RenderSettings, json.loads(canonical(to_plain(settings))), [])
    assert (type(again.cfg_scale), again.eta, again.s_tmax) == (int, 0.1 + 0.2, math.inf)
    assert math.isnan(again.s_noise)


def everything(kind: type, found: dict[type, None]) -> dict[type, None]:
    """A dataclass and those that its fields hold."""
    found[kind] = None
    for hint in hints_of(kind).values():
        for part in (hint, *get_args(hint)):
            if isinstance(part, type) and is_dataclass(part):
                everything(part, found)
    return found


@pytest.mark.parametrize("kind", everything(RenderSettings, {}))
def test_every_field_of_the_settings_has_a_json(kind: type) -> None:
    value = RefinerSettings(model="x") if kind is RefinerSettings else kind()
    plain = to_plain(value)
    assert set(plain) == {field.name for field in fields(kind)}
    assert from_plain(kind, plain, []) == value
    for name, hint in hints_of(kind).items():
        for part in get_args(hint) or (hint,):
            is_known = part in (int, float, str, bool, NoneType) or is_dataclass(part)
            assert is_known or get_origin(part) is tuple, f"{name}: teach the codec about {part}"
            sample = {int: 1, float: 0.5, str: "x", bool: True}.get(part)
            if sample is not None and hint is not tuple[int, int]:
                unknown: list[str] = []
                try:
                    from_plain(kind, {**plain, name: sample}, unknown)
                except MezzotintError as error:  # the class knows better
                    assert "is no sane" not in str(error)  # noqa: PT017
                assert unknown == []


WRONG: list[object] = [
    None, True, -1, 2**70, 1e999, -0.5, "", "x", "../../etc/passwd", "nan", [], [[]], {}, {"x": {}},
    [None] * 99, {"timeline": 3}, [["x", 1]], {"role": "model", "size": -1},
]  # fmt: skip


@cache
def written() -> str:
    program = compile_prompt("a (red:1.2) cat <lora:x:1>", "", hires=HiresPrompts(5, "y"))
    record = Record(
        infotext=text_digest("x"),
        program_digest=digest(program),
        program=program,
        prompt="a",
        negative_prompt="b",
        settings=RenderSettings(hires=HiresSettings()),
        files=(RecordedFile(role=FileRole.MODEL, name="m", sha256="0" * 64, hash="0" * 10, size=1),),
        environment=Environment(device="cpu", threads=1, software={"torch": "2"}),
        stages=(("noise", "ab"),),
    )
    return canonical(record.to_json())


def whole() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written())
    return found


def places(value: Any) -> list[list[Any]]:
    """The ways to every value in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [[], *([key, *way] for key in keys for way in places(value[key]))]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: repr(value)[:30])
def test_a_wrong_value_anywhere_is_passed_over(wrong: object) -> None:
    for way in places(whole())[1:]:
        record = whole()
        inner = record
        for key in way[:-1]:
            inner = inner[key]
        inner[way[-1]] = wrong
        found = read_record(record).record
        if found is None:
            assert way == ["version"]
            continue
        assert_sane(found)
        assert found.program is None or digest(found.program) == found.program_digest


def assert_sane(found: Record) -> None:
    if found.settings is not None:
        assert replace(found.settings) == found.settings or found.settings.s_noise != found.settings.s_noise
        assert 8 <= found.settings.width <= 8192
        assert all(type(getattr(found.settings, name)) is bool for name in ("tiling", "fast", "pad_conds"))
    for file in found.files:
        assert not {"/", "\\"} & set(file.name)
        assert file.size is None or file.size >= 0
        assert len(file.sha256) in (0, 64)
    assert found.environment.threads is None or 1 <= found.environment.threads <= 256


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | NUMBERS | TEXTS, lambda v: st.lists(v) | st.dictionaries(TEXTS, v)
    )
)
def test_whatever_a_key_holds_is_no_crash(value: object) -> None:
    for key in whole():
        found = read_record({**whole(), key: value}).record
        if found is not None:
            assert_sane(found)


@pytest.mark.parametrize("version", [0, 3, -1, True, "2", None, 2**70, [2]])
def test_formats_that_are_not_known_are_told_of(version: object) -> None:
    found = read_record({**whole(), "version": version})
    assert found.record is None
    assert "of a format that this version cannot read" in found.problems[0]
    assert read_record(None).problems == ()


def test_format_1_is_read() -> None:
    found = read_record(
        {"version": 1, "program": "a" * 64, "infotext": text_digest("x"), "threads": 3}
    ).record
    assert found is not None
    assert (found.program_digest, found.program, found.settings) == ("a" * 64, None, None)
    assert found.environment.threads == 3
    assert found.is_beside("x")
    assert not found.tells_of("x")


def test_what_is_not_known_is_ignored_and_told_of() -> None:
    record = whole()
    record["settings"]["new thing\x1b"] = 1
    record["settings"]["hires"]["other"] = 1
    record["another"] = [1]
    found = read_record(record)
    assert found.record is not None
    assert found.record.settings == RenderSettings(hires=HiresSettings())
    assert [problem.split('"')[1] for problem in found.problems] == ["new thing\x1b", "hires other"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("steps", 0, "steps 0 is out of range"),
        ("steps", "9", "steps is no sane int"),
        ("tiling", 1, "tiling is no sane bool"),
        ("width", 100, "not a multiple of 8"),
        ("seed", 1.0, "seed is no sane int"),
        ("hires", [], "hires is no object"),
        ("seed_resize", [8], "no list of 2"),
        ("refiner", {}, "refiner model is not there"),
        ("sampler", "Eular", "Eular"),
    ],
)
def test_settings_that_cannot_be_are_told_of(name: str, value: object, words: str) -> None:
    record = whole()
    record["settings"][name] = value
    found = read_record(record)
    assert words in found.problems[0]
    assert found.record is not None
    assert not found.record.tells_of("x")


def test_a_program_counts_only_with_its_digest() -> None:
    record = whole()
    assert (read_record(record).record or Record()).program is not None
    record["program"]["steps"] = 10**9
    assert (read_record(record).record or Record()).program is None
    other = to_json(compile_prompt("another"))
    assert (read_record({**whole(), "program": other}).record or Record()).program is None


def test_a_program_that_is_too_large_is_left_out() -> None:
    network = Network("lora", ("x" * MAX_PROGRAM,))
    program = replace(compile_prompt("x"), networks=(network,))
    record = Record(program=program, program_digest=digest(program), prompt="x", negative_prompt="")
    plain = record.to_json()
    assert "program" not in plain
    assert plain["program_digest"] == digest(program)
    stranger = {**plain, "program": to_json(program)}
    assert (read_record(stranger).record or Record(program=program)).program is None


def test_texts_are_bounded() -> None:
    long = "a" * (MAX_TEXT + 1)
    record = {**whole(), "prompt": long, "device": long, "model_hash": long}
    found = read_record(record).record
    assert found is not None
    assert (found.prompt, found.environment.device, found.model_hash) == (None, None, "")
    assert not found.tells_of("x")


def test_a_settings_object_is_never_deep() -> None:
    deep: dict[str, Any] = {}
    for _ in range(2000):
        deep = {"hires": deep}
    assert read_record({**whole(), "settings": deep}).record is not None
    assert load_object(json.dumps(whole()).replace('"m"', "[" * 2000 + "]" * 2000)) is None


def test_reading_needs_no_torch() -> None:
    program = (
        "import sys, mezzotint.runtime.record.read; sys.exit('torch' in sys.modules or 'PIL' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
