"""The options that say how to compute, as a shell gives them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mezzotint.cli.render import render_command
from mezzotint.cli.reproduce import reproduce_command
from mezzotint.runtime.devices.computing import DeviceError
from mezzotint.runtime.metadata.read import read

QUICK = ["--steps", "2", "--size", "64x64", "--seed", "5"]


def render(path: Path, *options: str) -> Result:
    return CliRunner().invoke(render_command, ["red circle", *QUICK, *options, "-o", str(path)])


def reproduce(path: Path, *options: str) -> Result:
    return CliRunner().invoke(reproduce_command, [str(path), *options])


def test_options_reach_the_record(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    options = ("--device", "auto", "--dtype", "bfloat16", "--fast", "--channels-last", "--offload")
    result = render(path, *options)
    assert result.exit_code == 0
    found = read(path)
    assert "Fast: True" in (found.parameters or "")
    record = found.record or {}
    assert record["dtype"] == "bfloat16"
    assert record["device"] in ("cpu", "cuda:0", "mps")
    assert (record["offload"], record["channels_last"], record["compiled"]) == (True, True, False)
    if record["device"] == "cpu":
        assert "warning: bfloat16 is quicker than float32 only on CPUs" in result.stderr


def test_rendering_a_fast_picture_again_is_fast_unless_told_otherwise(tmp_path: Path) -> None:
    first, again, slow = (tmp_path / name for name in ("a.png", "b.png", "c.png"))
    render(first, "--fast")
    runner = CliRunner()
    assert runner.invoke(render_command, [str(first), "-o", str(again)]).exit_code == 0
    assert runner.invoke(render_command, [str(first), "--no-fast", "-o", str(slow)]).exit_code == 0
    assert "Fast: True" in (read(again).parameters or "")
    assert "Fast" not in (read(slow).parameters or "")


def test_wrong_devices_end_with_words(tmp_path: Path) -> None:
    result = render(tmp_path / "x.png", "--device", "gpu")
    assert isinstance(result.exception, DeviceError)
    assert render(tmp_path / "x.png", "--dtype", "int8").exit_code == 2
    result = render(tmp_path / "x.png", "--compile", "--offload")
    assert isinstance(result.exception, DeviceError)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(("step", "code", "verdict"), [(1, 0, "perceptually equal"), (17, 1, "different")])
def test_pictures_of_other_programs_may_differ_where_nobody_sees_it(
    tmp_path: Path, step: int, code: int, verdict: str
) -> None:
    ours, theirs = tmp_path / "ours.png", tmp_path / "theirs.png"
    render(ours)
    with Image.open(ours) as opened:
        pixels = bytearray(opened.convert("RGB").tobytes())
        pixels[0] += step if pixels[0] < 128 else -step
        text = PngInfo()
        text.add_text("parameters", read(ours).parameters or "")
        Image.frombytes("RGB", opened.size, bytes(pixels)).save(theirs, pnginfo=text)
    result = reproduce(theirs)
    assert result.exit_code == code
    assert f"{verdict}: 0.00814 % of the values differ, by up to {step} of 255 levels" in result.output
    assert "dB, SSIM 0.99" in result.output or "dB, SSIM 1.0" in result.output
    result = reproduce(theirs, "--json")
    row = json.loads(result.stdout)
    assert (row["verdict"], row["levels"], row["share"]) == (verdict, step, 1 / 12288)
    assert row["psnr"] > 50
    assert row["ssim"] > 0.99
    assert row["promised"] is False
    assert result.exit_code == code
