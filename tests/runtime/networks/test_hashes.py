"""What infotexts say of the files that a picture was made with."""

import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from mezzotint.compiler.ir import A1111Weights
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.chunk import EmbeddingNames
from mezzotint.compiler.tokens.clip import clip_tokenizer, open_clip_tokenizer
from mezzotint.runtime.models.hashes import lora_hash
from mezzotint.runtime.networks.find import FoundLora
from mezzotint.runtime.networks.hashes import embedding_calls, lora_hashes, ti_hashes
from mezzotint.runtime.networks.tags import LoraTag


def test_lora_hashes(tmp_path: Path) -> None:
    a, b = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save_file({"x": torch.zeros(1)}, a)
    save_file({"x": torch.zeros(1)}, b, {"sshs_model_hash": "0123456789abcdef"})
    loras = [FoundLora(LoraTag(name), path) for name, path in (("a", a), ("b, v:2", b), ("a", a))]
    assert lora_hashes(loras) == f"a: {lora_hash(a)}, b v2: 0123456789ab"
    assert lora_hashes([]) == ""


def names() -> EmbeddingNames:
    return EmbeddingNames({"tinystyle": 3, "tinyneg": 1}, clip_tokenizer())


def test_the_last_encoded_stands_first() -> None:
    program = compile_prompt(
        "[tinystyle:tinyneg:3] cat, tinystyle AND a AND tinyneg:0.5 AND a", "tinyneg, TinyStyle"
    )
    encoder = clip_tokenizer(), names()
    calls = embedding_calls(program, [encoder])
    assert [list(dict.fromkeys(call)) for call in calls] == [
        ["tinyneg", "tinystyle"],
        ["tinystyle", "tinyneg"],
        [],
        ["tinyneg"],
    ]
    hashes = {"tinystyle": "s", "tinyneg": "n"}
    assert ti_hashes(calls, hashes) == ("tinyneg: n, tinystyle: s, tinyneg: n, tinyneg: n, tinystyle: s")
    assert ti_hashes(calls, {"tinystyle": "s"}) == "tinystyle: s, tinystyle: s"
    assert ti_hashes([], hashes) == ""


def test_each_encoder_is_a_call() -> None:
    program = compile_prompt("tinystyle", "")
    encoders = [(clip_tokenizer(), names()), (open_clip_tokenizer(), names())]
    assert embedding_calls(program, encoders) == [[], [], ["tinystyle"], ["tinystyle"]]


def test_old_emphasis_records_nothing() -> None:
    program = compile_prompt("tinystyle", interpretation=A1111Weights(old=True))
    assert embedding_calls(program, [(clip_tokenizer(), names())]) == []


def test_finding_and_hashing_do_without_torch() -> None:
    modules = "tags, library, find, folders, hashes, errors"
    program = (
        f"import sys; from mezzotint.runtime.networks import {modules}; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'numpy', 'safetensors')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
