"""From settings, prompts and noise to finished latents: the part between the models."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from math import inf
from typing import Any, TypeAlias

from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.denoiser import (
    Evaluate,
    Network,
    Prediction,
    consistency_denoiser,
    noise_predictor,
    sigma_denoiser,
)
from mezzotint.runtime.guidance import Guidance, GuidanceSettings
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise
from mezzotint.runtime.relay import Relay
from mezzotint.runtime.sampler_table import SamplerInfo
from mezzotint.runtime.samplers import load_sampler
from mezzotint.runtime.samplers.common import Noise
from mezzotint.runtime.schedulers import ScheduleOptions, schedule_sigmas
from mezzotint.runtime.sigmas import SigmaTable, consistency_table, model_table
from mezzotint.runtime.timesteps import Timesteps, ddim_timesteps
from mezzotint.runtime.watch import OnStep, StepCounter

OnDenoised: TypeAlias = Callable[[int, Tensor], None]
"""``on_denoised(step, latents)``: the model's estimate of the finished ``(n, c, h, w)`` latents at a step."""

_MAX_LAID_OUT = 100_000  # steps of which a small strength executes the last few
_SMALLEST = 0.01
_CFGPP_DIVISOR = 12.5  # stable-diffusion-webui's translation of the usual scales to CFG++'s


@dataclass(frozen=True, slots=True, eq=False)
class Denoising:
    """A network and what is known about its training.

    Attributes:
        network: see :mod:`mezzotint.runtime.denoiser`.
        prediction: what it was trained to predict.
        alphas_cumprod: ``(1000,)`` float32, ``None`` for Stable Diffusion's.
        is_sdxl: picks the SDXL constants of schedules that have some.
    """

    network: Network
    prediction: Prediction = "epsilon"
    alphas_cumprod: Tensor | None = None
    is_sdxl: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What image-to-image starts from.

    Attributes:
        latents: ``(n, c, h, w)`` of the picture.
        strength: "Denoising strength", 0..1.
        exact_steps: execute all steps, instead of the strength's share of them.
        noise_multiplier: factor on the initial noise.
        extra_noise: more of the same noise on top.
        keep: ``(h, w)`` or broadcastable, 1 where the picture is kept; ``None`` is nowhere.
    """

    latents: Tensor
    strength: float
    exact_steps: bool = False
    noise_multiplier: float = 1.0
    extra_noise: float = 0.0
    keep: Tensor | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ToldModel:
    """A model, told the prompts in its own tensors.

    Attributes:
        denoising: the network.
        conditioning: the encoded prompts.
        empty: ``(tokens, channels)`` of the encoded empty prompt, for "Pad conds".
    """

    denoising: Denoising
    conditioning: Conditioning
    empty: Tensor | None = None


OpenModel: TypeAlias = Callable[[], AbstractContextManager[ToldModel]]
"""Makes the other model ready; it stays so until the pass ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """When which model takes over.

    Attributes:
        open: called at that moment, and not at all if it never comes.
        switch_at: "Refiner switch at", the share of the way that the first model goes alone.
        by_steps: the way is counted in evaluations, not in noise levels, as before web UI 1.8.
    """

    open: OpenModel
    switch_at: float
    by_steps: bool = False


def image_to_image_steps(steps: int, strength: float, *, exact: bool) -> tuple[int, int]:
    """How a strength shortens a schedule.

    Returns:
        The steps to lay the schedule out for, and the number of steps that are executed, less 1.

    Raises:
        MezzotintError: the schedule would be endless.

    Source: stable-diffusion-webui ``modules/sd_samplers_common.py``.
    """
    if exact:
        if 0 < strength * _MAX_LAID_OUT < steps:
            raise MezzotintError(
                f"a denoising strength of {strength} is too small: use 0, or {_SMALLEST} or more"
            )
        return int(steps / min(strength, 0.999)) if strength > 0 else 0, steps - 1
    return steps, int(min(strength, 0.999) * steps)


