"""The index: what goes in, what comes out, and what happens to it."""

import json
import os
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mezzotint.cli.models import models_command
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.index import update as updating
from mezzotint.runtime.index.a1111_cache import read_cache
from mezzotint.runtime.index.database import IndexFileError
from mezzotint.runtime.index.entry import Entry
from mezzotint.runtime.index.find import find
from mezzotint.runtime.index.index import Index, known_entries
from mezzotint.runtime.index.update import refresh
from mezzotint.runtime.models.hashes import legacy_model_hash, lora_hash, model_hash


def run(*arguments: object) -> Result:
    return CliRunner().invoke(models_command, [str(argument) for argument in arguments])


def by_name(index: Index) -> dict[str, Entry]:
    return {entry.name: entry for entry in index.entries}


def test_every_hash_of_every_file_is_entered(index: Index, shelf: Path) -> None:
    update = refresh(index)
    assert (update.new, update.hashed, update.notes) == (6, 6, [])
    found = by_name(index)
    assert {name: entry.kind for name, entry in found.items()} == {
        "one": "checkpoint",
        "style": "LoRA",
        "stated": "LoRA",
        "good": "embedding",
        "clear.vae": "VAE",
        "old": "pickle",
    }
    assert found["one"].short_hash == model_hash(shelf / "one.safetensors")
    assert found["style"].short_hash == lora_hash(shelf / "loras" / "style.safetensors")
    assert found["stated"].short_hash == "ab" * 6
    assert len(found["good"].short_hash or "") == 12
    assert found["one"].hashes is not None
    assert found["one"].hashes.legacy == legacy_model_hash(shelf / "one.safetensors")


