"""What a request says of its passes, checked and completed before anything is computed."""

from dataclasses import replace

from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.checks import check_range
from mezzotint.runtime.job import MIN_SIDE
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
        own = hires.prompt.strip(), hires.negative_prompt.strip()
        hires = replace(
            hires,
            prompt="" if own[0] == request.prompt else own[0],
            negative_prompt="" if own[1] == request.negative_prompt else own[1],
        )
        settings = replace(settings, hires=hires)
    return replace(request, settings=settings)


def check_read_back(request: Request, read_back: Request) -> None:
    """Refuse hires prompts that an infotext cannot hold.

    Raises:
        MezzotintError: one reads back as something else, such as ``3x4``, which is read as a size.
    """
    asked, found = request.settings.hires, read_back.settings.hires
    for name in ("prompt", "negative_prompt"):
        text = getattr(asked, name, "")
        if text != getattr(found, name, ""):
            raise MezzotintError(
                f'no infotext can hold the hires prompt "{printable(text)}": add a word to it'
            )
