"""``mezzotint models``: what is in folders, from headers alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import save_file

from mezzotint.cli.models import models_command
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models import hashes
from mezzotint.runtime.models.scan import find_files

Rows = dict[str, dict[str, str | None]]


@pytest.fixture
def shelf(checkpoint: Callable[[str], Path], tmp_path: Path) -> Path:
    """A folder as people have them."""
    folder = tmp_path / "shelf"
    (folder / "below").mkdir(parents=True)
    (folder / "xl.safetensors").hardlink_to(checkpoint("sdxl"))
    save_file({"lora_te2_x.lora_up.weight": torch.zeros(2, 2)}, folder / "below" / "style.safetensors")
    save_file({"emb_params": torch.zeros(2, 768)}, folder / "below" / "word.safetensors")
    save_file(
        {"encoder.conv_in.weight": torch.zeros(1), "decoder.conv_in.weight": torch.zeros(1)},
        folder / "v.safetensors",
    )
    save_file({"double_blocks.0.x": torch.zeros(1)}, folder / "flux.safetensors")
    (folder / "broken.safetensors").write_text("not a model", encoding="utf-8")
    (folder / "old.ckpt").write_bytes(b"never opened")
    (folder / "notes.txt").write_text("of no interest", encoding="utf-8")
    (folder / "half" / "unet").mkdir(parents=True)
    return folder


def listed(*arguments: object) -> Rows:
    result = CliRunner().invoke(models_command, ["--json", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0
    return {row["name"]: row for row in json.loads(result.stdout)}


def test_kinds_families_and_hashes_are_listed(shelf: Path) -> None:
    rows = listed(shelf)
    assert next(iter(rows)) == "builtin"
    facts = {name: (row["kind"], row["family"]) for name, row in rows.items()}
    assert facts == {
        "builtin": ("diffusers folder", "SD 1.x"),
        "xl": ("checkpoint", "SDXL"),
        "style": ("LoRA", "SDXL"),
        "word": ("embedding", "SD 1.x"),
        "v": ("VAE", None),
        "flux": ("checkpoint", None),
        "broken": ("unknown", None),
        "old": ("pickle", None),
        "half": ("diffusers folder", None),
    }
    assert rows["xl"]["hash"] == hashes.model_hash(shelf / "xl.safetensors")
    assert rows["xl"]["size"] == "1024x1024"
    assert rows["style"]["hash"] == hashes.lora_hash(shelf / "below" / "style.safetensors")
    assert rows["word"]["hash"] == hashes.embedding_hash(shelf / "below" / "word.safetensors")
    problems = {name for name, row in rows.items() if row["problem"]}
    assert problems == {"flux", "broken", "half"}
    assert "FLUX" in (rows["flux"]["problem"] or "")


def test_hashes_can_be_left_out(shelf: Path) -> None:
    assert all(row["hash"] is None for row in listed("--no-hash", shelf).values())
    assert not hashes.cache_file().exists()


def test_a_file_may_be_named(shelf: Path) -> None:
    assert listed(shelf / "xl.safetensors")["xl"]["kind"] == "checkpoint"
    assert listed(shelf / "notes.txt")["notes"]["problem"]


def test_a_place_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MezzotintError, match="no file or folder"):
        list(find_files(tmp_path / "nowhere"))


def test_the_list_cannot_drive_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b]0;owned\x07.safetensors").write_bytes(b"")
    result = CliRunner().invoke(models_command, [str(tmp_path)])
    assert "\x1b]" not in result.stdout
    assert "\\x1b]0;owned" in result.stdout
