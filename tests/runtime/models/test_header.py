"""Headers of safetensors files, whoever wrote them."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.header import MAX_HEADER, TensorFileError, TensorInfo, read_header

GOOD = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}


def written(path: Path, header: object, data: bytes = b"\0" * 8, length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + data)
    return path


def test_it_says_what_the_library_wrote(tmp_path: Path) -> None:
    tensors = {"x": torch.zeros(2, 3), "y": torch.zeros((), dtype=torch.int64), "z": torch.zeros(0, 4).half()}
    save_file(tensors, tmp_path / "a.safetensors", metadata={"format": "pt"})
    header = read_header(tmp_path / "a.safetensors")
    assert header.tensors["x"] == TensorInfo("F32", (2, 3))
    assert header.shapes == {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    assert header.metadata == {"format": "pt"}
    assert header.data_start + 24 + 8 == (tmp_path / "a.safetensors").stat().st_size


def test_the_example_of_these_tests_is_good(tmp_path: Path) -> None:
    assert read_header(written(tmp_path / "a", GOOD)).shapes == {"a": (2,)}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a":' + b"9" * 10_000 + b"}", "not JSON"),
        ([], "no table"),
        ({"__metadata__": []}, "metadata"),
        ({"a": 1}, "malformed"),
        ({"a": {"dtype": "F32", "shape": [2]}}, "malformed"),
        ({"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}, "malformed"),
        ({"a": {"dtype": "F32", "shape": [True], "data_offsets": [0, 8]}}, "malformed"),
        ({"a": {"dtype": "F32", "shape": [1] * 1000, "data_offsets": [0, 4]}}, "malformed"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 80]}}, "outside the file"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}, "outside the file"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}, "outside the file"),
        ({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}, "size of its shape"),
    ],
)
def test_contradictions_are_named(tmp_path: Path, header: object, words: str) -> None:
    with pytest.raises(TensorFileError, match=words):
        read_header(written(tmp_path / "a", header))


@pytest.mark.parametrize("length", [0, 1, 10_000, 2**63])
def test_other_files_are_no_safetensors(tmp_path: Path, length: int) -> None:
    with pytest.raises(TensorFileError, match="no safetensors file, or was cut short"):
        read_header(written(tmp_path / "a", GOOD, length=length))


def test_a_web_page_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("<!DOCTYPE html><html>Please log in</html>", encoding="utf-8")
    with pytest.raises(TensorFileError, match="web page"):
        read_header(tmp_path / "a")


def test_an_enormous_header_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a", GOOD, length=MAX_HEADER + 1)
    with path.open("r+b") as file:
        file.truncate(MAX_HEADER + 100)  # a sparse file
    with pytest.raises(TensorFileError, match="too large"):
        read_header(path)


def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    with pytest.raises(TensorFileError, match="cannot read"):
        read_header(tmp_path)
    with pytest.raises(TensorFileError, match="nowhere"):
        read_header(tmp_path / "nowhere")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 70), byte=st.integers(0, 255), cut=st.integers(0, 90))
def test_no_damage_gets_through_as_another_error(tmp_path: Path, at: int, byte: int, cut: int) -> None:
    data = bytearray(written(tmp_path / "a", GOOD).read_bytes())
    data[at] = byte
    (tmp_path / "a").write_bytes(data[:cut])
    with suppress(MezzotintError):
        read_header(tmp_path / "a")
