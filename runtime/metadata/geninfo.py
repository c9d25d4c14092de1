"""What the reference makes up for pictures of NovelAI, to be compared with it.

:mod:`mezzotint.runtime.metadata.tools.novelai` reads the same pictures as they were meant.

Source: stable-diffusion-webui v1.10.1, ``modules/images.py``, ``read_info_from_image``.
"""

from dataclasses import replace

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.sampler_table import find_sampler

_NEEDED = ("uc", "steps", "scale", "seed", "sampler")


def with_geninfo(found: Metadata) -> Metadata:
    """The metadata with the infotext that the reference shows; unchanged unless NovelAI made the picture."""
    comment = load_object(found.find("Comment"))
    description = found.find("Description")
    if found.find("Software") != "NovelAI" or comment is None or description is None or found.size is None:
        return found
    if not all(key in comment for key in _NEEDED):
        return found
    width, height = found.size
    text = (
        f"{description}\nNegative prompt: {comment['uc']}\n"
        f"Steps: {comment['steps']}, Sampler: {_sampler(str(comment['sampler']))}, "
        f"CFG scale: {comment['scale']}, Seed: {comment['seed']}, Size: {width}x{height}, "
        "Clip skip: 2, ENSD: 31337"
    )
    return replace(found, parameters=text)


def _sampler(name: str) -> str:
    try:
        return find_sampler(name).name
    except MezzotintError:
        return "Euler a"
