"""Where two runs part."""

import struct
import subprocess
import sys
from hashlib import sha256

import pytest
import torch

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.runtime.explain import explain
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.record.record import Record
from mezzotint.runtime.stages import DIGITS, Stages, conditioning_digest, tensor_digest

STAGES = ["conditioning", "noise", "step 0", "step 1", "step 2", "latents"]


def record(different: str = "", **facts: object) -> Record:
    stages = [[name, "b" if name == different else "a"] for name in STAGES]
    pixels = "b" if different else "a"
    found = read_record({"version": 2, "stages": stages, "pixels": pixels, "threads": 1, **facts}).record
    assert found is not None
    return found


@pytest.mark.parametrize("name", STAGES)
def test_the_first_stage_that_differs_is_named(name: str) -> None:
    found = explain(record(), record(name))
    assert found.stage == name
    assert found.agreeing == tuple(STAGES[: STAGES.index(name)])
    assert f"the first stage that differs: {name}" in found.lines[0]
    assert found.suspects
    assert found.lines[-1] == "nothing else that is recorded differs"


def test_pixels_are_the_last_stage() -> None:
    found = explain(record(), record(pixels="c"))
    assert found.stage == "pixels"
    assert "VAE" in found.suspects
    assert explain(record(), record()).stage is None


def test_what_differs_in_the_environment_is_told() -> None:
    theirs = record(software={"torch": "1"}, model_hash="a1", cpu="AVX2")
    ours = record("step 1", software={"torch": "2"}, model_hash="b2", cpu="AVX512", threads=2)
    causes = explain(theirs, ours).causes
    for word in ("torch 1", "model hash a1", "AVX2", "1 threads"):
        assert any(word in cause for cause in causes), word


@pytest.mark.parametrize("stages", [None, 3, "x", [], [["a"]], [[1, 2]], [["x" * 999, "y"]], {"noise": "a"}])
def test_records_without_stages_are_told_of(stages: object) -> None:
    assert "no digests of stages" in (explain(record(stages=stages), record()).problem or "")
    assert explain(None, record()).problem


def test_digests_tell_tensors_apart() -> None:
    tensor = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    assert tensor_digest(tensor) == tensor_digest(tensor.t().contiguous().t())
    others = (tensor + 1e-6, tensor.reshape(4, 3), tensor.half(), -tensor)
    digests = {tensor_digest(other) for other in (tensor, *others)}
    assert len(digests) == 5
    assert all(len(digest) == DIGITS for digest in digests)
    # The form is open: anybody can compute it.
    data = b"float32 1x2\n" + struct.pack("<2f", 1, 2)
    assert tensor_digest(torch.tensor([[1.0, 2.0]])) == sha256(data).hexdigest()[:DIGITS]


def conditioning(weight: float = 1.0, end: int = 20, value: float = 0.5) -> Conditioning:
    entry = EncodedEntry(end, torch.full((77, 8), value), torch.ones(8))
    return Conditioning((EncodedBranch(weight, (entry,)),), EncodedBranch(1.0, (entry,)))


def test_conditioning_counts_as_a_whole() -> None:
    found = [conditioning(), conditioning(weight=2.0), conditioning(end=10), conditioning(value=0.25)]
    assert len({conditioning_digest(one) for one in found}) == 4
    assert conditioning_digest(conditioning()) == conditioning_digest(conditioning())


def test_a_few_steps_are_kept() -> None:
    stages = Stages()
    stages.conditioning(conditioning())
    stages.begin("second pass")
    for step in range(20):
        stages.estimate(step, torch.zeros(1))
    names = [name for name, _ in stages.digests]
    assert names == ["conditioning", *(f"second pass step {n}" for n in (0, 1, 2, 4, 8, 16))]
    ours = [*stages.digests[:-2], ("second pass step 8", "x")]
    found = explain(Record(stages=tuple(stages.digests)), Record(stages=tuple(ours)))
    assert found.stage == "second pass step 8"
    assert "rounding" in found.suspects


def test_explaining_does_without_torch() -> None:
    program = "import sys, mezzotint.runtime.explain; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