def test_what_did_not_change_is_not_opened_again(
    index: Index, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(index)
    monkeypatch.setattr(updating, "read_entry", None)
    monkeypatch.setattr(updating, "compute_hashes", None)
    assert refresh(index) == updating.Update()
    monkeypatch.undo()


def test_changes_are_seen(index: Index, shelf: Path) -> None:
    refresh(index)
    before = by_name(index)["one"].short_hash
    with (shelf / "one.safetensors").open("ab") as file:
        file.write(b"more")
    (shelf / "old.ckpt").unlink()
    update = refresh(index, hashing=False)
    assert (update.new, update.gone) == (1, 1)
    assert by_name(index)["one"].hashes is None
    refresh(index)
    assert by_name(index)["one"].short_hash not in {None, before}


def test_an_interrupted_refresh_goes_on(index: Index) -> None:
    started: list[str] = []

    def stop(entry: Entry, done: int, total: int) -> None:
        assert done <= total
        started.append(entry.name)
        if len(started) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(index, on_hash=stop)
    assert sum(entry.hashes is not None for entry in index.entries) == 3
    assert refresh(index).hashed == 3


def test_a_folder_that_is_away_keeps_its_files(index: Index, shelf: Path) -> None:
    refresh(index)
    shelf.rename(shelf.with_name("away"))
    update = refresh(index)
    assert update.gone == 0
    assert "is not there" in update.notes[0]
    assert len(index.entries) == 6


def test_files_are_found_by_any_name_and_hash(index: Index, shelf: Path) -> None:
    refresh(index)
    digest = sha256((shelf / "one.safetensors").read_bytes()).hexdigest()
    for text in ("one", "ONE.safetensors", digest, digest[:10].upper(), digest[:8], legacy_of(shelf)):
        assert [entry.name for entry in find(index.entries, text)] == ["one"], text
    assert [entry.name for entry in find(index.entries, "grand style")] == ["style"]
    assert [entry.name for entry in find(index.entries, "ab" * 32)] == ["stated"]
    assert find(index.entries, digest[:7]) == []


def legacy_of(shelf: Path) -> str:
    return legacy_model_hash(shelf / "one.safetensors")


def test_names_need_no_encoding(index: Index, shelf: Path) -> None:
    (shelf / os.fsdecode(b"\xff\x1b]0;x\x07.ckpt")).write_bytes(b"x")
    refresh(index)
    assert any(entry.path == shelf / os.fsdecode(b"\xff\x1b]0;x\x07.ckpt") for entry in index.entries)
    result = run("list")
    assert "\x1b" not in result.output
    assert "\\x1b]0;x" in result.output


@pytest.mark.parametrize("damage", ["head", "middle", "text"])
def test_a_damaged_index_is_put_aside(index: Index, damage: str) -> None:
    refresh(index)
    path = index.path
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    if damage == "middle":
        data[4096:] = bytes(len(data) - 4096)
    else:
        data[:100] = b"no database".ljust(100) if damage == "head" else bytes(100)
    index.__exit__(None, None, None)
    path.write_bytes(data if damage != "text" else b"not a database, but long enough to be read as one" * 99)
    with Index() as again:
        assert again.note is not None
        assert "damaged" in again.note
        assert again.entries == ()
    assert list(path.parent.glob("index.sqlite.damaged-*"))
    with Index() as again:
        assert again.note is None


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "places.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE history (x)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(IndexFileError, match="another program's"):
        Index(other)
    assert other.read_bytes() == before


def test_looking_makes_no_index(tmp_path: Path) -> None:
    assert known_entries(tmp_path / "x" / "index.sqlite") == ()
    assert not (tmp_path / "x").exists()


def test_processes_share_an_index(shelf: Path, tmp_path: Path) -> None:
    program = "from mezzotint.cli import main; main()"
    command = [sys.executable, "-c", program, "models", "add", str(shelf)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, b"")
    assert len(known_entries()) == 6
    assert all(entry.hashes for entry in known_entries())


def cache_json(shelf: Path, **changes: float) -> dict[str, object]:
    def line(path: Path, digest: str) -> dict[str, object]:
        return {"mtime": path.stat().st_mtime + changes.get("later", 0), "sha256": digest}

    return {
        "hashes": {
            "checkpoint/one.safetensors": line(shelf / "one.safetensors", "12" * 32),
            "checkpoint/other.safetensors": line(shelf / "one.safetensors", "13" * 32),
            "textual_inversion/good": line(shelf / "words" / "good.safetensors", "34" * 32),
            "vae": line(shelf / "clear.vae.safetensors", "56" * 32),
            "lora/broken": {"mtime": "soon", "sha256": 3},
        },
        "hashes-addnet": {"lora/style": line(shelf / "loras" / "style.safetensors", "78" * 32)},
        "safetensors-metadata": {},
    }


def test_the_web_uis_hashes_are_taken_over(index: Index, shelf: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text(json.dumps(cache_json(shelf)), encoding="utf-8")
    update = refresh(index, hashing=False, cached=read_cache(cache))
    assert update.taken_over == 3
    found = {name: entry.short_hash for name, entry in by_name(index).items() if entry.hashes}
    assert found == {"one": "12" * 5, "good": "34" * 6, "style": "78" * 6}
    assert refresh(index).hashed == 3


def test_a_changed_file_takes_no_hash_over(index: Index, shelf: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text(json.dumps(cache_json(shelf, later=-2)), encoding="utf-8")
    assert refresh(index, hashing=False, cached=read_cache(cache)).taken_over == 0


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, '"x"'])
def test_what_is_no_cache_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "cache.json").write_text(text, encoding="utf-8")
    with pytest.raises(MezzotintError, match="no cache"):
        read_cache(tmp_path / "cache.json")


def test_the_commands(shelf: Path) -> None:
    assert "6 files in 1 folder: 6 new, 6 hashed" in run("add", shelf).output
    assert "nothing new" in run("refresh").output
    assert "grand style" not in run("find", "grand style").output
    assert run("find", "grand style").exit_code == 0
    assert run("find", "nobody").exit_code == 1
    assert "builtin" in run("find", "builtin").output
    listed = json.loads(run("--json").output)
    assert listed[0]["name"] == "builtin"
    assert len(listed) == 7
    assert len(json.loads(run("list", "--json", shelf / "loras").output)) == 3
    assert run("remove", shelf).exit_code == 0
    assert known_entries() == ()
    assert isinstance(run("remove", shelf).exception, MezzotintError)
    assert isinstance(run("add", shelf / "one.safetensors").exception, MezzotintError)
    assert "9 not hashed yet" not in run("add", "--no-hash", shelf).output


def test_the_index_does_without_torch() -> None:
    program = "import sys, mezzotint.cli.models; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_pipes_are_no_models(shelf: Path) -> None:
    os.mkfifo(shelf / "waits.safetensors")
    assert run("add", shelf).exit_code == 0
    assert run(shelf).exit_code == 0
    assert "waits" not in run().stdout


def test_a_damaged_index_is_told_of_by_whatever_meets_it(shelf: Path) -> None:
    place = Path(os.environ["MEZZOTINT_INDEX"])
    place.parent.mkdir()
    for arguments in ((), ("find", "one")):
        place.write_bytes(b"junk " * 1000)
        assert "put aside" in run(*arguments).stderr
