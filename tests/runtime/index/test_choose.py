"""Files chosen by name or hash, and refused where more than one could be meant."""

from pathlib import Path

import pytest

from mezzotint.runtime.index.choose import ChoiceError, Chooser, Given
from mezzotint.runtime.index.entry import Entry, Hashes, Stamp
from mezzotint.runtime.index.resolve import resolve
from mezzotint.runtime.index.wanted import Role
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.identify import Kind
from mezzotint.runtime.record.files import FileRole, RecordedFile
from mezzotint.runtime.request import Request

SETTINGS = RenderSettings()


def entry(folder: Path, name: str, kind: str, digit: str) -> Entry:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(digit.encode())
    digits = digit * 64
    network = digits[:12] if kind == Kind.LORA else None
    return Entry(path, Stamp(1, 1), str(kind), None, path.stem, hashes=Hashes(digits, None, network))


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return [
        entry(tmp_path, "base.safetensors", Kind.CHECKPOINT, "a"),
        entry(tmp_path, "copy/base.safetensors", Kind.CHECKPOINT, "a"),
        entry(tmp_path, "one/twin.safetensors", Kind.CHECKPOINT, "b"),
        entry(tmp_path, "two/twin.safetensors", Kind.CHECKPOINT, "c"),
        entry(tmp_path, "good.safetensors", Kind.VAE, "d"),
        entry(tmp_path, "tint.safetensors", Kind.LORA, "e"),
        entry(tmp_path, "old/style.safetensors", Kind.LORA, "1"),
        entry(tmp_path, "new/style.safetensors", Kind.LORA, "2"),
    ]


def choose(entries: list[Entry], prompt: str = "x", **given: object) -> dict[str, str | None]:
    chooser = Chooser(Given(**given), entries)  # type: ignore[arg-type]
    chosen = chooser.choose(Request(prompt, "", SETTINGS), {})
    chooser.check_rivals(chosen.found)
    found = {"model": chosen.model, "vae": chosen.vae, **chosen.found.named(Role.LORA)}
    return {
        name: None if path is None else Path(path).parent.name + "/" + Path(path).name
        for name, path in found.items()
    }


@pytest.mark.parametrize("word", ["base", "BASE.safetensors", "a" * 10, "a" * 64])
def test_models_go_by_names_and_hashes(entries: list[Entry], word: str) -> None:
    assert str(choose(entries, model=word)["model"]).endswith("/base.safetensors")
    assert str(choose(entries, vae="good")["vae"]).endswith("/good.safetensors")


def test_paths_and_the_built_in_model_need_no_index(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"")
    for word in ("builtin", str(tmp_path / "x.safetensors")):
        assert Chooser(Given(model=word), []).choose(Request("x", "", SETTINGS), {}).model == word


def test_what_could_be_two_files_is_refused_with_both(entries: list[Entry]) -> None:
    with pytest.raises(ChoiceError, match=r"(?s)could be any of 2 files.*one.twin.*two.twin.*name its hash"):
        choose(entries, model="twin")
    assert choose(entries, model="c" * 12)["model"] == "two/twin.safetensors"
    with pytest.raises(ChoiceError, match=r'(?s)the LoRA "style" could be any of 2 files.*old.*new|new.*old'):
        choose(entries, "x <lora:style:1>")


def test_what_is_not_there_names_what_is_near(entries: list[Entry]) -> None:
    with pytest.raises(ChoiceError, match=r"no model at bsae, and none of that name.*did you mean 'base"):
        choose(entries, model="bsae")
    with pytest.raises(ChoiceError, match="no VAE at tint"):  # a LoRA is no VAE
        choose(entries, vae="tint")
    with pytest.raises(ChoiceError) as caught:
        choose([], model="\x1b[2J")
    assert "\x1b" not in str(caught.value)


def test_networks_of_the_prompt_are_found(entries: list[Entry], tmp_path: Path) -> None:
    assert choose(entries, "x <lora:tint:0.5>")["tint"] is not None
    assert set(choose(entries, "x <lora:none:1>")) == {"model", "vae"}
    own = tmp_path / "own"
    own.mkdir()
    (own / "style.safetensors").write_bytes(b"")
    assert choose(entries, "x <lora:style:1>", loras=(own,))  # the folder decides


def test_sha256_goes_before_hash_and_name(entries: list[Entry]) -> None:
    recorded = (
        RecordedFile(role=FileRole.LORA, name="style", sha256="2" * 64, hash="1" * 12),
        RecordedFile(role=FileRole.MODEL, name="gone", sha256="f" * 64, hash="f" * 10),
        RecordedFile(role=FileRole.EMBEDDING, name="my,style", sha256="0" * 64, hash="0" * 12),
    )
    request = Request("x <lora:style:1>", "", SETTINGS, model="gone", model_hash="f" * 10)
    items = {"Lora hashes": f"style: {'1' * 12}", "TI hashes": f"mystyle: {'0' * 12}"}
    found = resolve(request, items, entries, recorded)
    assert found.named(Role.LORA)["style"].parent.name == "new"
    assert resolve(request, items, entries).named(Role.LORA)["style"].parent.name == "old"
    assert found.missing == (
        f'model "gone" (hash {"f" * 10}, SHA-256 {"f" * 64})',
        f'embedding "my,style" (hash {"0" * 12}, SHA-256 {"0" * 64})',
    )


def test_a_record_adds_nothing_to_another_hash(entries: list[Entry]) -> None:
    recorded = (RecordedFile(role=FileRole.MODEL, name="base", sha256="c" * 64, hash="c" * 10),)
    request = Request("x", "", SETTINGS, model="base", model_hash="a" * 10)  # edited since
    (match,) = resolve(request, {}, entries, recorded).matches
    assert (match.wanted.sha256, match.path and match.path.name) == ("", "base.safetensors")
