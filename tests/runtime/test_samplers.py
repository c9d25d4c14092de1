"""Samplers and guidance against vectors of stable-diffusion-webui v1.10.1."""

from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.denoiser import Context
from mezzotint.runtime.guidance import Guidance
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.sampler_table import SAMPLERS
from mezzotint.runtime.sampling import Denoising, Start, sample_latents

GOLDEN = Path(__file__).parents[1] / "golden" / "runtime"
Vectors = Callable[[str], list[dict[str, Any]]]
Row = dict[str, Any]

# The web UI's option names to ours; the rest are read where they are used.
OPTIONS = {
    "eta_ancestral": "eta",
    "eta_ddim": "eta_ddim",
    "sigma_min": "schedule_min_sigma",
    "sigma_max": "schedule_max_sigma",
    "rho": "schedule_rho",
    "beta_dist_alpha": "beta_alpha",
    "beta_dist_beta": "beta_beta",
    "always_discard_next_to_last_sigma": "discard_penultimate_sigma",
    "sgm_noise_multiplier": "sgm_noise_multiplier",
    "s_churn": "s_churn",
    "s_tmin": "s_tmin",
    "s_tmax": "s_tmax",
    "s_noise": "s_noise",
    "s_min_uncond": "ngms",
    "s_min_uncond_all": "ngms_all_steps",
    "skip_early_cond": "skip_early_cfg",
    "sd_noise_schedule": "noise_schedule",
    "use_downcasted_alpha_bar": "downcast_alphas_cumprod",
    "use_old_karras_scheduler_sigmas": "old_karras_sigmas",
    "enable_quantization": "quantize_sigmas",
    "no_dpmpp_sde_batch_determinism": "shared_brownian",
    "uni_pc_variant": "uni_pc_variant",
    "uni_pc_skip_type": "uni_pc_skip_type",
    "uni_pc_order": "uni_pc_order",
}
START_OPTIONS = {"img2img_fix_steps", "img2img_extra_noise"}


def toy_network(x: Tensor, t: Tensor, context: Context) -> Tensor:
    """The network that the vectors were made with."""
    t = t.float().view(-1, 1, 1, 1)
    c = context.hidden_states[:, 0, 0].view(-1, 1, 1, 1)
    pull = 0.9 * torch.tanh(t / 350) * x
    return pull + 0.1 * torch.tanh(x.roll(1, -1)) + 0.05 * c * torch.cos(x.roll(1, -2))


def toy_denoised(_guidance: object, x: Tensor, sigma: Tensor) -> Tensor:
    """What "mode D" feeds to the sampler in place of a guided model."""
    return 0.9 * x / (1 + sigma**2) + 0.1 * torch.tanh(x.roll(1, -1))


def _settings(row: Row) -> RenderSettings:
    options = {OPTIONS[k]: v for k, v in row.get("options", {}).items() if k not in START_OPTIONS}
    _, height, width = row.get("shape", [4, 8, 8])
    return RenderSettings(
        steps=row["hr_steps"] if "hr_steps" in row else row["steps"],
        sampler=row["sampler"],
        scheduler=row.get("scheduler", "Automatic"),
        cfg_scale=row.get("cfg", 7.0),
        rng=row["source"],
        height=height * 8,
        width=width * 8,
        **options,
    )


def _noise(row: Row, images: list[int]) -> BatchNoise:
    channels, height, width = row.get("shape", [4, 8, 8])
    resize = row.get("seed_resize")
    variations = row.get("subseeds", [])
    settings = [
        NoiseSettings(
            seed=row["seeds"][i],
            source=row["source"],
            variation_seed=variations[i] if i < len(variations) else 0,
            variation_strength=row.get("subseed_strength", 0.0),
            ensd=row.get("ensd", 0),
            seed_resize=(resize[0] // 8, resize[1] // 8) if resize else None,
        )
        for i in images
    ]
    return BatchNoise([ImageNoise((channels, height, width), one) for one in settings])


def _conditioning(row: Row, image: int) -> Conditioning:
    def branch(scalar: float, weight: float) -> EncodedBranch:
        return EncodedBranch(weight, (EncodedEntry(10**6, torch.tensor([[float(scalar)]])),))

    conds = row["conds"][image] if "conds" in row else [[1.0, 1.0]]
    uncond = row["unconds"][image] if "unconds" in row else -0.5
    return Conditioning(tuple(branch(c, w) for c, w in conds), branch(uncond, 1.0))


def _start(row: Row, images: list[int]) -> Start | None:
    if "img2img" not in row:
        return None
    shape, options = row.get("shape", [4, 8, 8]), row.get("options", {})
    flat = torch.arange(prod(shape), dtype=torch.float32)
    keep = None
    if row.get("mask"):
        keep = torch.ones(shape[1:])
        keep[:, : shape[2] // 2] = 0
    return Start(
        torch.stack([0.8 * torch.sin(0.37 * flat + i).view(shape) for i in images]),
        row["img2img"],
        exact_steps=bool(options.get("img2img_fix_steps")) or "hr_steps" in row,
        noise_multiplier=row.get("noise_multiplier", 1.0),
        extra_noise=options.get("img2img_extra_noise", 0.0),
        keep=keep,
    )


def _sample(row: Row) -> Tensor:
    """The whole batch; image by image where each has its own prompts, as the engine does it."""
    denoising = Denoising(
        toy_network,
        "v_prediction" if row.get("param") == "v" else "epsilon",
        is_sdxl=row.get("sdxl", False),
    )
    everyone = list(range(len(row["seeds"])))
    groups = [[i] for i in everyone] if "conds" in row else [everyone]
    parts = [
        sample_latents(
            denoising,
            _conditioning(row, group[0]),
            _settings(row),
            _noise(row, group),
            start=_start(row, group),
        )
        for group in groups
    ]
    return torch.cat(parts)


@pytest.fixture(scope="module")
def tensors() -> dict[str, Tensor]:
    return load_file(GOLDEN / "samplers.safetensors")


@pytest.mark.parametrize("sampler", [info.name for info in SAMPLERS])
def test_samplers_are_the_references(
    sampler: str, vectors: Vectors, tensors: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row for row in vectors("samplers") if row["sampler"] == sampler]
    assert rows
    guided = Guidance.__call__
    for row in rows:
        replacement = toy_denoised if row["mode"] == "D" else guided
        monkeypatch.setattr(Guidance, "__call__", replacement)
        if "error" in row:
            with pytest.raises(MezzotintError, match="raise steps"):
                _sample(row)
            continue
        expected = tensors[row["id"]]
        with torch.inference_mode():
            got = _sample(row)
        torch.testing.assert_close(got, expected, rtol=0, atol=5e-5, msg=str(row))


def test_every_vector_is_tested(vectors: Vectors) -> None:
    rows = vectors("samplers")
    assert {row["sampler"] for row in rows} == {info.name for info in SAMPLERS}
    assert {key for row in rows for key in row.get("options", {})} <= OPTIONS.keys() | START_OPTIONS


@pytest.mark.parametrize("sampler", [info.name for info in SAMPLERS])
def test_progress_ends_at_the_total(sampler: str) -> None:
    told: list[tuple[int, int]] = []
    row: Row = {"sampler": sampler, "steps": 6, "seeds": [1], "source": "CPU", "mode": "E"}
    sample_latents(
        Denoising(toy_network),
        _conditioning(row, 0),
        _settings(row),
        _noise(row, [0]),
        on_step=lambda step, total: told.append((step, total)),
    )
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert [step for step, _ in told] == sorted({step for step, _ in told})
