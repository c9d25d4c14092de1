"""Networks in a picture: which act in which pass, what the infotext says of them, and what is left out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.passes.settings import HiresSettings
from mezzotint.runtime.picture import Picture, Renderer
from mezzotint.runtime.reproduce import Verdict, reproduce
from mezzotint.runtime.request import Request

SETTINGS = RenderSettings(steps=2, sampler="Euler", width=64, height=64, seed=3)
HIRES = HiresSettings(strength=0.0, upscaler="Latent (nearest)", scale=1.0)  # shows the first pass


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """A LoRA and an embedding for the built-in model."""
    folder = tmp_path_factory.mktemp("networks")
    width = json.loads((model_path() / "text_encoder" / "config.json").read_text())["hidden_size"]
    torch.manual_seed(0)
    layer = "lora_te_text_model_encoder_layers_0_self_attn_q_proj"
    (folder / "lora").mkdir()
    lora = {"lora_down.weight": torch.randn(4, width), "lora_up.weight": torch.randn(width, 4)}
    save_file(
        {f"{layer}.{part}": value for part, value in lora.items()}, folder / "lora" / "tint.safetensors"
    )
    (folder / "embeddings").mkdir()
    save_file({"emb_params": torch.randn(2, width)}, folder / "embeddings" / "my-style.safetensors")
    return {"loras": [folder / "lora"], "embeddings": [folder / "embeddings"]}


@pytest.fixture(scope="module")
def renderer(folders: dict[str, list[Path]]) -> Renderer:
    return Renderer(threads=1, loras=folders["loras"], embeddings=folders["embeddings"])


def render(renderer: Renderer, prompt: str, hires: HiresSettings | None = None) -> Picture:
    return renderer.render(Request(prompt, "", replace(SETTINGS, hires=hires)))


def test_networks_act_and_are_gone_afterwards(renderer: Renderer) -> None:
    plain = render(renderer, "red circle")
    tinted = render(renderer, "red circle <lora:tint:2>")
    assert tinted.image.tobytes() != plain.image.tobytes()
    assert 'Lora hashes: "tint: ' in tinted.infotext
    assert render(renderer, "red circle").image.tobytes() == plain.image.tobytes()
    assert "Lora hashes" not in plain.infotext


def test_embeddings_act_where_they_are_named(renderer: Renderer) -> None:
    plain, styled = render(renderer, "red circle"), render(renderer, "red circle my-style")
    assert styled.image.tobytes() != plain.image.tobytes()
    assert 'TI hashes: "my-style: ' in styled.infotext
    assert "TI hashes" not in plain.infotext


def test_each_pass_has_networks_of_its_own(renderer: Renderer) -> None:
    plain = render(renderer, "red", HIRES)
    assert render(renderer, "red <lora:tint:2>", HIRES).image.tobytes() != plain.image.tobytes()
    bare = replace(HIRES, strength=0.5)
    only_there = render(renderer, "red", replace(bare, prompt="red <lora:tint:2>"))
    assert only_there.image.tobytes() != render(renderer, "red", bare).image.tobytes()
    assert 'Lora hashes: "tint: ' in only_there.infotext


def test_what_is_not_there_is_left_out_and_told_of(renderer: Renderer) -> None:
    plain, without = render(renderer, "red"), render(renderer, "red<lora:tnit:1>")
    assert without.image.tobytes() == plain.image.tobytes()
    assert without.notes == ('no network is called "tnit": did you mean "tint"?',)


def test_networks_come_back_with_the_picture(
    renderer: Renderer, folders: dict[str, list[Path]], tmp_path: Path
) -> None:
    render(renderer, "red circle my-style <lora:tint:0.7>").save(tmp_path / "a.png")
    again = reproduce(tmp_path / "a.png", loras=folders["loras"], embeddings=folders["embeddings"])
    assert again.verdict is Verdict.IDENTICAL
    assert again.notes == ()
    bare = reproduce(tmp_path / "a.png")
    assert bare.verdict is Verdict.DIFFERENT
    assert any("Lora hashes" in note for note in bare.notes)
    assert any("TI hashes" in note for note in bare.notes)
