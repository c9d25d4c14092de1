"""The arguments of network tags."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.ir import Network
from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.tags import HypernetTag, LoraTag, in_order, read_tag


def tag(text: str) -> LoraTag | HypernetTag:
    (network,) = compile_prompt(text).networks
    return read_tag(network)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<lora:a>", LoraTag("a")),
        ("<lora:a:0.5>", LoraTag("a", 0.5, 0.5)),
        ("<lora:a:0.5:0.9>", LoraTag("a", 0.5, 0.9)),
        ("<lora:a:0.5:0.9:4>", LoraTag("a", 0.5, 0.9, 4)),
        ("<lora:a:te=0.2>", LoraTag("a", 0.2, 0.2)),
        ("<lora:a:unet=0.2>", LoraTag("a", 1.0, 0.2)),
        ("<lora:a:0.5:te=0.2:dyn=8>", LoraTag("a", 0.2, 0.2, 8)),
        ("<lora:a:0.5:0.9:4:unet=-1:dyn=2>", LoraTag("a", 0.5, -1.0, 2)),
        ("<lyco:a:1e-1>", LoraTag("a", 0.1, 0.1)),
        ("<lora::1>", LoraTag("")),
        ("<hypernet:a>", HypernetTag("a")),
        ("<hypernet:a:0.3>", HypernetTag("a", 0.3)),
    ],
)
def test_arguments(text: str, expected: LoraTag | HypernetTag) -> None:
    assert tag(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<lora:a:strong>", r'"strong" in <lora:a:strong> is no number'),
        ("<lora:a:nan>", "is no number"),
        ("<lora:a::1>", '"" in'),
        ("<lora:a:x:te=1>", '"x" in'),
        ("<lora:a:1:1:2.5>", "no whole number"),
        ("<lora:te=1>", "names no file"),
        ("<dora:a:1>", "no kind of network"),
    ],
)
def test_malformed(text: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        tag(text)


def test_kinds_take_effect_one_after_the_other() -> None:
    networks = compile_prompt("<lyco:a><lora:b><lyco:c><hypernet:d><lora:e>").networks
    assert [network.positional[0] for network in in_order(networks)] == ["a", "c", "b", "e", "d"]


@given(
    st.text(),
    st.lists(st.text(), max_size=5),
    st.dictionaries(st.sampled_from(["te", "unet", "dyn"]), st.text()),
)
def test_any_tag_is_read_or_refused(kind: str, positional: list[str], named: dict[str, str]) -> None:
    for name in (kind, "lora"):
        network = Network(name, tuple(positional), tuple(named.items()))
        with suppress(NetworkError):
            read_tag(network)
