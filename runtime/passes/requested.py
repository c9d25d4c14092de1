"""What a request says of its passes, checked and completed before anything is computed."""

from dataclasses import replace

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.checks import check_range
from mezzotint.runtime.job import MIN_SIDE, RenderSettings
from mezzotint.runtime.passes.settings import MAX_TARGET, MaskSettings, check_upscaler
from mezzotint.runtime.passes.target import target
from mezzotint.runtime.request import Request


def check_passes(request: Request) -> None:
    """Refuse, before any work is done, passes that cannot be run.

    Raises:
        MezzotintError: an upscaler is not built in, the second pass is too large or too small, or a picture
            to start from is missing or not asked for.
    """
    settings = request.settings
    if settings.hires is not None:
        check_upscaler(settings.hires.upscaler)
        goal = target(settings.width, settings.height, settings.hires)
        for side in (goal.width, goal.height):
            check_range("the second pass's side", side, MIN_SIDE, MAX_TARGET)
    if settings.image is not None and request.source is None:
        raise MezzotintError("this is made from another picture, which no infotext holds: give it (--init)")
    if settings.image is None and request.source is not None:
        raise MezzotintError("a picture to start from needs a denoising strength: give one (--strength)")


def with_source_named(request: Request) -> Request:
    """The request with the hashes of its pictures in its settings, and no text said twice."""
    settings, source = request.settings, request.source
    if settings.image is not None and source is not None:
        from mezzotint.runtime.passes.source import pixel_hash

        mask = MaskSettings()  # without a mask, nothing is said of one
        if source.mask is not None:
            mask = replace(settings.image.mask, hash=pixel_hash(source.mask))
        settings = replace(settings, image=replace(settings.image, mask=mask, hash=pixel_hash(source.image)))
    if settings.hires is not None:
        hires = settings.hires
        hires = replace(
            hires,
            prompt=_own(hires.prompt, request.prompt),
            negative_prompt=_own(hires.negative_prompt, request.negative_prompt),
        )
        settings = replace(settings, hires=hires)
    return replace(request, settings=settings)


def _own(prompt: str, first: str) -> str:
    """A prompt of the second pass, as it was written; empty where it says what the first pass's says."""
    return "" if prompt.strip() in ("", first.strip()) else prompt


def without_spaces(settings: RenderSettings) -> RenderSettings:
    """The settings without white space around prompts, which no infotext holds."""
    hires = settings.hires
    if hires is None:
        return settings
    hires = replace(hires, prompt=hires.prompt.strip(), negative_prompt=hires.negative_prompt.strip())
    return replace(settings, hires=hires)
