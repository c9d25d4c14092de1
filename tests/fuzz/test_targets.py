"""What is fuzzed at length by ``make fuzz``, here on valid inputs, on some damaged ones, and on old finds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import BETWEEN, KEYWORDS, TARGETS, seeds

SEEDS = {name: list(seeds(name)) for name in TARGETS}
WORDS = """
Steps: 20, Sampler: Euler a,
Negative prompt: Seed: -1 Size: 512x512 Hashes: {} Template: Version: v1.10.1 ,: "
<lora:a:1> [a:b:0.5] (a:1.2) {"a": [ \\ud800 \\u0000 NaN 1e999 null true
class_type inputs prompt IHDR IEND tEXt
"""
PIECES = (
    st.binary(max_size=12)
    | st.sampled_from([word.encode() for word in WORDS.split()])
    | st.sampled_from([b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0", BETWEEN, b"\n", b"\r\n"])
)


def test_seeds_are_good() -> None:
    for name, target in TARGETS.items():
        for seed in SEEDS[name]:
            target(seed)


def damaged(data: st.DataObject, whole: bytes) -> bytes:
    """The input with some pieces overwritten, inserted, cut out or repeated."""
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed)))
        match data.draw(st.sampled_from(["write", "insert", "cut", "repeat", "end"])):
            case "write":
                piece = data.draw(PIECES)
                changed[at : at + len(piece)] = piece
            case "insert":
                changed[at:at] = data.draw(PIECES)
            case "cut":
                del changed[at : at + data.draw(st.integers(1, 40))]
            case "repeat":
                changed[at:at] = changed[at : at + 40] * data.draw(st.integers(1, 20))
            case _:
                del changed[at:]
    return bytes(changed)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_inputs(name: str, data: st.DataObject) -> None:
    TARGETS[name](damaged(data, data.draw(st.sampled_from(SEEDS[name]))))


OLD_FINDS = {
    "a header of another length": ("edit", bytes.fromhex("89504e470d0a1a0a0080000d49484452") + bytes(90)),
}


@pytest.mark.parametrize("find", OLD_FINDS)
def test_old_finds(find: str) -> None:
    name, data = OLD_FINDS[find]
    TARGETS[name](data)


def test_keywords_fit_into_a_byte() -> None:
    assert len(KEYWORDS) < BETWEEN[0]
