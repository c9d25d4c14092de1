"""Draw Things: a JSON object in XMP's user comment.

Source: files of the program, and its documentation of metadata.
"""

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Field, Generation
from mezzotint.runtime.metadata.record import XMP, Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import (
    collect,
    generation,
    model,
    rest,
    size,
    text_of,
    used_names,
)
from mezzotint.runtime.metadata.tools.samplers import sampler
from mezzotint.runtime.metadata.tools.xmp import value_of

NAME = "drawthings"

_NAMES = {
    PROMPT: "c",
    NEGATIVE_PROMPT: "uc",
    "Steps": "steps",
    "CFG scale": "scale",
    "Distilled CFG Scale": "guidance_scale",
    "Seed": "seed",
    "Clip skip": "clip_skip",
}
_USED = used_names(_NAMES, "size", "sampler", "model", "strength", "seed_mode", "v2")
_RNG = {"NVIDIA GPU Compatible": "NV", "Torch CPU Compatible": "CPU"}


def read(found: Metadata) -> Generation | None:
    """The object in ``exif:UserComment``."""
    packet = found.find(XMP)
    text = value_of(packet, "exif:UserComment") if packet else None
    data = load_object(text)
    if text is None or data is None or "c" not in data:
        return None
    fields = collect(data, _NAMES) + size(data.get("size")) + model(data.get("model"))
    fields += sampler(data.get("sampler"))
    strength, mode = data.get("strength"), text_of(data.get("seed_mode"))
    if isinstance(strength, int | float) and strength < 1:
        fields.append(Field("Denoising strength", str(strength), str(strength)))
    missing = []
    if mode in _RNG:
        fields.append(Field("RNG", _RNG[mode], mode))
    elif mode:
        missing.append(f"the noise of its seed mode {mode!r}, which only Draw Things draws")
    version_2 = data.get("v2")
    if isinstance(version_2, dict):
        fields += collect(version_2, {"Distilled CFG Scale": "guidanceScale", "Clip skip": "clipSkip"})
    return generation(NAME, text, fields, others=rest(data, _USED), missing=missing)
