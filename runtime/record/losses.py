"""What other programs will read otherwise in an infotext whose record holds it as it was written."""

from collections.abc import Iterator, Mapping

from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.losses import WHITE_SPACE, find_losses
from mezzotint.runtime.request import Request, read_request

_MAX_SHOWN = 60  # characters


def told_losses(request: Request, infotext: str, items: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each text that reads back as another one; lost white space is no matter.

    Args:
        request: what the infotext was made of.
        infotext: the whole of it.
        items: its settings.
    """
    lost = [
        (loss.part, loss.diagnostic.message)
        for loss in find_losses(request.prompt, request.negative_prompt, items)
        if loss.diagnostic.code != WHITE_SPACE
    ]
    lost += [(part, f'"{text}" reads back as something else') for part, text in _changed(request, infotext)]
    for part, message in dict(lost).items():
        yield f"other programs will read the {part.lower()} otherwise ({message}); our record has it right"


def _changed(request: Request, infotext: str) -> Iterator[tuple[str, str]]:
    """The prompts of a second pass that an infotext cannot hold, such as ``3x4``, which is read as a size."""
    hires = request.settings.hires
    if hires is None:
        return
    try:
        found = read_request(read_document(infotext, Dialect.INFOTEXT)).settings.hires
    except MezzotintError:
        found = None
    for name in ("prompt", "negative_prompt"):
        text = getattr(hires, name)
        if text.strip() != getattr(found, name, "").strip():
            yield f"Hires {name.replace('_', ' ')}", printable(text[:_MAX_SHOWN])
