"""Our denoising loop and diffusers' own, over one UNet with random weights; what the benchmarks share."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.runtime.devices.determinism import reproducible
from mezzotint.runtime.engine import noise_settings
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.loader import match_original_upsampling, run_unet
from mezzotint.runtime.models.text import time_numbers
from mezzotint.runtime.noise import BatchNoise, ImageNoise
from mezzotint.runtime.sampling import Denoising, sample_latents

TOKENS = 77
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}
# Ours, its schedule, diffusers' own; "SGM Uniform" is what DPMSolverMultistepScheduler calls linspace.
SAMPLERS: dict[str, tuple[str, Any]] = {
    "Euler": ("Uniform", EulerDiscreteScheduler),
    "DPM++ 2M": ("SGM Uniform", DPMSolverMultistepScheduler),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is done: one picture, from noise and encoded prompts to latents."""

    unet: "MeteredUNet"
    sampler: str
    steps: int
    size: tuple[int, int]
    threads: int | None = None

    @property
    def is_sdxl(self) -> bool:
        """Whether the UNet is told a pooled vector and sizes."""
        return bool(self.unet.config.addition_embed_type)

    @property
    def settings(self) -> RenderSettings:
        """The same for our loop."""
        width, height = self.size
        return RenderSettings(
            sampler=self.sampler,
            scheduler=SAMPLERS[self.sampler][0],
            steps=self.steps,
            width=width,
            height=height,
            cfg_scale=7.0,
        )

    def prompts(self) -> tuple[Tensor, Tensor]:
        """``(2, 77, c)`` positive and negative hidden states, and ``(2, c)`` pooled vectors."""
        draws = torch.Generator().manual_seed(1)
        states = torch.randn(2, TOKENS, self.unet.config.cross_attention_dim, generator=draws)
        pooled = torch.randn(2, self.pooled_size, generator=draws)
        return states.to(self.unet.device), pooled.to(self.unet.device)

    @property
    def pooled_size(self) -> int:
        """Channels of the pooled vector: what the six numbers leave of the embedding's input."""
        config = self.unet.config
        if not self.is_sdxl:
            return 0
        return int(config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim)

    def noise(self) -> BatchNoise:
        """One picture's."""
        height, width = self.settings.latent_size
        return BatchNoise(
            [ImageNoise((4, height, width), noise_settings(self.settings))], str(self.unet.device)
        )


def ours(work: Work) -> Callable[[], Tensor]:
    """Our loop, as the engine runs it."""
    states, pooled = work.prompts()
    numbers = time_numbers(Family.SDXL, work.size) if work.is_sdxl else ()
    told = torch.cat([pooled, torch.tensor([numbers] * 2, device=pooled.device)], dim=1)
    first, second = (
        EncodedBranch(1.0, (EncodedEntry(work.steps, row, more if work.is_sdxl else None),))
        for row, more in zip(states, told, strict=True)
    )
    network = partial(run_unet, work.unet, numbers=len(numbers))
    denoising = Denoising(network, is_sdxl=work.is_sdxl)

    def run() -> Tensor:
        with reproducible(work.threads):
            return sample_latents(denoising, Conditioning((first,), second), work.settings, work.noise())

    return run


def theirs(work: Work) -> Callable[[], Tensor]:
    """The pipeline's call, prompts encoded, nothing decoded."""
    scheduler = SAMPLERS[work.sampler][1](**SD)
    states, pooled = (tensor.to(work.unet.dtype) for tensor in work.prompts())
    parts: dict[str, Any] = dict.fromkeys(("vae", "text_encoder", "tokenizer", "feature_extractor"))
    more: dict[str, Any] = {}
    if work.is_sdxl:
        parts |= {"text_encoder_2": None, "tokenizer_2": None, "add_watermarker": False}
        more = {"pooled_prompt_embeds": pooled[:1], "negative_pooled_prompt_embeds": pooled[1:]}
        pipeline: Any = StableDiffusionXLPipeline(unet=work.unet, scheduler=scheduler, **parts)
    else:
        parts |= {"safety_checker": None, "requires_safety_checker": False}
        pipeline = StableDiffusionPipeline(unet=work.unet, scheduler=scheduler, **parts)
    pipeline.set_progress_bar_config(disable=True)
    width, height = work.size

    def run() -> Tensor:
        result: Tensor = pipeline(
            prompt_embeds=states[:1],
            negative_prompt_embeds=states[1:],
            latents=work.noise().first().to(work.unet.dtype),
            num_inference_steps=work.steps,
            guidance_scale=7.0,
            width=width,
            height=height,
            output_type="latent",
            **more,
        ).images
        return result

    return run


