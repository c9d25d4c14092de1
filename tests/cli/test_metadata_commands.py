"""The commands that change and translate metadata, as a shell would run them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.read import read

SAMPLES = Path(__file__).parents[1] / "golden" / "meta_samples"

Shell = Callable[..., tuple[object, str, str]]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "a1111_a.png", tmp_path / "a.png"))


def pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.tobytes()


def test_set(shell: Shell, picture: Path) -> None:
    before, shown = read(picture).parameters or "", pixels(picture)
    assert shell("set", picture, "steps=31", "Clip skip=2", "Version=")[0] == 0
    after = before.replace("Steps: 25", "Steps: 31").replace(", Version: v1.10.1", ", Clip skip: 2")
    assert read(picture).parameters == after
    assert pixels(picture) == shown


def test_set_mends_a_damaged_infotext(shell: Shell, picture: Path) -> None:
    settings = "Steps: 5, Sampler: Euler, Seed: 3, Size: 8x8"
    shell("set", picture, "--parameters", f"a cat Negative prompt: dull {settings}")
    code, _, err = shell("set", picture, "Seed=4")
    assert (code, "damaged" in err) == (0, True)
    assert read(picture).parameters == f"a cat\nNegative prompt: dull\n{settings.replace('3', '4')}"


def test_folders_without_pictures_and_with_others(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (("info",), ("strip",), ("set", "Steps=3")):
        code, out, err = shell(*arguments, tmp_path / "empty")
        assert (code, out, "no picture is there" in err) == (2, "", True)
    shutil.copy(SAMPLES / "a1111_a.avif", tmp_path)
    shutil.copy(SAMPLES / "a1111_a.png", tmp_path)
    code, out, err = shell("strip", tmp_path)
    assert (code, "a1111_a.avif is left as it is" in err, "a1111_a.png: removed" in out) == (0, True, True)


def test_set_the_whole_text(shell: Shell, picture: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("a dog\nSteps: 1, Sampler: Euler, Seed: 2\n", encoding="utf-8")
    assert shell("set", picture, "--parameters", f"@{text}", "Seed=3")[0] == 0
    assert read(picture).parameters == "a dog\nSteps: 1, Sampler: Euler, Seed: 3"


def test_dry_runs_write_nothing(shell: Shell, picture: Path, tmp_path: Path) -> None:
    before = picture.read_bytes()
    assert "Steps: 31" in shell("set", "-n", picture, "Steps=31")[1]
    assert "would remove parameters" in shell("strip", "-n", picture)[1]
    shell("copy", "-n", SAMPLES / "comfy_a.png", picture)
    shell("convert", "-n", picture, tmp_path / "b.webp")
    assert picture.read_bytes() == before
    assert list(tmp_path.iterdir()) == [picture]


def test_strip_folders(shell: Shell, tmp_path: Path) -> None:
    folder, target = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    target.mkdir()
    for name in ("comfy_a.png", "civitai_a.jpg", "truncated_a.png", "c2pa_stub_a.png"):
        shutil.copy(SAMPLES / name, folder)
    code, out, err = shell("scrub", folder, "-o", target)
    assert code == 2  # one is damaged, the others are done
    assert "comfy_a.png: removed prompt" in out
    assert "truncated_a.png" in err
    assert "c2pa_stub_a.png still tells of c2pa" in err
    assert describe(target / "civitai_a.jpg").generation is None
    assert describe(folder / "civitai_a.jpg").generation is not None


def test_nothing_is_overwritten_unasked(shell: Shell, picture: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.png"
    other.write_bytes(b"mine")
    for command in (
        ("strip", picture, "-o", other),
        ("set", picture, "Steps=1", "-o", other),
        ("copy", SAMPLES / "a1111_b.png", picture, "-o", other),
        ("convert", picture, other),
        ("export", picture, "--to", "json", "-o", other),
        ("import", picture, "-o", other),
    ):
        code, _, err = shell(*command)
        assert code == 2
        assert "--force" in err
        assert other.read_bytes() == b"mine"
    assert shell("strip", picture, "-o", other, "--force")[0] == 0
    assert pixels(other) == pixels(picture)


def test_copy_and_convert(shell: Shell, picture: Path, tmp_path: Path) -> None:
    text = read(picture).parameters
    place = tmp_path / "b.webp"
    assert shell("convert", picture, place)[0] == 0
    assert read(place).parameters == text
    assert shell("copy", SAMPLES / "a1111_b.png", place)[0] == 0
    assert read(place).parameters == read(SAMPLES / "a1111_b.png").parameters


@pytest.mark.parametrize("arguments", [("set", "a.png"), ("set", "Steps=1"), ("set", "a.png", "=1")])
def test_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell(*arguments)[0] == 2


def test_strangers_texts_cannot_drive_the_terminal(shell: Shell, picture: Path) -> None:
    for text in ("cat \x1b[2J", "\x9b31m \u202e"):
        _, out, err = shell("set", picture, "-n", "--parameters", text)
        assert not set("\x1b\x9b\u202e") & set(out + err)


def test_export_and_import(shell: Shell, picture: Path, tmp_path: Path) -> None:
    text = read(picture).parameters or ""
    for form in ("a1111", "comfyui", "diffusers", "json"):
        place = tmp_path / form
        assert shell("export", picture, "--to", form, "-o", place)[0] == 0
        assert shell("import", place)[1] == f"{text}\n"
    code, out, err = shell("export", text, "--to", "comfyui")
    assert code == 0
    assert out.startswith("{")
    assert "note: weights act differently" in err
    assert shell("import", SAMPLES / "comfy_chain_a.png")[1].startswith("a red fox")
    assert shell("import", SAMPLES / "diffusers_plain_a.png")[0] == 2
    assert shell("export", "", "--to", "json")[0] == 2


@pytest.mark.parametrize("name", ["comfy_a.png", "novelai_v4_a.png", "a1111_a.avif", "a1111_comment_a.gif"])
def test_prompts_are_checked_whoever_wrote_them(shell: Shell, name: str) -> None:
    assert "in 1 file" in shell("check", SAMPLES / name)[2]
    assert "red fox" in shell("parse", SAMPLES / name)[1]


def test_pictures_without_a_prompt_are_not_checked(shell: Shell) -> None:
    code, _, err = shell("check", SAMPLES / "diffusers_plain_a.png")
    assert code == 2
    assert "no prompt is recorded" in err
