"""Finding network files by the names that tags call them by."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.networks.errors import NetworkError
from mezzotint.runtime.networks.find import find_networks
from mezzotint.runtime.networks.hashes import read_lora_hashes
from mezzotint.runtime.networks.library import NetworkLibrary
from mezzotint.runtime.networks.tags import LoraTag


def save(path: Path, alias: str | None = None, digest: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"ss_output_name": alias, "sshs_model_hash": digest}
    save_file({"x": torch.zeros(1)}, path, {key: value for key, value in metadata.items() if value})
    return path


def test_stem_and_alias(tmp_path: Path) -> None:
    one = save(tmp_path / "one.safetensors", "first choice")
    deep = save(tmp_path / "style" / "v2" / "Deep.SAFETENSORS", "one")
    old = tmp_path / "old.pt"
    old.write_bytes(b"")
    (tmp_path / "one.txt").write_text("notes")
    library = NetworkLibrary([tmp_path, tmp_path / "absent"])
    assert library.find("one") == one  # a stem goes before an alias
    assert library.find("first choice") == one
    assert library.find("Deep") == deep
    assert library.find("old") == old
    assert library.names == ["Deep", "first choice", "old", "one"]


def test_the_last_of_one_name_counts_and_an_alias_of_two_none(tmp_path: Path) -> None:
    save(tmp_path / "a" / "same.safetensors")
    last = save(tmp_path / "b" / "same.safetensors")
    save(tmp_path / "a2.safetensors", "Shared")
    save(tmp_path / "a10.safetensors", "Shared")
    save(tmp_path / "x.safetensors", "None")
    library = NetworkLibrary([tmp_path])
    assert [path.stem for path in library.files] == ["a2", "a10", "x", "same", "same"]
    assert library.find("same") == last
    for name in ("Shared", "None", "shared"):
        with pytest.raises(NetworkError):
            library.find(name)


def test_a_missing_name_is_told_with_the_closest(tmp_path: Path) -> None:
    save(tmp_path / "DetailTweaker.safetensors")
    library = NetworkLibrary([tmp_path])
    with pytest.raises(NetworkError, match=r'"detailtweaker": did you mean "DetailTweaker"\?'):
        library.find("detailtweaker")
    with pytest.raises(NetworkError, match="put its file there"):
        library.find("zzz")
    with pytest.raises(NetworkError, match="name a folder"):
        NetworkLibrary([]).find("zzz\x1b[2J")


def test_names_reach_nothing_outside(tmp_path: Path) -> None:
    save(tmp_path / "secret.safetensors")
    inside = tmp_path / "lora"
    save(inside / "a.safetensors")
    library = NetworkLibrary([inside])
    for name in ("../secret", str(tmp_path / "secret"), "secret", "a.safetensors", "./a", ""):
        with pytest.raises(NetworkError):
            library.find(name)


def test_links_in_a_circle_and_hidden_folders(tmp_path: Path) -> None:
    save(tmp_path / "a" / "x.safetensors")
    save(tmp_path / ".trash" / "y.safetensors")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert [path.name for path in NetworkLibrary([tmp_path]).files] == ["x.safetensors"]


def test_a_damaged_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"noise")
    good = save(tmp_path / "good.safetensors", "nice")
    assert NetworkLibrary([tmp_path]).find("nice") == good


def test_tags_to_files(tmp_path: Path) -> None:
    a, b = save(tmp_path / "a.safetensors", "alias"), save(tmp_path / "b.safetensors")
    program = compile_prompt("<lora:a:0.5><lora:b:0.2:0.3><lora:a:0.9><lora:alias:0.1>")
    found = find_networks(program.networks, NetworkLibrary([tmp_path]))
    assert [(lora.tag, lora.path) for lora in found.loras] == [
        (LoraTag("a", 0.9, 0.9), a),  # the reference holds a network once, with the numbers it heard last
        (LoraTag("b", 0.2, 0.3), b),
        (LoraTag("a", 0.9, 0.9), a),
        (LoraTag("alias", 0.1, 0.1), a),
    ]


def test_problems_are_errors_or_told(tmp_path: Path) -> None:
    save(tmp_path / "a.safetensors")
    networks = compile_prompt("<lora:b:1><lora:a:strong><ice:a><hypernet:h><lora:a>").networks
    library = NetworkLibrary([tmp_path])
    with pytest.raises(NetworkError, match='"b"'):
        find_networks(networks, library)
    found = find_networks(networks, library, strict=False)
    assert [lora.tag for lora in found.loras] == [LoraTag("a")]
    assert len(found.problems) == 4


def test_a_renamed_file_is_found_by_its_hash(tmp_path: Path) -> None:
    digest = "0123456789ab"
    renamed = save(tmp_path / "mine.safetensors", digest=f"{digest}cdef")
    other = save(tmp_path / "theirs.safetensors")
    library = NetworkLibrary([tmp_path])
    networks = compile_prompt("<lora:theirs><lora:a,b:1>").networks
    hashes = read_lora_hashes(f"theirs: {digest}, ab: {digest}, odd")
    assert hashes == {"theirs": digest, "ab": digest}
    found = find_networks(networks, library, hashes=hashes)
    assert [lora.path for lora in found.loras] == [renamed, renamed]
    found = find_networks(networks, library, hashes={"theirs": "f" * 12}, strict=False)
    assert [lora.path for lora in found.loras] == [other]
    assert library.find_hash("f" * 12) is None


def test_named_files_stand_behind_those_of_folders(tmp_path: Path) -> None:
    own = save(tmp_path / "own" / "style.safetensors")
    away, other = save(tmp_path / "far" / "x.safetensors"), save(tmp_path / "far" / "y.safetensors")
    library = NetworkLibrary([tmp_path / "own"], {"style": other, "renamed": away})
    assert library.find("style") == own
    assert library.find("renamed") == away
    assert library.names == ["renamed", "style"]
    with pytest.raises(NetworkError):
        library.find("x")
