"""``mezzotint diff``: what two files mean, and not how they say it."""

import json
from math import exp
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from mezzotint.cli.diff import diff_command
from mezzotint.cli.program_lines import MAX_LINES
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.ssim import ssim

END = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64"


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(diff_command, [str(argument) for argument in arguments])


def text(folder: Path, name: str, prompt: str, settings: str = END) -> Path:
    path = folder / f"{name}.txt"
    path.write_text(f"{prompt}\n{settings}", encoding="utf-8")
    return path


def picture(path: Path, colour: int, parameters: str | None, **record: object) -> Path:
    image = Image.radial_gradient("L").resize((64, 64)).point([min(i + colour, 255) for i in range(256)])
    if parameters is None:
        image.convert("RGB").save(path)
    else:
        write_png(image.convert("RGB"), path, parameters=parameters, record=record)
    return path


def test_two_spellings_of_the_same_are_the_same(tmp_path: Path) -> None:
    first = text(tmp_path, "a", "a ((red)) circle # x\nNegative prompt: blurry")
    second = text(
        tmp_path, "b", "a (red:1.21) circle\nNegative prompt: blurry", END.replace(": 7,", ": 7.0,")
    )
    result = diff(first, second)
    assert (result.exit_code, "are the same" in result.output) == (0, True), result.output


def test_words_weights_and_steps_are_told(tmp_path: Path) -> None:
    first = text(tmp_path, "a", "a (red:1.2) circle, on [snow:grass:0.5], big <lora:x:1>")
    second = text(tmp_path, "b", "a (red:1.3) circle, on [snow:grass:0.25], small <lora:x:0.5>")
    result = diff(first, second)
    assert result.exit_code == 1
    for line in (
        "- 'red' at weight 1.2",
        "+ 'red' at weight 1.3",
        "- steps 1-10",
        "+ steps 1-5",
        "- 'big' at weight 1",
        "+ 'small' at weight 1",
        "- lora x, 1",
        "+ lora x, 0.5",
        "prompt, steps 1-5",
    ):
        assert line in result.output
    assert "'on snow'" not in result.output


def test_settings_are_compared_with_their_defaults(tmp_path: Path) -> None:
    first = text(tmp_path, "a", "cat", f"{END}, Clip skip: 1, Model hash: 12345e6789, Odd: 1")
    second = text(tmp_path, "b", "cat", f"{END}, ENSD: 31337, Model hash: 98765e4321")
    rows = json.loads(diff("--json", first, second).output)
    assert rows["settings"] == {
        "ensd": ["0", "31337"],
        "Model hash": ["12345e6789", "98765e4321"],
        "Odd": ["1", None],
    }
    assert rows["program"] == []


def test_records_and_pixels_are_compared(tmp_path: Path) -> None:
    first = picture(tmp_path / "a.png", 0, f"cat\n{END}", software={"torch": "1"}, threads=1, pixels="x")
    second = picture(tmp_path / "b.png", 3, f"cat\n{END}", software={"torch": "2"}, threads=1, pixels="y")
    result = diff(first, second)
    assert result.exit_code == 1
    assert "software torch: 1 -> 2" in result.output
    assert "threads" not in result.output
    assert "by up to 3 of 255 levels" in result.output
    rows = json.loads(diff("--json", first, second).output)
    assert 0.9 < rows["pixels"]["ssim"] < 1
    assert diff(first, first).exit_code == 0


def test_what_says_nothing_is_compared_by_its_pixels(tmp_path: Path) -> None:
    bare, other = picture(tmp_path / "a.png", 0, None), picture(tmp_path / "b.png", 9, None)
    assert diff(bare, bare).exit_code == 0
    assert diff(bare, other).exit_code == 1
    result = diff(bare, picture(tmp_path / "c.png", 0, f"cat\n{END}"))
    assert result.exit_code == 1
    assert "no prompt is recorded in it" in result.output


def test_what_cannot_be_compiled_is_still_compared(tmp_path: Path) -> None:
    first = text(tmp_path, "a", "cat", END.replace("Euler a", "Nobody's"))
    second = text(tmp_path, "b", "cat", END.replace("Seed: 1", "Seed: 2"))
    result = diff(first, second)
    assert result.exit_code == 1
    assert "Nobody's" in result.output


def test_unreadable_files_are_an_error(tmp_path: Path) -> None:
    good = text(tmp_path, "a", "cat")
    assert isinstance(diff(good, tmp_path / "none.png").exception, MezzotintError)
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    assert isinstance(diff(good, tmp_path / "b.png").exception, MezzotintError)


def test_long_and_hostile_prompts_end(tmp_path: Path) -> None:
    first = text(tmp_path, "a", ",".join(f"w{i}" for i in range(MAX_LINES * 2)) + "\x1b]0;x\x07")
    second = text(tmp_path, "b", ",".join(f"v{i}" for i in range(MAX_LINES * 2)), f"{END}, O: \x1b[2J")
    result = diff(first, second)
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "more lines" in result.output


@pytest.mark.parametrize(("shift", "low", "high"), [(0, 1.0, 1.0), (8, 0.9, 0.9999)])
def test_similarity(shift: int, low: float, high: float) -> None:
    first = Image.radial_gradient("L").resize((600, 300))
    second = first.point([min(i + shift, 255) for i in range(256)])
    found = ssim(first.convert("RGB"), second.convert("RGB"))
    assert found is not None
    assert low <= round(found, 9) <= high
    assert ssim(second.convert("RGB"), first.convert("RGB")) == pytest.approx(found)
    assert ssim(first.resize((5, 5)), second.resize((5, 5))) is None


def test_similarity_of_one_window_is_the_formulas() -> None:
    first = Image.radial_gradient("L").resize((11, 11))
    second = first.transpose(Image.Transpose.ROTATE_90).point([i // 2 for i in range(256)])
    weights = [exp(-((i % 11 - 5) ** 2 + (i // 11 - 5) ** 2) / 4.5) for i in range(121)]
    x, y = list(first.tobytes()), list(second.tobytes())

    def mean(values: list[float]) -> float:
        return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)

    mx, my = mean([*x]), mean([*y])
    vx, vy = mean([(v - mx) ** 2 for v in x]), mean([(v - my) ** 2 for v in y])
    cov = mean([(v - mx) * (u - my) for v, u in zip(x, y, strict=True)])
    c1, c2 = 2.55**2, 7.65**2
    expected = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    assert ssim(first, second) == pytest.approx(expected)
