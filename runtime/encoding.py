"""The prompts of every pass, encoded by the model that they are for."""

from dataclasses import dataclass

from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.compiler.ir import Program
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.loader import LoadedModel
from mezzotint.runtime.passes.target import target


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """The prompts of a picture; ``hires`` is ``None`` without a second pass."""

    first: Conditioning
    hires: Conditioning | None = None


def encode(model: LoadedModel, program: Program, settings: RenderSettings) -> Encoded:
    """Encode a program; the model is told the size of what each pass samples.

    Raises:
        MezzotintError: the text encoder cannot do what the settings ask for.
    """
    size = settings.width, settings.height
    first = model.encode(program, clip_skip=settings.clip_skip, size=size)
    if program.hires is None or settings.hires is None:
        return Encoded(first)
    large = target(*size, settings.hires)  # before cropping, as in the reference
    second = model.encode(program.hires, clip_skip=settings.clip_skip, size=(large.width, large.height))
    return Encoded(first, second)
