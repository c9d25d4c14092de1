"""Pictures made in other ways: what their records say, what comes back, and when rounding counts."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mezzotint.grammar.document import read_document
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.compare import Difference
from mezzotint.runtime.devices.computing import Computing
from mezzotint.runtime.metadata.digest import digest_file
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.record.environment import differences, read_environment
from mezzotint.runtime.reproduce import Verdict, judge, reproduce
from mezzotint.runtime.request import Request, read_request

MAKE = """
import sys
from mezzotint.cli import main
sys.argv = ["mezzotint", *sys.argv[1:]]
main()
"""


def request(**options: Any) -> Request:
    given = {"steps": 3, "width": 64, "height": 64, "seed": 4, **options}
    return read_request(read_document("a (red:1.2) circle"), options=given)


def saved(path: Path, computing: Computing | None = None, **options: Any) -> Path:
    Renderer(device=computing or Computing(), threads=1).render(request(**options)).save(path)
    return path


def altered(source: Path, target: Path, *, step: int = 1, values: int = 3, **record: Any) -> Path:
    """A copy with other pixels, and with another record, or none."""
    found = read(source)
    with Image.open(source) as opened:
        image = opened.convert("RGB")
    pixels = bytearray(image.tobytes())
    for at in range(values):
        pixels[at] += step if pixels[at] < 128 else -step
    image = Image.frombytes("RGB", image.size, bytes(pixels))
    kept = {} if record.get("record", 1) is None else {**(found.record or {}), **record}
    write_png(image, target, parameters=found.parameters or "", record=kept)
    return target


def without_record(source: Path, target: Path, **changes: Any) -> Path:
    from PIL.PngImagePlugin import PngInfo

    altered(source, target, **changes)
    with Image.open(target) as opened:
        opened.load()
        text = PngInfo()
        text.add_text("parameters", read(target).parameters or "")
        opened.convert("RGB").save(target, pnginfo=text)
    return target


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_comes_back_in_other_processes(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "half.png"
    options = ["--dtype", dtype, "--steps", "3", "--size", "64x64", "--seed", "4"]
    for arguments in (["render", "a red circle", *options, "-o", path], ["reproduce", path, "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", MAKE, *map(str, arguments)], capture_output=True, text=True, check=True
        )
    row = json.loads(done.stdout)
    assert (row["verdict"], row["levels"], row["share"]) == ("identical", 0, 0)
    assert (read(path).record or {})["dtype"] == dtype


def test_another_precision_is_told_of(tmp_path: Path) -> None:
    path = saved(tmp_path / "half.png", Computing(dtype="bfloat16"))
    result = reproduce(path, dtype="float32")
    assert result.verdict is Verdict.DIFFERENT
    assert "made in bfloat16, this is float32" in result.notes
    assert not any(note.startswith("made ") for note in reproduce(path).notes)


def test_a_device_that_is_not_here_is_told_of(tmp_path: Path) -> None:
    plain = saved(tmp_path / "cpu.png")
    card = {"name": "Some GPU", "capability": "9.0"}
    other = altered(plain, tmp_path / "cuda.png", values=0, device="cuda:9", accelerator=card, offload=True)
    result = reproduce(other)
    assert result.verdict is Verdict.IDENTICAL
    assert "made on the device cuda:9, this is cpu" in result.notes


def test_fast_is_written_read_back_and_honoured(tmp_path: Path) -> None:
    path = saved(tmp_path / "fast.png", fast=True)
    found = read(path)
    assert found.parameters is not None
    assert found.parameters.endswith(", Fast: True, Version: mezzotint 0.1.0")
    assert parse(found.parameters)["Fast"] == "True"
    assert (found.record or {})["deterministic"] is False
    assert (found.record or {})["channels_last"] is True
    result = reproduce(path)
    assert result.picture.infotext == found.parameters
    assert result.verdict is not Verdict.DIFFERENT
    assert "--fast does not promise the same bits" in result.notes
    slow = reproduce(path, fast=False)
    assert "--fast does not promise the same bits" in slow.notes
    assert "Fast" not in slow.picture.infotext
    assert "Fast" not in (read(saved(tmp_path / "slow.png")).parameters or "")


@pytest.mark.parametrize("options", [{"channels_last": True}, {"offload": True}])
def test_what_is_recorded_is_done_again(tmp_path: Path, options: dict[str, bool]) -> None:
    path = saved(tmp_path / "x.png", Computing(**options))  # type: ignore[arg-type]
    result = reproduce(path)
    assert result.verdict is Verdict.IDENTICAL
    assert {name: getattr(result.picture.record.environment, name) for name in options} == options


@pytest.mark.parametrize(
    ("levels", "psnr", "ssim", "verdict"),
    [
        (0, math.inf, 1.0, Verdict.IDENTICAL),
        (1, 90.0, 1.0, Verdict.EQUAL),
        (16, 40.0, 0.99, Verdict.EQUAL),
        (16, 40.0, None, Verdict.EQUAL),
        (17, 40.0, 0.99, Verdict.DIFFERENT),
        (16, 39.99, 0.99, Verdict.DIFFERENT),
        (16, 40.0, 0.9899, Verdict.DIFFERENT),
        (17, 60.0, None, Verdict.DIFFERENT),
    ],
)
def test_verdicts(levels: int, psnr: float, ssim: float | None, verdict: Verdict) -> None:
    difference = Difference(((64, 64), (64, 64)), levels, levels, 1000, psnr, ssim)
    assert judge(difference) is verdict


def test_pictures_of_other_sizes_are_never_the_same() -> None:
    difference = Difference(((8, 8), (8, 16)), 255, 192, 192, 0.0)
    assert judge(difference) is Verdict.DIFFERENT


def test_a_spot_and_a_haze_are_seen(tmp_path: Path) -> None:
    plain = saved(tmp_path / "plain.png")
    spot = reproduce(without_record(plain, tmp_path / "spot.png", step=17, values=1))
    assert (spot.verdict, spot.difference.levels) == (Verdict.DIFFERENT, 17)
    assert spot.difference.psnr > 50
    haze = reproduce(without_record(plain, tmp_path / "haze.png", step=4, values=64 * 64 * 3))
    assert haze.verdict is Verdict.DIFFERENT
    assert haze.difference.psnr < 40


def test_a_promise_of_bits_is_kept_or_broken(tmp_path: Path) -> None:
    plain = saved(tmp_path / "plain.png")
    changed = reproduce(altered(plain, tmp_path / "a.png"))
    assert (changed.verdict, changed.breaks_promise, changed.is_good) == (Verdict.EQUAL, True, False)
    assert "those of the picture were changed after it was saved" in changed.notes[-1]
    forged = digest_file(tmp_path / "a.png")
    broken = reproduce(altered(plain, tmp_path / "b.png", pixels=forged))
    assert (broken.verdict, broken.is_good) == (Verdict.EQUAL, False)
    assert any("promises the same bits here, and this run did not make them" in note for note in broken.notes)
    stranger = without_record(plain, tmp_path / "c.png")
    assert read(stranger).record is None
    result = reproduce(stranger)
    assert (result.verdict, result.difference.levels, result.is_good) == (Verdict.EQUAL, 1, True)
    assert result.difference.share == 3 / (64 * 64 * 3)
    elsewhere = reproduce(altered(plain, tmp_path / "d.png", cpu="AVX9000"))
    assert (elsewhere.verdict, elsewhere.is_good) == (Verdict.EQUAL, True)


def test_records_are_compared_as_far_as_they_go() -> None:
    ours = read_environment(
        {
            "device": "cpu",
            "dtype": "float32",
            "compiled": False,
            "software": {"torch": "2", "mezzotint": "1"},
            "switches": {"cudnn.benchmark": False},
        }
    )
    assert differences(ours, ours) == []
    assert differences(read_environment({}), ours) == []
    theirs = read_environment(
        {
            "dtype": "float16",
            "software": {"torch": "1", "mezzotint": "0"},
            "compiled": True,
            "device": "cpu",
            "switches": {"cudnn.benchmark": True, "another": True},
        }
    )
    assert differences(theirs, ours) == [
        "made with torch 1, this is 2",
        "made in float16, this is float32",
        "made with a compiled UNet: True, this is False",
        "made with torch's switch cudnn.benchmark at True, this is False",
    ]


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"device": "auto"},
        {"device": "/etc/passwd", "dtype": "object", "compiled": "yes", "offload": 1},
        {"device": ["cpu"], "dtype": None, "channels_last": {}},
    ],
)
def test_what_is_not_sane_in_a_record_is_passed_over(record: dict[str, object]) -> None:
    assert read_environment(record).computing == Computing()


def test_sane_words_of_a_record_count() -> None:
    record: dict[str, object] = {"device": "cuda:1", "dtype": "float16", "channels_last": True, "x": 1}
    found = read_environment(record).computing
    assert found == Computing(device="cuda:1", dtype="float16", channels_last=True)
