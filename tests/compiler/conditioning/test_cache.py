"""What is remembered between calls, for how long, and when it must not be."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel

from mezzotint.compiler.conditioning.cache import SHARED, Cache, Key
from mezzotint.compiler.conditioning.cache_folder import CacheFolder
from mezzotint.compiler.conditioning.clip import ClipEncoder, encode_program
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.reading import Reading
from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.compiler.conditioning.weights import Weights
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.chunk import END_ID, START_ID
from mezzotint.grammar.errors import MezzotintError

CPU = torch.device("cpu")


def make_model(seed: int = 0) -> CLIPTextModel:
    torch.manual_seed(seed)
    config = CLIPTextConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=START_ID,
        eos_token_id=END_ID,
    )
    return CLIPTextModel(config).eval()


class Read:
    """The rows that a text model reads while the test runs, and the number of calls."""

    def __init__(self, model: Any) -> None:
        self.rows = self.calls = 0
        self.hook = model.register_forward_pre_hook(self._count)

    def _count(self, _: object, args: tuple[torch.Tensor]) -> None:
        self.rows += len(args[0])
        self.calls += 1

    def take(self) -> tuple[int, int]:
        """Rows and calls since the last time."""
        found = self.rows, self.calls
        self.rows = self.calls = 0
        return found


@pytest.fixture
def model() -> CLIPTextModel:
    return make_model()


@pytest.fixture
def read(model: CLIPTextModel) -> Iterator[Read]:
    counting = Read(model)
    yield counting
    counting.hook.remove()


def encode(
    model: CLIPTextModel,
    prompt: str,
    negative: str = "blurry",
    *,
    cache: Cache | None = SHARED,
    **options: Any,
) -> torch.Tensor:
    """The hidden states of both prompts."""
    found = conditioning(model, prompt, negative, cache=cache, **options)
    return torch.cat([e.hidden_states for b in (*found.positive, found.negative) for e in b.timeline])


def conditioning(
    model: CLIPTextModel,
    prompt: str,
    negative: str,
    *,
    cache: Cache | None,
    clip_skip: int = 1,
    embeddings: tuple[Embedding, ...] = (),
) -> Conditioning:
    encoder = ClipEncoder(model, embeddings=embeddings)
    return encode_program(compile_prompt(prompt, negative), encoder, clip_skip=clip_skip, cache=cache)


def key(name: str) -> Key:
    return Key(Weights(torch.nn.Identity(), [], None), (name,))


def reading(value: float, size: int = 10) -> Reading:
    return Reading(torch.full((1, size), float(value)))


def test_all_chunks_go_through_one_call_and_none_twice(model: CLIPTextModel, read: Read) -> None:
    first = encode(model, "a cat AND a dog BREAK a cat")
    assert read.take() == (3, 1)
    again = encode(model, "a (cat:1.2) AND a dog BREAK a cat", "sky")
    assert read.take() == (1, 1)
    assert torch.equal(first[77 : 3 * 77], again[77 : 3 * 77])


def test_a_cache_changes_no_bit(model: CLIPTextModel) -> None:
    prompt = "a (cat:1.3) AND [dog|bird] BREAK sky"
    plain = encode(model, prompt, cache=None)
    cache = Cache()
    assert torch.equal(encode(model, prompt, cache=cache), plain)
    assert torch.equal(encode(model, prompt, cache=cache), plain)


def test_it_can_be_switched_off(model: CLIPTextModel, read: Read) -> None:
    for _ in range(2):
        encode(model, "a", "a", cache=None)
        assert read.take() == (1, 1)
    encode(model, "a", "a", cache=Cache(0))
    encode(model, "a", "a", cache=Cache(0))
    assert read.take() == (2, 2)


def test_writing_into_a_result_leaves_the_cache_alone(model: CLIPTextModel) -> None:
    before = encode(model, "a").clone()
    conditioning(model, "a", "blurry", cache=SHARED).positive[0].timeline[0].hidden_states.zero_()
    assert torch.equal(encode(model, "a"), before)


def test_merged_weights_are_other_weights(model: CLIPTextModel, read: Read) -> None:
    plain = encode(model, "a")
    weight = model.get_parameter("encoder.layers.1.mlp.fc1.weight")
    kept = weight.detach().clone()
    with torch.no_grad():
        weight.add_(0.5)
    merged = encode(model, "a")
    assert not torch.equal(plain, merged)
    with torch.no_grad():
        weight.copy_(kept)
    assert torch.equal(encode(model, "a"), plain)
    assert read.take()[0] == 6


def test_what_else_decides_is_part_of_the_key(model: CLIPTextModel, read: Read) -> None:
    encode(model, "neon", "neon")
    encode(model, "neon", "neon", clip_skip=2)
    for value in (0.0, 1.0):
        embedding = Embedding("neon", (torch.full((1, 32), value),))
        encode(model, "neon", "neon", embeddings=(embedding,))
    torch.set_num_threads(2)  # bits depend on it
    encode(model, "neon", "neon")
    torch.set_num_threads(1)
    encode(make_model(1), "neon", "neon")
    assert read.take() == (5, 5)


def test_the_least_recently_used_is_forgotten() -> None:
    cache = Cache(max_bytes=100)
    first, second, third = map(key, "abc")
    cache.put(first, reading(1))
    cache.put(second, reading(2))
    assert cache.get(first, CPU) is not None
    cache.put(third, reading(3))
    assert cache.bytes == 80
    assert cache.get(second, CPU) is None
    assert cache.get(first, CPU) is not None
    cache.put(first, reading(4))
    assert cache.bytes == 80
    cache.put(second, reading(5, size=26))
    assert cache.get(second, CPU) is None  # larger than all that may be kept
    cache.clear()
    assert cache.bytes == 0
    assert cache.get(first, CPU) is None


def test_threads_may_share_it() -> None:
    cache = Cache(max_bytes=400)
    keys = [key(str(i)) for i in range(30)]

    def work() -> None:
        for i in range(300):
            cache.put(keys[i % 30], reading(i % 30))
            found = cache.get(keys[i * 7 % 30], CPU)
            assert found is None or bool((found.hidden_states == i * 7 % 30).all())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.bytes == 400


def test_a_folder_lasts_longer_than_a_process(tmp_path: Path) -> None:
    prompt = "a (cat:1.2) BREAK dog"
    expected = encode(make_model(), prompt, cache=Cache(folder=CacheFolder(tmp_path / "new" / "folder")))
    model = make_model()
    read = Read(model)
    cache = Cache(folder=CacheFolder(tmp_path / "new" / "folder"))
    assert torch.equal(encode(model, prompt, cache=cache), expected)
    assert read.take() == (0, 0)
    encode(make_model(1), prompt, cache=cache)
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 6


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "foreign", "other name", "no tensors", "folder"])
def test_what_is_not_sound_is_read_again_and_replaced(tmp_path: Path, damage: str) -> None:
    folder = CacheFolder(tmp_path)
    first, second = "a" * 64, "b" * 64
    folder.write(first, reading(1))
    folder.write(second, reading(2))
    path = tmp_path / f"{first}.safetensors"
    data = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(data[:-1])
        case "flip":
            at = data.index(torch.ones(1).numpy().tobytes())
            path.write_bytes(data[:at] + b"\x01" + data[at + 1 :])
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            save_file({"weight": torch.zeros(3), "checksum": torch.zeros(32)}, path)
        case "other name":
            path.write_bytes((tmp_path / f"{second}.safetensors").read_bytes())
        case "no tensors":
            path.write_bytes(b"\x80\x04N.")
        case _:
            path.unlink()
            path.mkdir()
    assert folder.read(first) is None
    if damage == "folder":
        with pytest.warns(UserWarning, match="was not kept"):
            folder.write(first, reading(1))
        return
    folder.write(first, reading(1))
    found = folder.read(first)
    assert found is not None
    assert torch.equal(found.hidden_states, torch.ones(1, 10))
    assert set(load_file(path)) == {"hidden_states", "checksum"}


def test_half_precision_and_pooled_vectors_are_kept(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path)
    stored = Reading(torch.randn(3, 4).bfloat16(), torch.randn(8)[::2])
    folder.write("c" * 64, stored)
    found = folder.read("c" * 64)
    assert found is not None
    assert found.pooled is not None
    assert stored.pooled is not None
    assert found.hidden_states.dtype == torch.bfloat16
    assert torch.equal(found.hidden_states, stored.hidden_states)
    assert torch.equal(found.pooled, stored.pooled)


def test_a_folder_stays_below_its_size(tmp_path: Path) -> None:
    names = [letter * 64 for letter in "0123456789"]
    folder = CacheFolder(tmp_path)
    folder.write(names[0], reading(0))
    size = (tmp_path / f"{names[0]}.safetensors").stat().st_size
    (tmp_path / "notes.safetensors").write_bytes(b"x" * 10 * size)
    left = tmp_path / ".0123456789abcdef.part"
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    folder = CacheFolder(tmp_path, max_bytes=3 * size)
    for age, name in enumerate(names[:3]):
        folder.write(name, reading(age))
        os.utime(tmp_path / f"{name}.safetensors", (age, age))
    assert folder.read(names[0]) is not None  # used, so the next one is the oldest
    folder.write(names[3], reading(3))
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {f"{names[i]}.safetensors" for i in (0, 2, 3)} | {"notes.safetensors"}
    folder.write(names[4], reading(4, size=1000))  # larger than all that may be kept
    assert folder.read(names[4]) is None


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path / "folder")
    name = "d" * 64
    folder.write(name, reading(1))
    path = tmp_path / "folder" / f"{name}.safetensors"
    target = path.rename(tmp_path / "elsewhere.safetensors")
    path.symlink_to(target)
    assert folder.read(name) is None
    before = target.read_bytes()
    folder.write(name, reading(1))
    assert not path.is_symlink()
    assert target.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MezzotintError, match="name a folder to write to"):
        CacheFolder(tmp_path / "file")
    gone = CacheFolder(tmp_path / "gone")
    gone.path.rmdir()
    with pytest.warns(UserWarning, match="was not kept"):
        gone.write("e" * 64, reading(1))
