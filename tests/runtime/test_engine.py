"""Models on disk, decoding, and rendering with a tiny random model."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.decode import decode_image
from mezzotint.runtime.devices.determinism import reproducible
from mezzotint.runtime.engine import Engine, Rendered
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.folder import find_model
from mezzotint.runtime.models.loader import LoadedModel, decode_latents, tiled

SETTINGS = RenderSettings(steps=3, sampler="Euler a", width=64, height=64, seed=5)


def _conditioning() -> Conditioning:
    states = torch.linspace(-1, 1, 77 * 8).view(77, 8)
    return Conditioning(
        (EncodedBranch(1.0, (EncodedEntry(99, states),)),), EncodedBranch(1.0, (EncodedEntry(99, -states),))
    )


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Engine:
    return Engine(tiny_model, threads=1)


def _render(engine: Engine, **changes: Any) -> Rendered:
    settings = {name: getattr(SETTINGS, name) for name in ("steps", "sampler", "width", "height", "seed")}
    return engine.sample(_conditioning(), RenderSettings(**{**settings, **changes}))


def test_the_same_settings_give_the_same_bits(engine: Engine) -> None:
    one, other = _render(engine), _render(engine)
    assert torch.equal(one.latents, other.latents)
    assert one.image.tobytes() == other.image.tobytes()
    assert one.threads == 1
    assert one.image.size == (64, 64)


def test_another_process_gives_the_same_bits(engine: Engine, tiny_model: Path) -> None:
    program = (
        "import sys, hashlib, importlib.util as u; sys.path.insert(0, sys.argv[2])\n"
        "s = u.spec_from_file_location('t', sys.argv[1]); t = u.module_from_spec(s)\n"
        "s.loader.exec_module(t)\n"
        "r = t._render(t.Engine(sys.argv[3], threads=1))\n"
        "print(hashlib.sha256(r.latents.numpy().tobytes() + r.image.tobytes()).hexdigest())"
    )
    here = _render(engine)
    expected = hashlib.sha256(here.latents.numpy().tobytes() + here.image.tobytes()).hexdigest()
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", program, __file__, root, str(tiny_model)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == expected
    assert run.stderr == ""  # a library never prints


def test_seeds_and_prompts_matter(engine: Engine) -> None:
    first = _render(engine).latents
    assert not torch.equal(first, _render(engine, seed=6).latents)
    assert not torch.equal(first, _render(engine, cfg_scale=1.0).latents)


@pytest.mark.parametrize("size", [(72, 88), (8, 200)])
def test_odd_sizes_render(engine: Engine, size: tuple[int, int]) -> None:
    assert _render(engine, width=size[0], height=size[1]).image.size == size


def test_odd_sizes_are_cropped_after_the_convolution(tiny_model: Path) -> None:
    block = LoadedModel(find_model(tiny_model)).unet.up_blocks[0].upsamplers[0]
    states = torch.linspace(-1, 1, 32 * 9).view(1, 32, 3, 3)
    doubled = functional.interpolate(states, scale_factor=2.0, mode="nearest")
    expected = functional.interpolate(block.conv(doubled), (5, 5), mode="nearest")
    assert torch.equal(block(states, (5, 5)), expected)


def test_tiled_networks_commute_with_shifts_and_are_put_back(tiny_model: Path) -> None:
    vae = LoadedModel(find_model(tiny_model)).vae
    latents = torch.linspace(-1, 1, 4 * 8 * 8).view(1, 4, 8, 8)

    def shifted_after(x: Tensor) -> Tensor:
        return decode_latents(vae, x.roll(2, -1)) - decode_latents(vae, x).roll(16, -1)

    with torch.inference_mode():
        with tiled(vae):
            assert shifted_after(latents).abs().max() < 1e-4
        assert shifted_after(latents).abs().max() > 1e-2


def test_tiling_changes_the_picture(engine: Engine) -> None:
    assert not torch.equal(_render(engine, tiling=True).latents, _render(engine).latents)


def test_threads_and_flags_are_put_back(engine: Engine) -> None:
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with reproducible(2):
        assert torch.get_num_threads() == 2
        assert torch.is_inference_mode_enabled()
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before
    with pytest.raises(MezzotintError, match="use 1 or more"), reproducible(0):
        pass


def test_a_picture_of_nans_is_refused() -> None:
    class Never:
        def decode(self, latents: Tensor) -> Tensor:
            return latents

    with pytest.raises(MezzotintError, match="not-a-number"):
        decode_image(Never(), torch.full((1, 4, 2, 2), torch.nan))


def test_loading_prints_nothing(tiny_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = LoadedModel(find_model(tiny_model))
    assert model.unet.config.cross_attention_dim == model.text_encoders[0].config.hidden_size
    assert model.vae.config.scaling_factor == pytest.approx(0.18215)
    assert capfd.readouterr() == ("", "")


def test_the_hash_follows_the_weights(tiny_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    assert find_model(copy).hash() == find_model(tiny_model).hash()
    weights = copy / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes() + b"\0")
    assert find_model(copy).hash() != find_model(tiny_model).hash()


@pytest.fixture
def broken(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the model to damage."""
    return Path(shutil.copytree(tiny_model, tmp_path / "broken"))