def sample_latents(
    denoising: Denoising,
    conditioning: Conditioning,
    settings: RenderSettings,
    noise: BatchNoise,
    *,
    start: Start | None = None,
    empty: Tensor | None = None,
    handover: Handover | None = None,
    on_step: OnStep | None = None,
    on_denoised: OnDenoised | None = None,
) -> Tensor:
    """Sample latents.

    Args:
        denoising: the network.
        conditioning: the encoded prompts, shared by the images of the batch.
        settings: sampler, schedule, steps and scales; the seeds are the noise's own.
        noise: of one or more images.
        start: what to start from instead of noise alone.
        empty: ``(tokens, channels)`` of the encoded empty prompt, for "Pad conds".
        handover: when another network takes over.
        on_step: told of the progress.
        on_denoised: told of the estimates on the way.

    Returns:
        ``(n, channels, height, width)`` float32, in the network's own scale.

    Raises:
        MezzotintError: the sampler is not built, or cannot do with so few steps.
    """
    with ExitStack() as stack:
        job = _Job(ToldModel(denoising, conditioning, empty), settings, noise, start, (on_step, on_denoised))
        if handover is not None:
            job.hands_over(handover, stack)
        if job.steps == 0:
            return job.unchanged()
        return job.by_timesteps() if job.info.family == "timestep" else job.by_sigmas()


