"""What git ignores: as git itself has it."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mezzotint.cli.gitignore import forget_ignored, ignored_in

PATHS = (
    "a",
    "b.txt",
    "old/a",
    "old/b.txt",
    "old/new/a",
    "new/old/b.txt",
    "x[1].txt",
    "a b ",
    "!b",
    "#c",
    "-.txt",
)
PATTERNS = st.lists(
    st.text("ab*?![]/\\# .txold-^", max_size=8)
    | st.sampled_from([*PATHS, "**/a", "old/**", "/b.txt", "old/", "a/**/b.txt"]),
    max_size=4,
)


def ignored(folder: Path, path: str) -> bool:
    """Whether git would leave the file out: for it, or for a folder above it."""
    found = ignored_in(str(folder))
    place = folder
    *above, name = path.split("/")
    for part in above:
        place = place / part
        if found.holds(str(place), is_folder=True):
            return True
        found = found.inside(str(place))
    return found.holds(str(place / name), is_folder=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    try:
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git is not installed")
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    return folder


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PATTERNS, PATTERNS)
def test_git_agrees(repository: Path, top: list[str], inner: list[str]) -> None:
    forget_ignored()
    (repository / ".gitignore").write_text("\n".join(top), encoding="utf-8", newline="")
    (repository / "old" / ".gitignore").write_text("\n".join(inner), encoding="utf-8", newline="")
    asked = "\0".join(PATHS).encode()
    told = subprocess.run(
        [
            "git",
            "-C",
            str(repository),
            "-c",
            "core.excludesFile=",
            "check-ignore",
            "--stdin",
            "-z",
            "--no-index",
        ],
        input=asked,
        capture_output=True,
    )
    theirs = {path.decode() for path in told.stdout.split(b"\0") if path}
    assert {path for path in PATHS if ignored(repository, path)} == theirs


def test_the_files_of_the_repository_above_count(tmp_path: Path) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("own.txt\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("*.txt\n!keep.txt\n", encoding="utf-8")
    sub = tmp_path / "sub"
    sub.mkdir()
    (sub / ".gitignore").write_bytes(b"keep.txt\n\xff\n!a.txt")
    forget_ignored()
    found = ignored_in(str(sub))
    names = ("own.txt", "b.txt", "keep.txt", "a.txt", "c.prompt")
    assert [found.holds(str(sub / name), is_folder=False) for name in names] == [
        True,
        True,
        True,
        False,
        False,
    ]
