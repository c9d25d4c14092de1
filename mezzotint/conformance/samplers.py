"""The suite of samplers, with guidance over a toy network or none at all."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from math import prod

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.conformance.result import Check, Result, Row, Source
from mezzotint.conformance.tensors import TensorFile, compare
from mezzotint.conformance.toy import toy_conditioning, toy_network
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.guidance import Guidance
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.sampling import Denoising, Start, sample_latents

ATOL = 5e-5
# DPM fast amplifies a change in the last bit of its noise. UniPC's latents reach 458, where ATOL is one ulp;
# implementations of DPM++ 2S a that round in other places are up to 6e-5 of the value apart.
_TOLERANCES = {"DPM fast": (5e-4, 0.0), "UniPC": (ATOL, 2e-4), "DPM++ 2S a": (ATOL, 2e-4)}
_TOO_FEW = "too few steps"

# The web UI's option names to ours; the rest are read where they are used.
_OPTIONS = {
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
_START_OPTIONS = {"img2img_fix_steps", "img2img_extra_noise"}


def samplers(source: Source) -> Check:
    """The latents that each sampler ends in."""
    tensors = TensorFile(source.path.parent / "samplers.safetensors")

    def check(row: Row) -> Result:
        if "error" in row:
            return _refusal(row, source.device)
        with torch.inference_mode():
            got = sample(row, source.device)
        atol, rtol = _TOLERANCES.get(row["sampler"], (ATOL, 0.0))
        return compare(tensors[row["id"]], got, atol=atol, rtol=rtol)

    return check


def _refusal(row: Row, device: str) -> Result:
    try:
        sample(row, device)
    except MezzotintError as error:
        said = _TOO_FEW if "raise steps" in str(error) else str(error)
        return Result(_TOO_FEW, said, said == _TOO_FEW)
    return Result(_TOO_FEW, "latents", is_equal=False)


def sample(row: Row, device: str = "cpu") -> Tensor:
    """The whole batch; image by image where each has its own prompts, as the engine does it."""
    everyone = list(range(len(row["seeds"])))
    groups = [[i] for i in everyone] if "conds" in row else [everyone]
    return torch.cat([_sample_group(row, group, device) for group in groups])


def _sample_group(row: Row, images: list[int], device: str) -> Tensor:
    denoising = Denoising(
        toy_network,
        "v_prediction" if row.get("param") == "v" else "epsilon",
        is_sdxl=row.get("sdxl", False),
    )
    job = denoising, conditioning(row, images[0]), settings(row), noise(row, images, device)
    with _unguided() if row["mode"] == "D" else nullcontext():
        return sample_latents(*job, start=_start(row, images, device))


@contextmanager
def _unguided() -> Iterator[None]:
    """Feed the sampler a denoised estimate directly, as the vectors of mode "D" were made.

    The engine has no seam between guidance and sampler, and a user's job needs none.
    """
    guided = Guidance.__call__
    Guidance.__call__ = _estimate  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Guidance.__call__ = guided  # type: ignore[method-assign]


def _estimate(_guidance: Guidance, x: Tensor, level: Tensor) -> Tensor:
    return 0.9 * x / (1 + level**2) + 0.1 * torch.tanh(x.roll(1, -1))


def settings(row: Row) -> RenderSettings:
    """The job of a row."""
    options = {_OPTIONS[k]: v for k, v in row.get("options", {}).items() if k not in _START_OPTIONS}
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


def noise(row: Row, images: list[int], device: str = "cpu") -> BatchNoise:
    """The noise of some images of a row."""
    channels, height, width = row.get("shape", [4, 8, 8])
    resize = row.get("seed_resize")
    variations = row.get("subseeds", [])
    chosen = [
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
    return BatchNoise([ImageNoise((channels, height, width), one) for one in chosen], device)


def conditioning(row: Row, image: int) -> Conditioning:
    """The numbers that stand for the prompts of an image."""
    conds = row["conds"][image] if "conds" in row else [[1.0, 1.0]]
    return toy_conditioning(conds, row["unconds"][image] if "unconds" in row else -0.5)


def _start(row: Row, images: list[int], device: str) -> Start | None:
    if "img2img" not in row:
        return None
    shape, options = row.get("shape", [4, 8, 8]), row.get("options", {})
    flat = torch.arange(prod(shape), dtype=torch.float32)
    keep = None
    if row.get("mask"):
        keep = torch.ones(shape[1:])
        keep[:, : shape[2] // 2] = 0
    latents = torch.stack([0.8 * torch.sin(0.37 * flat + i).view(shape) for i in images])
    return Start(
        latents.to(device),
        row["img2img"],
        exact_steps=bool(options.get("img2img_fix_steps")) or "hr_steps" in row,
        noise_multiplier=row.get("noise_multiplier", 1.0),
        extra_noise=options.get("img2img_extra_noise", 0.0),
        keep=None if keep is None else keep.to(device),
    )
