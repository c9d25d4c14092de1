"""The readers of all programs, in the order in which they are asked; the first that knows a file counts.

A program that writes what another one does, and more, stands before it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.tools import (
    a1111,
    civitai,
    comfyui,
    drawthings,
    easydiffusion,
    fooocus,
    invokeai,
    labels,
    midjourney,
    novelai,
    sdcpp,
    stability_matrix,
    swarmui,
    tensorart,
)

Reader: TypeAlias = Callable[[Metadata], Generation | None]

READERS: tuple[Reader, ...] = (
    stability_matrix.read,  # writes an infotext and a graph, too
    swarmui.read,  # writes a graph, too
    tensorart.read,  # the same
    civitai.read,  # the same, or an infotext
    invokeai.read,
    novelai.read,
    fooocus.read,
    comfyui.read,  # some of its nodes write an infotext
    easydiffusion.read,  # calls a text "prompt", as ComfyUI does
    sdcpp.read,
    a1111.read,
    drawthings.read,
    midjourney.read,
    labels.read,
)


def identify(found: Metadata) -> Generation | None:
    """What the first program that knows these metadata makes of them; None when none does.

    Labels such as content credentials are told whoever wrote the rest.
    """
    result = next((result for result in (reader(found) for reader in READERS) if result is not None), None)
    if result is None or result.tool in labels.NAMES:
        return result
    beside = labels.label_fields(found)
    return replace(result, others=(*result.others, *beside)) if beside else result