class _Job:
    """One call of :func:`sample_latents`."""

    def __init__(
        self,
        model: ToldModel,
        settings: RenderSettings,
        noise: BatchNoise,
        start: Start | None,
        callbacks: tuple[OnStep | None, OnDenoised | None],
    ) -> None:
        self.model, self.settings, self.noise = model, settings, noise
        self.start, self.callbacks = start, callbacks
        self.handover: tuple[Handover, ExitStack] | None = None
        self.info: SamplerInfo = settings.resolved.sampler
        self.sampler = load_sampler(self.info)
        self.table = self.levels(model)
        self.steps, self.last = settings.steps, settings.steps - 1
        if start is not None:
            self.steps, self.last = image_to_image_steps(
                settings.steps, start.strength, exact=start.exact_steps
            )

    def hands_over(self, handover: Handover, stack: ExitStack) -> None:
        """Let another model take over; the stack keeps it ready."""
        self.handover = handover, stack

    def levels(self, model: ToldModel) -> SigmaTable:
        """The noise levels that a model knows, as the sampler's family counts them."""
        table = noise_table(self.settings, model.denoising)
        return consistency_table(table.alphas_cumprod) if self.info.family == "lcm" else table

    def unchanged(self) -> Tensor:
        """What no step makes of the start: itself."""
        if self.start is None:
            raise MezzotintError("no steps leave nothing but noise: use 1 step or more")
        return self.start.latents

    def by_sigmas(self) -> Tensor:
        """Run a sampler of the sigma family."""
        sigmas = self.schedule()
        first = self.noise.first()
        noise = self.following_noise(sigmas)  # Brownian noise spans the whole schedule, cut or not
        options = self.options()
        if self.start is None:
            scale = (1.0 + sigmas[0] ** 2.0) ** 0.5 if self.settings.sgm_noise_multiplier else sigmas[0]
            x = first * scale
            if self.info.spans:
                options["span"] = (self.table.sigma_min, self.table.sigma_max, self.steps)
        else:
            sigmas = self.cut(sigmas, self.start.strength)
            first = first * self.start.noise_multiplier
            x = self.start.latents + first * sigmas[0] + first * self.start.extra_noise
        guided = self.guided()
        counter = StepCounter(sigmas, *self.callbacks)

        def denoise(x: Tensor, sigma: Tensor) -> Tensor:
            counter.reach(sigma)
            denoised = self.kept(guided(x, sigma))
            counter.show(lambda: denoised)
            return denoised

        x = self.sampler(denoise, x, sigmas, noise, **options)
        counter.finish()
        return self.kept(x)

    def cut(self, sigmas: Tensor, strength: float) -> Tensor:
        """The end of a schedule that a strength leaves."""
        rest = sigmas[self.steps - self.last - 1 :]
        if len(rest) < 2:
            raise MezzotintError(
                f"this schedule is too short for a denoising strength of {strength}: "
                "use a larger one, or another schedule"
            )
        return rest

    def following_noise(self, sigmas: Tensor) -> Noise:
        """What the sampler draws from on the way."""
        if not self.info.brownian:
            return self.noise.next
        path = self.noise.shared_brownian if self.settings.shared_brownian else self.noise.brownian
        return path(sigmas[sigmas > 0].min().item(), sigmas.max().item())

    def by_timesteps(self) -> Tensor:
        """Run a sampler of the timestep family."""
        count = self.steps + self.settings.discard_penultimate_sigma
        times = ddim_timesteps(count)
        alphas = self.table.alphas_cumprod
        x = self.noise.first()
        if self.start is not None:
            level = alphas[times[self.last]]
            first = x * self.start.noise_multiplier
            x = self.start.latents * level.sqrt() + first * (1 - level).sqrt()
            x = x + first * self.start.extra_noise * level.sqrt()
            times = times[: self.last]
        guided = self.guided()
        both = self.info.name == "DDIM CFG++"
        counter = StepCounter(times.float().flip(0), *self.callbacks)

        def predict(x: Tensor, time: Tensor) -> Tensor | tuple[Tensor, Tensor]:
            counter.reach(time)
            x = self.kept(x)
            noise, negative = guided.both(x, time)
            alpha = alphas[int(time)]
            counter.show(lambda: (x - (1 - alpha).sqrt() * noise) / alpha.sqrt())
            return (noise, negative) if both else noise

        steps = Timesteps(times, alphas, is_img2img=self.start is not None)
        x = self.sampler(predict, x, steps, self.noise.next, **self.options())
        counter.finish()
        return self.kept(x)

    def schedule(self) -> Tensor:
        """All sigmas, those before an image-to-image start included."""
        settings = self.settings
        options = ScheduleOptions(
            sigma_min=settings.schedule_min_sigma,
            sigma_max=settings.schedule_max_sigma,
            rho=settings.schedule_rho,
            beta_alpha=settings.beta_alpha,
            beta_beta=settings.beta_beta,
            old_karras=settings.old_karras_sigmas,
            is_sdxl=self.model.denoising.is_sdxl,
        )
        label = settings.resolved.effective_scheduler
        discard = self.info.discard or settings.discard_penultimate_sigma
        return schedule_sigmas(label, self.steps, self.table, options, discard=discard)

    def guided(self) -> Guidance | Relay:
        """The guided model, or two of them."""
        first = self.guidance(self.model)
        if self.handover is None:
            return first
        handover, stack = self.handover
        return Relay(first, self.is_due, lambda: self.guidance(stack.enter_context(handover.open())))

    def is_due(self, evaluations: int, level: Tensor) -> bool:
        """Whether the other model is to take over."""
        if self.handover is None:
            return False
        handover, _ = self.handover
        if handover.by_steps:
            return evaluations / self.total >= handover.switch_at
        nearest = level if self.info.family == "timestep" else (self.table.sigmas - level).abs().argmin()
        return (999 - int(nearest)) / 1000 >= handover.switch_at

    @property
    def total(self) -> int:
        """Evaluations, as far as the settings tell."""
        return (self.last + 1) * (2 if self.info.second_order else 1)

    def guidance(self, model: ToldModel) -> Guidance:
        """A guided model."""
        settings = self.settings
        scale = settings.cfg_scale / (_CFGPP_DIVISOR if self.info.name == "DDIM CFG++" else 1.0)
        limits = GuidanceSettings(
            scale,
            total=self.total,
            skip_early=settings.skip_early_cfg,
            ngms=settings.ngms,
            ngms_all_steps=settings.ngms_all_steps,
            rescale=settings.guidance_rescale,
            pad=settings.pad_conds,
            pad_negative=settings.pad_conds_v0,
        )
        evaluate = self.evaluate(model)
        share = self.input_share
        return Guidance(evaluate, model.conditioning, limits, empty=model.empty, input_share=share)

    def evaluate(self, model: ToldModel) -> Evaluate:
        """An unguided model, as the sampler's family wants it."""
        denoising, table = model.denoising, self.levels(model)
        if self.info.family == "timestep":
            return noise_predictor(denoising.network, table, denoising.prediction)
        if self.info.family == "lcm":
            return consistency_denoiser(denoising.network, table)
        return sigma_denoiser(denoising.network, table, denoising.prediction)

    def input_share(self, level: Tensor) -> Tensor:
        """What factor of its input a denoised estimate, or predicted noise, has beside the velocity."""
        if self.info.family == "timestep":
            return (1 - self.table.alphas_cumprod[int(level)]).sqrt()
        return 1 / (level**2 + 1)

    def options(self) -> dict[str, Any]:
        """The settings that this sampler takes."""
        options = {name: getattr(self.settings, name) for name in self.info.options}
        if options.get("s_tmax") == 0:
            options["s_tmax"] = inf
        return options

    def kept(self, x: Tensor) -> Tensor:
        """``x`` with the masked part of the picture put back."""
        if self.start is None or self.start.keep is None:
            return x
        return x * (1 - self.start.keep) + self.start.latents * self.start.keep


def noise_table(settings: RenderSettings, denoising: Denoising) -> SigmaTable:
    """The model's noise levels under the settings that change them."""
    return model_table(
        denoising.alphas_cumprod,
        downcast=settings.downcast_alphas_cumprod,
        zero_snr=settings.noise_schedule == "Zero Terminal SNR",
        quantize=settings.quantize_sigmas,
    )
