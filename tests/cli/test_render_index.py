"""``mezzotint render`` with files that only the index knows of."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.torch import save_file

from mezzotint.cli.diff import diff_command
from mezzotint.cli.render import render_command
from mezzotint.cli.reproduce import reproduce_command
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.index.index import Index
from mezzotint.runtime.index.update import refresh
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.record.files import FileRole
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.record.record import Record

QUICK = ["--steps", "2", "--size", "64x64", "--seed", "5"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A model, a LoRA and an embedding that are indexed."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(model_path(), folder / "mine")
    torch.manual_seed(0)
    width = json.loads((model_path() / "text_encoder" / "config.json").read_text())["hidden_size"]
    layer = "lora_te_text_model_encoder_layers_0_self_attn_q_proj"
    parts = {"lora_down.weight": torch.randn(4, width), "lora_up.weight": torch.randn(width, 4)}
    save_file({f"{layer}.{part}": value for part, value in parts.items()}, folder / "tint.safetensors")
    (folder / "words").mkdir()
    save_file({"emb_params": torch.randn(2, width)}, folder / "words" / "mystyle.safetensors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEZZOTINT_INDEX", str(folder / "index.sqlite"))
        with Index() as index:
            index.add_folder(folder)
            refresh(index)
        yield folder


def run(command: object, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])  # type: ignore[arg-type]


def record(path: Path) -> Record:
    found = read_record(read(path).record).record
    assert found is not None
    return found


@pytest.fixture(scope="module")
def picture(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "a.png"
    words = ["--embedding-dir", shelf / "words"]
    result = run(
        render_command, "red circle mystyle <lora:tint:2> ", "--model", "mine", *words, *QUICK, "-o", path
    )
    assert (result.exit_code, result.stderr) == (0, "")
    return path


def test_model_and_networks_are_taken_by_name(picture: Path) -> None:
    assert [(file.role, file.name, len(file.sha256)) for file in record(picture).files] == [
        (FileRole.MODEL, "mine", 0),
        (FileRole.LORA, "tint", 64),
        (FileRole.EMBEDDING, "mystyle", 64),
    ]
    assert record(picture).prompt == "red circle mystyle <lora:tint:2> "


def test_a_picture_is_rendered_and_reproduced_by_its_hashes(picture: Path, tmp_path: Path) -> None:
    again = tmp_path / "b.png"
    result = run(render_command, picture, "-o", again)
    assert (result.exit_code, result.stderr) == (0, "")
    assert again.read_bytes() == picture.read_bytes()
    assert run(reproduce_command, again).exit_code == 0
    assert run(diff_command, picture, again).exit_code == 0


def test_a_strangers_picture_is_rendered_by_its_hashes(picture: Path, tmp_path: Path) -> None:
    stranger, again = tmp_path / "s.png", tmp_path / "b.png"
    text = PngInfo()
    text.add_text("parameters", (read(picture).parameters or "").replace("Model: mine", "Model: renamed"))
    with Image.open(picture) as image:
        image.convert("RGB").save(stranger, pnginfo=text)
    result = run(render_command, stranger, "-o", again)
    assert (result.exit_code, result.stderr) == (0, "")
    assert record(again).pixels == record(picture).pixels


def test_options_go_first_and_hashes_are_names(picture: Path, tmp_path: Path) -> None:
    again = tmp_path / "b.png"
    assert run(render_command, picture, "--model", "b127ee84ff", "-o", again).exit_code == 0
    assert record(again).files[0].name == "mine"
    assert run(render_command, picture, "--model", "builtin", "-o", again).exit_code == 0
    assert record(again).files[0].name == "builtin"
    assert record(again).pixels == record(picture).pixels  # it is the same model


def test_what_is_not_there_is_said(picture: Path, tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    end = "Steps: 2, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64"
    text.write_text(f"red\n{end}, Model hash: 0123456789, Model: other", encoding="utf-8")
    result = run(render_command, text, "-o", tmp_path / "x.png")
    assert isinstance(result.exception, MezzotintError)
    assert 'model "other" (hash 0123456789)' in str(result.exception)
    assert run(render_command, text, "--model", "builtin", "-o", tmp_path / "x.png").exit_code == 0
    text.write_text(f'red <lora:gone:1>\n{end}, Lora hashes: "gone: 0123456789ab"', encoding="utf-8")
    result = run(render_command, text, "-o", tmp_path / "y.png")
    assert result.exit_code == 0
    assert 'not in the index of models: LoRA "gone" (hash 0123456789ab)' in result.stderr
    result = run(render_command, "red", "--model", "mien", "-o", tmp_path / "z.png")
    assert "did you mean 'mine'?" in str(result.exception)


def test_differences_are_those_of_the_records(picture: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.png"
    assert run(render_command, picture, "--cfg", "7.25", "-o", other).exit_code == 0
    result = run(diff_command, picture, other)
    assert result.exit_code == 1
    assert "cfg scale: 7.0 -> 7.25" in result.output
    assert "dB, SSIM " in result.output
    assert "files" not in result.output
