"""Where two runs of one picture part, and what could be the cause; no torch here.

The records of both are compared. Their stages are names and short digests in the order in which a picture is
made; the pixels' digest follows.
"""

from dataclasses import dataclass

from mezzotint.runtime.record.environment import differences
from mezzotint.runtime.record.record import Record

CONDITIONING, NOISE, START, STEP, LATENTS = "conditioning", "noise", "start", "step", "latents"
PIXELS = "pixels"

_SUSPECTS = {
    CONDITIONING: "text encoders, LoRA files, embeddings, or how the prompts were read",
    NOISE: "seed, source of the noise, or size",
    START: "the picture that was started from, the upscaler, or the VAE's encoder",
    f"{STEP} 0": "the UNet, LoRA files or hypernetworks, or the arithmetic of this machine",
    STEP: "rounding that grew with the steps, the sampler, or its schedule",
    LATENTS: "rounding that grew with the steps, the sampler, or its schedule",
    PIXELS: "the VAE, or how its values were rounded to bytes",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a picture came out as another one.

    Attributes:
        stage: the first whose digest differs; ``None`` when none does, or none can be compared.
        agreeing: the stages before it.
        suspects: what has a part in that stage, in words.
        causes: what is recorded to be different here, in words.
        problem: why the stages cannot be compared, in words.
    """

    stage: str | None = None
    agreeing: tuple[str, ...] = ()
    suspects: str = ""
    causes: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The explanation in sentences."""
        return tuple(self._lines())

    def _lines(self) -> list[str]:
        if self.problem is not None:
            found = [self.problem]
        elif self.stage is None:
            return [f"all stages are the same: {', '.join(self.agreeing)}", *self.causes]
        else:
            before = f" ({', '.join(self.agreeing)} are the same)" if self.agreeing else ""
            found = [f"the first stage that differs: {self.stage}{before}", f"it depends on {self.suspects}"]
        if self.causes:
            return [*found, *(f"recorded difference: {cause}" for cause in self.causes)]
        return [*found, "nothing else that is recorded differs"]


def explain(theirs: Record | None, ours: Record, pixels: str | None = None) -> Explanation:
    """Compare the record of a picture with the record of its reproduction.

    Args:
        theirs: of the picture; ``None`` when it has none.
        ours: of the run that just ended.
        pixels: digest of the picture's pixels as they are now.
    """
    if theirs is None:
        return Explanation(problem="the picture has no record of ours, so its stages cannot be compared")
    causes = tuple(_causes(theirs, ours))
    if pixels is not None and theirs.pixels not in ("", pixels):
        causes = ("the picture's pixels were changed after it was saved", *causes)
    before, now = _stages(theirs), dict(_stages(ours))
    if len(before) < 2:
        problem = "the picture's record has no digests of stages: it was made by an earlier version"
        return Explanation(causes=causes, problem=problem)
    agreeing: list[str] = []
    for name, digest in before:
        if now.get(name) != digest:
            return Explanation(name, tuple(agreeing), _suspects(name), causes)
        agreeing.append(name)
    return Explanation(None, tuple(agreeing), "", causes)


def _stages(record: Record) -> list[tuple[str, str]]:
    pixels = [(PIXELS, record.pixels)] if record.pixels else []
    return [*record.stages, *pixels]


def _suspects(stage: str) -> str:
    """What has a part in a stage, whichever pass it belongs to."""
    words = stage.split(" ")
    for count in (2, 1):  # "step 0", else "step" of "step 8"
        found = _SUSPECTS.get(" ".join(words[-count:]))
        if found is not None:
            return found
    return _SUSPECTS[STEP] if STEP in words else "what this version does not know of"


def _causes(theirs: Record, ours: Record) -> list[str]:
    said = {
        "model_hash": "made with model hash {}, this is {}",
        "program_digest": "the compiled prompts are not the same",
        "infotext": "the infotext that the copy would have is not the same",
    }
    pairs = {name: (getattr(theirs, name), getattr(ours, name)) for name in said}
    found = [said[name].format(*pair) for name, pair in pairs.items() if all(pair) and pair[0] != pair[1]]
    return found + differences(theirs.environment, ours.environment)
