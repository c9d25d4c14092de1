"""Standard input and output in a bad state: closed, of another encoding, with nobody at the other end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mezzotint.cli.inputs import InputError, read_file, read_stdin

BAD = "a clock showing 10:30"


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command line of the shell, in which ``mz`` is ours."""
    ours = f'mz() {{ "{sys.executable}" -m mezzotint "$@"; }}; '
    return subprocess.run(
        ["/bin/sh", "-c", ours + script],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
    )


@pytest.mark.parametrize("command", ["check -", "format -", "info -", "import -", "parse -"])
def test_closed_input_is_told(command: str, tmp_path: Path) -> None:
    done = run(f"mz {command} <&-", tmp_path)
    assert done.returncode == 2
    assert b"standard input is closed; name a file" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["parse '(a)'", "samplers", "models"])
def test_closed_output_swallows(command: str, tmp_path: Path) -> None:
    done = run(f"mz {command} >&-", tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{BAD}\n")
    done = run("{ mz check --isolated a.txt; echo $? >&2; } | :", tmp_path)
    assert done.stderr.split()[-1] == b"0"


def test_an_encoding_that_lacks_characters(tmp_path: Path) -> None:
    (tmp_path / "🎨.txt").write_text(BAD)
    done = run("mz check 🎨.txt", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert done.stdout.startswith(rb"\U0001f3a8.txt:1:19: error MZ201")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_texts_for_programs_are_utf8(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes("é ,猫🎨\r\nx\r\n".encode())
    done = run("mz format - <in.txt; mz export é --to a1111", tmp_path, PYTHONIOENCODING=encoding)
    assert done.stdout == "é, 猫🎨\r\nx\r\né\n".encode()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(InputError, match="pipe"):
        read_file(str(tmp_path / "a.txt"), "auto")
    done = run(f"cat <<'END' | mz check /dev/stdin\n{BAD}\nEND\n", tmp_path)
    assert done.returncode == 1


def test_a_device_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mezzotint.cli.inputs._MAX_BYTES", 1 << 20)
    with pytest.raises(InputError, match="/dev/zero: longer than 1 MiB"):
        read_file("/dev/zero", "auto")
    with Path("/dev/zero").open() as endless:
        monkeypatch.setattr(sys, "stdin", endless)
        with pytest.raises(InputError, match="more than 100 bytes"):
            read_stdin(100)


def test_links_in_a_circle_do_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c.txt").write_text(BAD)
    done = run("mz check .", tmp_path)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, b"1 finding in 1 file")


def test_what_is_no_ordinary_file_is_not_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    assert b"a.png: no ordinary file" in run("mz parse a.png", tmp_path).stderr


def test_a_file_of_another_kind_is_not_taken_for_a_prompt(tmp_path: Path) -> None:
    (tmp_path / "graph.json").write_text("{}")
    done = run("mz export graph.json --to a1111", tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"read by mezzotint import" in done.stderr
