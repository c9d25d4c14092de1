"""Options that contradict each other, and outputs that would destroy their inputs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mezzotint.runtime.metadata.read import read

SAMPLES = Path(__file__).parents[1] / "golden" / "meta_samples"
Shell = Callable[..., tuple[object, str, str]]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "a1111_a.png", tmp_path / "a.png"))


@pytest.mark.parametrize(
    "options",
    [
        ("--watch", "--fix"),
        ("--watch", "--show-files"),
        ("--add-ignores", "--fix"),
        ("--show-files", "--diff"),
        ("--unsafe-fixes",),
        ("--exit-non-zero-on-fix",),
        ("--json", "--output-format", "sarif"),
        ("--isolated", "--config"),
    ],
)
def test_no_option_of_check_is_passed_over(options: tuple[str, ...], shell: Shell, tmp_path: Path) -> None:
    text, config = tmp_path / "a.txt", tmp_path / "other.toml"
    text.write_text("a \\b")
    config.write_text("")
    given = (*options, config) if options[-1] == "--config" else options
    code, out, err = shell("check", *given, text)
    assert (code, out) == (2, "")
    assert all(option in err for option in options if option.startswith("--"))
    assert text.read_text() == "a \\b"


def test_findings_do_not_replace_what_is_checked(shell: Shell, tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("a cat")
    code, _, err = shell("check", "--json", "--output-file", text, text)
    assert (code, text.read_text()) == (2, "a cat")
    assert "one of the files that are checked" in err


def test_an_export_does_not_replace_its_picture(shell: Shell, picture: Path) -> None:
    before = picture.read_bytes()
    code, _, err = shell("export", picture, "--to", "json", "-o", picture, "--force")
    assert (code, picture.read_bytes()) == (2, before)
    assert "is what is exported" in err


def test_output_folders_are_made(shell: Shell, picture: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(picture, tmp_path / "b.png"))
    assert shell("strip", picture, "-o", f"{tmp_path}/one/", "--dry-run")[0] == 0
    assert not (tmp_path / "one").exists()
    assert shell("strip", picture, "-o", f"{tmp_path}/one/")[0] == 0
    assert shell("strip", picture, other, "-o", tmp_path / "two")[0] == 0
    assert shell("convert", picture, tmp_path / "new" / "a.webp")[0] == 0
    assert shell("export", picture, "--to", "json", "-o", tmp_path / "deep" / "er" / "a.json")[0] == 0
    made = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert made == {
        *("a.png", "b.png", "one/a.png", "two/a.png", "two/b.png", "new/a.webp", "deep/er/a.json"),
    }


def test_files_of_one_name_do_not_replace_each_other(shell: Shell, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(picture, tmp_path / "in")
    code, _, err = shell("strip", tmp_path, "-o", tmp_path / "out", "--force")
    assert (code, (tmp_path / "out").exists()) == (2, False)
    assert "would both become" in err


def test_a_picture_stays_of_its_kind(shell: Shell, picture: Path, tmp_path: Path) -> None:
    code, _, err = shell("set", picture, "Seed=5", "-o", tmp_path / "a.jpg")
    assert (code, (tmp_path / "a.jpg").exists()) == (2, False)
    assert "mezzotint convert" in err
    misnamed = picture.rename(tmp_path / "b.jpg")
    assert shell("set", misnamed, "Seed=5", "-o", tmp_path / "b.png")[0] == 0


def test_set_tells_of_values_that_nobody_reads(shell: Shell, picture: Path) -> None:
    code, _, err = shell("set", picture, "Seed=abc", "Size=0x0")
    assert code == 0
    assert '"abc" is not a whole number' in err
    assert "MZ503" in err
    assert shell("set", picture, "Steps=9")[2] == ""


def test_set_refuses_what_cannot_be_meant(shell: Shell, picture: Path, tmp_path: Path) -> None:
    before = read(picture).parameters
    assert "more than once" in shell("set", picture, "Seed=1", "seed=2")[2]
    assert "no file is named" in shell("set", picture, "--parameters", "@")[2]
    text = tmp_path / "a.gif"
    text.write_text("no picture")
    assert "only PNG, JPEG and WebP files can be changed" in shell("set", text, "Seed=1")[2]
    assert read(picture).parameters == before


def test_info_takes_as_many_jobs_as_there_are_processors(shell: Shell, picture: Path) -> None:
    assert shell("info", "--jobs", "0", picture)[0] == 0


def test_own_configuration_has_no_table(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "mezzotint.toml").write_text('[tool.mezzotint]\nselect = ["MZ2"]\n')
    (tmp_path / "a.txt").write_text("a cat")
    code, _, err = shell("check", tmp_path / "a.txt")
    assert code == 2
    assert "without the line [tool.mezzotint]" in err
