"""Everything about one picture but its prompts, as a plain record.

No torch here: checking settings is as light as reading metadata. :mod:`mezzotint.runtime.job_infotext`
reads the record from infotexts and writes it into them.
"""

from dataclasses import dataclass

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.checks import check_choice, check_multiple_of_8, check_range
from mezzotint.runtime.passes.settings import HiresSettings, ImageSettings, RefinerSettings
from mezzotint.runtime.sampler_table import Resolved, resolve

MAX_STEPS = 1000  # the models know a thousand noise levels
MIN_SIDE, MAX_SIDE = 8, 8192
RANDOM_SOURCES = ("CPU", "GPU", "NV")
NOISE_SCHEDULES = ("Default", "Zero Terminal SNR")
EMPHASES = ("Original", "No norm", "Ignore", "None")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """Settings of one picture, checked; the names are the infotext's.

    Attributes:
        steps: sampling steps, 1..1000.
        sampler: name, see :mod:`mezzotint.runtime.sampler_table`; joined old names are split.
        scheduler: schedule label ("Schedule type").
        cfg_scale: guidance scale; an ``int`` is written without a decimal point, as it was read.
        seed: 0..2^64-1.
        width: pixels, a multiple of 8.
        height: pixels, a multiple of 8.
        clip_skip: 1 is the text encoder's last layer.
        rng: source of the noise: ``CPU``, ``NV`` or ``GPU`` (computed as ``NV``).
        sampler_rng: source of the noise after the initial one; ``None`` is the same stream.
        eta: noise share of ancestral and SDE samplers.
        eta_ddim: noise share of DDIM.
        ensd: "eta noise seed delta".
        variation_seed: mixed in by ``variation_strength``.
        variation_strength: 0 is off.
        seed_resize: ``(width, height)`` in pixels that the noise is drawn for first.
        s_churn: noise churn of Euler, Heun and DPM2.
        s_tmin: smallest sigma that is churned.
        s_tmax: largest; 0 is no limit.
        s_noise: factor on the noise that samplers add.
        schedule_min_sigma: smallest sigma of the schedule; 0 is the model's.
        schedule_max_sigma: largest; 0 is the model's.
        schedule_rho: exponent; 0 is the schedule's own.
        beta_alpha: shape of the Beta schedule.
        beta_beta: shape of the Beta schedule.
        discard_penultimate_sigma: for every sampler, not only those that ask for it.
        sgm_noise_multiplier: scale the initial noise by ``sqrt(1 + sigma^2)``.
        guidance_rescale: 0 is off; up to 1 it gives the guided output back the spread of the positive's.
        ngms: below this sigma the negative prompt is left out of every other evaluation.
        ngms_all_steps: out of every one.
        skip_early_cfg: share of the steps that begin without the negative prompt.
        noise_schedule: ``Default`` or ``Zero Terminal SNR``.
        downcast_alphas_cumprod: noise levels rounded to half precision, as before web UI 1.7.
        emphasis: how weights act, see :class:`mezzotint.compiler.ir.Emphasis`.
        old_prompt_editing_timelines: as before web UI 1.6.
        pad_conds: extend the shorter of the prompts by the encoded empty one.
        pad_conds_v0: bring the negative prompt to the positive's length, by cutting it or by repeating its
            last token, as before web UI 1.6.
        tiling: let the picture's edges meet.
        fast: let bits differ from one time to the next where that is quicker; A1111 has no such setting.
        extra_noise: share of the initial noise that is added once more where sampling starts from a picture.
        batch_size: pictures of the batch this one was made in; it has no effect on the picture.
        batch_pos: its place among them, from 0.
        hires: the second pass of "hires fix", or ``None``.
        image: settings of image to image, or ``None`` to start from noise alone.
        refiner: a model that takes over on the way, or ``None``.
        old_karras_sigmas: schedules between 0.1 and 10; A1111 does not record it.
        quantize_sigmas: trained time steps only, none between; A1111 does not record it.
        shared_brownian: one Brownian path for a whole batch, from torch's stream ("no batch
            determinism"); A1111 does not record it.
        uni_pc_variant: ``bh1``, ``bh2`` or ``vary_coeff``.
        uni_pc_skip_type: ``time_uniform``, ``time_quadratic`` or ``logSNR``.
        uni_pc_order: at most ``steps`` less 1.
        uni_pc_lower_order_final: lower the order towards the end.

    Raises:
        MezzotintError: a value cannot be rendered; the message names the remedy.
    """

    steps: int = 20
    sampler: str = "DPM++ 2M"
    scheduler: str = "Automatic"
    cfg_scale: float = 7.0
    seed: int = 0
    width: int = 512
    height: int = 512
    clip_skip: int = 1
    rng: str = "CPU"
    sampler_rng: str | None = None
    eta: float = 1.0
    eta_ddim: float = 0.0
    ensd: int = 0
    variation_seed: int = 0
    variation_strength: float = 0.0
    seed_resize: tuple[int, int] | None = None
    s_churn: float = 0.0
    s_tmin: float = 0.0
    s_tmax: float = 0.0
    s_noise: float = 1.0
    schedule_min_sigma: float = 0.0
    schedule_max_sigma: float = 0.0
    schedule_rho: float = 0.0
    beta_alpha: float = 0.6
    beta_beta: float = 0.6
    discard_penultimate_sigma: bool = False
    sgm_noise_multiplier: bool = False
    guidance_rescale: float = 0.0
    ngms: float = 0.0
    ngms_all_steps: bool = False
    skip_early_cfg: float = 0.0
    noise_schedule: str = "Default"
    downcast_alphas_cumprod: bool = False
    emphasis: str = "Original"
    old_prompt_editing_timelines: bool = False
    pad_conds: bool = False
    pad_conds_v0: bool = False
    tiling: bool = False
    fast: bool = False
    extra_noise: float = 0.0
    batch_size: int = 1
    batch_pos: int = 0
    old_karras_sigmas: bool = False
    quantize_sigmas: bool = False
    shared_brownian: bool = False
    uni_pc_variant: str = "bh1"
    uni_pc_skip_type: str = "time_uniform"
    uni_pc_order: int = 3
    uni_pc_lower_order_final: bool = True
    hires: HiresSettings | None = None
    image: ImageSettings | None = None
    refiner: RefinerSettings | None = None

    def __post_init__(self) -> None:
        resolve(self.sampler, self.scheduler)
        check_range("steps", self.steps, 1, MAX_STEPS)
        for name, side in (("width", self.width), ("height", self.height)):
            check_range(name, side, MIN_SIDE, MAX_SIDE)
            check_multiple_of_8(name, side)
        check_range("seed", self.seed, 0, 2**64 - 1)
        check_range("variation_seed", self.variation_seed, 0, 2**64 - 1)
        check_range("clip_skip", self.clip_skip, 1, 24)
        check_choice("rng", self.rng, RANDOM_SOURCES)
        check_choice("sampler_rng", self.sampler_rng or self.rng, RANDOM_SOURCES)
        check_choice("noise_schedule", self.noise_schedule, NOISE_SCHEDULES)
        check_choice("emphasis", self.emphasis, EMPHASES)
        if not abs(self.cfg_scale) < 1000:  # also catches nan
            raise MezzotintError(f"cfg_scale {self.cfg_scale} is out of range: use 1 to 30")
        check_range("guidance_rescale", self.guidance_rescale, 0, 1)
        check_range("extra_noise", self.extra_noise, 0, 10)
        if self.hires is not None and self.image is not None:
            raise MezzotintError("a second pass and a picture to start from exclude each other: give one")
        if self.seed_resize is not None and min(self.seed_resize) <= 0:
            raise MezzotintError("seed_resize needs a positive width and height, or leave it out")

    @property
    def resolved(self) -> Resolved:
        """Sampler and schedule, looked up."""
        return resolve(self.sampler, self.scheduler)

    @property
    def latent_size(self) -> tuple[int, int]:
        """``(height, width)`` in latent cells of 8 pixels."""
        return self.height // 8, self.width // 8
