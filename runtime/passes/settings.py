"""Settings of the passes beside plain text to image; no torch here.

The words of every choice are the infotext's.
"""

from dataclasses import dataclass, field

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.checks import check_choice, check_range
from mezzotint.runtime.sampler_table import resolve

MAX_TARGET = 16384  # pixels a side
LATENT_UPSCALERS = (
    "Latent",
    "Latent (antialiased)",
    "Latent (bicubic)",
    "Latent (bicubic antialiased)",
    "Latent (nearest)",
    "Latent (nearest-exact)",
)
PIXEL_UPSCALERS = ("None", "Lanczos", "Nearest")
RESIZE_MODES = ("Just resize", "Crop and resize", "Resize and fill", "Just resize (latent upscale)")
LATENT_RESIZE = RESIZE_MODES[3]
REFINED_PASSES = ("first pass", "second pass", "both passes")
MASKED_CONTENTS = ("fill", "original", "latent noise", "latent nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class HiresSettings:
    """The second pass of "hires fix".

    Attributes:
        strength: "Denoising strength", 0..1.
        upscaler: how the first pass is enlarged, see :data:`LATENT_UPSCALERS`, :data:`PIXEL_UPSCALERS`.
        scale: factor on the first pass's size, where ``resize`` is (0, 0).
        resize: target ``(width, height)`` in pixels; of two zeros neither counts, a single zero keeps the
            proportions.
        steps: 0 takes the first pass's; all are executed, whatever the strength.
        sampler: ``None`` is the first pass's.
        scheduler: schedule label; ``None`` is the one chosen for the first pass.
        prompt: empty is the first pass's.
        negative_prompt: empty is the first pass's.

    Raises:
        MezzotintError: a value cannot be rendered; the message names the remedy.
    """

    strength: float = 0.7
    upscaler: str = "Latent"
    scale: float = 2.0
    resize: tuple[int, int] = (0, 0)
    steps: int = 0
    sampler: str | None = None
    scheduler: str | None = None
    prompt: str = ""
    negative_prompt: str = ""

    def __post_init__(self) -> None:
        check_range("denoising strength", self.strength, 0, 1)
        check_range("hires upscale", self.scale, 0.125, 16)
        check_range("hires steps", self.steps, 0, 1000)
        for side in self.resize:
            check_range("hires resize", side, 0, MAX_TARGET)
        resolve(self.sampler, self.scheduler)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinerSettings:
    """A second model that takes over on the way.

    Attributes:
        model: its name and hash, as the infotext has them: ``name [0123456789]``.
        switch_at: share of the way that the first model goes alone, 0..1.
        by_steps: the way is counted in evaluations, not in noise levels, as before web UI 1.8.
        acts_in: where it takes over if there are two passes, see :data:`REFINED_PASSES`.

    Raises:
        MezzotintError: a value is out of range; the message names the remedy.
    """

    model: str
    switch_at: float = 0.8
    by_steps: bool = False
    acts_in: str = "second pass"

    def __post_init__(self) -> None:
        check_range("refiner switch at", self.switch_at, 0, 1)
        check_choice("hires refiner", self.acts_in, REFINED_PASSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSettings:
    """How the mask of an inpainting is used.

    Attributes:
        blur: standard deviation of its Gaussian blur, in pixels; 0 is none.
        content: what stands under the mask before sampling, see :data:`MASKED_CONTENTS`.
        inverted: paint what is *not* masked.
        only_masked: enlarge the masked part to the picture's size, paint that, and paste it back.
        padding: pixels that are kept around the masked part then.
        hash: MD5 of the mask's pixels, empty without a mask; kept to tell whether a mask is the same.

    Raises:
        MezzotintError: a value is out of range; the message names the remedy.
    """

    blur: int = 0
    content: str = "original"
    inverted: bool = False
    only_masked: bool = False
    padding: int = 32
    hash: str = ""

    def __post_init__(self) -> None:
        check_range("mask blur", self.blur, 0, 512)
        check_range("masked area padding", self.padding, 0, 8192)
        check_choice("masked content", self.content, MASKED_CONTENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSettings:
    """Image to image: what is done with the picture that sampling starts from.

    Attributes:
        strength: "Denoising strength", 0..1.
        resize_mode: how that picture is brought to size, see :data:`RESIZE_MODES`; A1111 does not record
            it.
        noise_multiplier: factor on the initial noise.
        exact_steps: execute all steps instead of the strength's share; A1111 does not record it.
        mask: used only where a mask is given.
        hash: MD5 of the picture's pixels, as "Init image hash".

    Raises:
        MezzotintError: a value is out of range; the message names the remedy.
    """

    strength: float = 0.75
    resize_mode: str = "Just resize"
    noise_multiplier: float = 1.0
    exact_steps: bool = False
    mask: MaskSettings = field(default_factory=MaskSettings)
    hash: str = ""

    def __post_init__(self) -> None:
        check_range("denoising strength", self.strength, 0, 1)
        check_range("noise multiplier", self.noise_multiplier, 0, 10)
        check_choice("resize mode", self.resize_mode, RESIZE_MODES)


def check_upscaler(name: str) -> None:
    """Refuse an upscaler that is not built in; a record may name it, for it may come from anywhere.

    Raises:
        MezzotintError: it is not; the message lists those that are.
    """
    known = (*LATENT_UPSCALERS, *PIXEL_UPSCALERS)
    if name not in known:
        raise MezzotintError(
            f"the upscaler {name!r} is not built in (it may need a network of its own): "
            f"use one of {', '.join(known)}"
        )
