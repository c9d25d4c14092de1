"""Making a picture again with files found by their hashes, and saying where two runs part."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.explain import explain
from mezzotint.runtime.index.entry import Entry
from mezzotint.runtime.index.index import Index
from mezzotint.runtime.index.update import refresh
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.reproduce import Verdict, reproduce
from mezzotint.runtime.request import Request

SETTINGS = RenderSettings(width=64, height=64, steps=3, seed=5)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, a LoRA and an embedding that fit it."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(model_path(), folder / "mine")
    torch.manual_seed(0)
    width = Renderer(folder / "mine").engine.model.text_encoders[0].config.hidden_size
    layer = "lora_te_text_model_encoder_layers_0_self_attn_q_proj"
    parts = {"lora_down.weight": torch.randn(4, width), "lora_up.weight": torch.randn(width, 4)}
    save_file({f"{layer}.{part}": value for part, value in parts.items()}, folder / "tint.safetensors")
    (folder / "words").mkdir()
    save_file({"emb_params": torch.randn(2, width)}, folder / "words" / "mystyle.safetensors")
    return folder


def entries_of(folder: Path, place: Path) -> tuple[Entry, ...]:
    with Index(place / "index.sqlite") as index:
        index.add_folder(folder)
        refresh(index)
        return index.entries


@pytest.fixture(scope="module")
def picture(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "a.png"
    renderer = Renderer(shelf / "mine", threads=1, loras=[shelf], embeddings=[shelf / "words"])
    renderer.render(Request("a red circle mystyle <lora:tint:2>", "", SETTINGS)).save(path)
    return path


def test_renamed_files_are_found_by_their_hashes(shelf: Path, picture: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(shelf / "mine", moved / "another name")
    shutil.copy(shelf / "tint.safetensors", moved / "renamed.safetensors")
    shutil.copy(shelf / "words" / "mystyle.safetensors", moved / "x7.safetensors")
    again = reproduce(picture, entries=entries_of(moved, tmp_path))
    assert again.verdict is Verdict.IDENTICAL
    assert again.explanation.stage is None


def test_what_is_missing_is_named(shelf: Path, picture: Path, tmp_path: Path) -> None:
    with pytest.raises(MezzotintError) as caught:
        reproduce(picture, entries=())
    text = str(caught.value)
    assert 'model "mine" (hash b127ee84ff)' in text
    assert 'LoRA "tint" (hash ' in text
    assert 'embedding "mystyle" (hash ' in text
    (tmp_path / "empty").mkdir()
    again = reproduce(picture, model=shelf / "mine", entries=())
    assert again.verdict is Verdict.DIFFERENT
    assert any('not in the index of models: LoRA "tint"' in note for note in again.notes)
    assert again.explanation.stage == "conditioning"


def test_a_changed_picture_is_told_from_a_changed_run(shelf: Path, picture: Path, tmp_path: Path) -> None:
    found = read(picture)
    assert found.parameters is not None
    assert found.record is not None
    with Image.open(picture) as image:
        image.putpixel((0, 0), (1, 2, 3))
        write_png(image, tmp_path / "b.png", parameters=found.parameters, record=found.record)
    again = reproduce(tmp_path / "b.png", entries=entries_of(shelf, tmp_path))
    assert again.verdict is Verdict.DIFFERENT
    assert again.explanation.stage is None
    assert "were changed after it was saved" in again.explanation.lines[-1]


def test_the_stage_at_which_two_runs_part_is_named() -> None:
    renderer = Renderer(threads=1)
    first = replace(SETTINGS, sampler="Euler a", steps=5)
    records = [
        renderer.render(Request("circle", "", settings)).record
        for settings in (first, replace(first, ensd=31337), replace(first, seed=6))
    ]
    found = explain(records[0], records[1])
    assert found.stage == "step 1"  # an ancestral sampler adds noise behind the first estimate
    assert found.agreeing == ("conditioning", "noise", "step 0")
    assert explain(records[0], records[2]).stage == "noise"