def test_missing_weights_are_named(broken: Path) -> None:
    (broken / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(MezzotintError, match=r"incomplete: .*unet.*safetensors is missing"):
        _render(Engine(broken))


def test_pickled_weights_are_refused(broken: Path) -> None:
    folder = broken / "unet"
    (folder / "diffusion_pytorch_model.safetensors").rename(folder / "diffusion_pytorch_model.bin")
    with pytest.raises(MezzotintError, match="convert the model to safetensors"):
        _render(Engine(broken))


def test_weights_that_do_not_fit_are_refused(broken: Path) -> None:
    config = json.loads((broken / "unet" / "config.json").read_text(encoding="utf-8"))
    (broken / "unet" / "config.json").write_text(
        json.dumps({**config, "layers_per_block": 2}), encoding="utf-8"
    )
    with pytest.raises(MezzotintError, match="unet"):
        _render(Engine(broken))


def test_damaged_configurations_are_named(broken: Path) -> None:
    (broken / "scheduler" / "scheduler_config.json").write_text("{", encoding="utf-8")
    with pytest.raises(MezzotintError, match="not JSON"):
        _render(Engine(broken))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prediction_type": "sample"}, "predicts 'sample'"),
        ({"beta_schedule": "linear"}, "'linear' schedule"),
    ],
)
def test_unknown_kinds_of_models_are_refused(broken: Path, change: dict[str, str], message: str) -> None:
    file = broken / "scheduler" / "scheduler_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**config, **change}), encoding="utf-8")
    with pytest.raises(MezzotintError, match=message):
        _render(Engine(broken))


def test_models_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MezzotintError, match="no model at"):
        find_model(tmp_path / "nowhere")
    with pytest.raises(MezzotintError, match="is not a model"):
        find_model(tmp_path)
    (tmp_path / "model.zip").touch()
    with pytest.raises(MezzotintError, match="a checkpoint ends in"):
        find_model(tmp_path / "model.zip")


@pytest.mark.parametrize(
    "module",
    ["runtime", "runtime.job", "runtime.sampler_table", "runtime.models.folder", "runtime.samplers"],
)
def test_light_modules_stay_light(module: str) -> None:
    program = (
        f"import sys, mezzotint.{module}\n"
        "heavy = {'torch', 'numpy', 'diffusers', 'transformers', 'safetensors'} & sys.modules.keys()\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=root
    )
    assert run.returncode == 0, run.stderr


def test_weights_loaded_on_the_way_count_their_changes(tiny_model: Path) -> None:
    engine = Engine(tiny_model, threads=1)
    _render(engine)
    networks = (engine.model.unet, engine.model.vae, *engine.model.text_encoders)
    assert not any(p.is_inference() or p.requires_grad for n in networks for p in n.parameters())