class MeteredUNet(UNet2DConditionModel):
    """Knows how long its calls take, outside of what is compiled; keeps their arguments on request."""

    def reset(self, *, keeps: bool = False) -> None:
        """Forget the calls so far."""
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self.seconds, self.keeps = 0.0, keeps

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Evaluate."""
        if self.keeps:
            self.calls.append((args, options))
        start = time.perf_counter()
        result = super().__call__(*args, **options)
        self.seconds += time.perf_counter() - start
        return result


def measure(unet: MeteredUNet, run: Callable[[], object], *, keeps: bool = False) -> dict[str, float]:
    """Seconds in all, of them those outside of the forward, and what of a busy machine was ours.

    On a GPU the seconds outside are the host's; what counts there is the whole time.
    """
    unet.reset(keeps=keeps)
    synchronise()
    start, processor = time.perf_counter(), time.process_time()
    run()
    synchronise()
    total = time.perf_counter() - start
    worked = total if torch.cuda.is_available() else time.process_time() - processor
    return {"total_s": total, "own_s": total - unet.seconds, "worked_s": worked}


def replay(unet: MeteredUNet) -> Callable[[], None]:
    """The forwards of the last measurement alone."""
    calls = list(unet.calls)

    def run() -> None:
        with torch.inference_mode():
            for args, options in calls:
                unet(*args, **options)

    return run


def synchronise() -> None:
    """Wait for the GPU, if there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def compare(work: Work, rounds: int, *, warm: bool = False) -> dict[str, Any]:
    """Forwards alone, our loop and theirs, taking turns; ratios are those of each round, then the median.

    Args:
        work: what is done.
        rounds: how often.
        warm: run the forwards alone once before: what is compiled is compiled for each of the three.

    Returns:
        Seconds, own time in per cent of the forward, ratios, and how far the two results are apart, in
        standard deviations.
    """
    mine, other = ours(work), theirs(work)
    with nullcontext() if work.threads is None else on_threads(work.threads):
        expected = other()
        measure(work.unet, mine, keeps=True)
        runs: dict[str, Callable[[], object]] = {
            "forwards": replay(work.unet),
            "mezzotint": mine,
            "diffusers": other,
        }
        if warm:
            runs["forwards"]()
        rows = [_round(work.unet, runs, index) for index in range(rounds)]
        apart = (mine() - expected.float()).square().mean().sqrt() / expected.float().std()
    return _summary(rows) | {"apart": float(apart)}


def _round(
    unet: MeteredUNet, runs: dict[str, Callable[[], object]], index: int
) -> dict[str, dict[str, float]]:
    """Each once, beginning with another one in every round."""
    names = list(runs)
    turn = index % len(names)
    return {name: measure(unet, runs[name]) for name in names[turn:] + names[:turn]}


def _summary(rows: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("forwards", "mezzotint", "diffusers"):
        inside = [row[name]["total_s"] - row[name]["own_s"] for row in rows]
        own = [row[name]["own_s"] for row in rows]
        found[name] = {
            "total_s": statistics.median(row[name]["total_s"] for row in rows),
            "worked_s": statistics.median(row[name]["worked_s"] for row in rows),
            "own_ms": statistics.median(own) * 1000,
            "own_percent": statistics.median(o / i * 100 for o, i in zip(own, inside, strict=True)),
        }
    for over in ("forwards", "diffusers"):
        ratios = [row["mezzotint"]["worked_s"] / row[over]["worked_s"] for row in rows]
        found[f"mezzotint/{over}"] = {
            "median": statistics.median(ratios),
            "least": min(ratios),
            "most": max(ratios),
        }
    return found


@contextmanager
def on_threads(threads: int) -> Iterator[None]:
    """A number of threads for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def show(name: str, row: dict[str, Any]) -> None:
    """Print one sampler's figures."""
    print(f"{name}: the results are {row['apart']:.1e} standard deviations apart")
    for loop in ("forwards", "mezzotint", "diffusers"):
        one = row[loop]
        print(
            f"  {loop:10} {one['total_s']:8.3f} s   own {one['own_ms']:8.2f} ms = {one['own_percent']:6.3f} %"
        )
    for over in ("forwards", "diffusers"):
        one = row[f"mezzotint/{over}"]
        print(f"  mezzotint/{over:10} {one['median']:.4f}   ({one['least']:.4f} to {one['most']:.4f})")


def build(config: dict[str, Any], device: str = "cpu", dtype: torch.dtype = torch.float32) -> MeteredUNet:
    """A UNet with random weights, as the loader leaves it."""
    torch.manual_seed(0)
    with torch.device(device):
        before = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            unet = MeteredUNet(**config)
        finally:
            torch.set_default_dtype(before)
    unet = unet.eval().requires_grad_(False)
    match_original_upsampling(unet)
    unet.reset()
    return unet
