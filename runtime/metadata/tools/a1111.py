"""AUTOMATIC1111's web UI, and the programs that write its infotext: Forge, SD.Next, Mezzotint itself.

Source: stable-diffusion-webui v1.10.1, ``modules/processing.py``; files of the other programs.
"""

import re
from collections.abc import Sequence

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Confidence, Field, Generation
from mezzotint.runtime.metadata.record import Metadata, Place
from mezzotint.runtime.metadata.tools.fields import generation
from mezzotint.runtime.metadata.tools.items import LooseInfotext, infotext_of, is_sdnext, parse_leniently

NAME = "a1111"

# What Version looks like, in this order; a bare commit was SD.Next's before it wrote its name.
_VERSIONS = (
    (re.compile(r"mezzotint"), "mezzotint"),
    (re.compile(r"f\d|neo|classic|reforge", re.IGNORECASE), "forge"),
    (re.compile(r"Fooocus", re.IGNORECASE), "fooocus"),
    (re.compile(r"ComfyUI", re.IGNORECASE), "comfyui"),
    (re.compile(r"[0-9a-f]{7,10}$"), "sdnext"),
)
_CHOICES = (Place.USER_COMMENT, Place.COMMENT, Place.FILE, Place.SIDE_FILE)


def read(found: Metadata) -> Generation | None:
    """An infotext; elsewhere than under PNG's ``parameters`` it must have settings to count as one."""
    text = infotext_of(found)
    if text is None:
        return None
    infotext = parse_leniently(text)
    if not infotext.settings and not infotext.negative_prompt and found.place in _CHOICES:
        return None  # a camera's comment, a note, an editor's advertisement
    return from_infotext(tool_of(found, infotext), infotext, text)


def tool_of(found: Metadata, infotext: LooseInfotext) -> str:
    """Which program wrote an infotext."""
    if found.find("fooocus_scheme") or (found.find("exif:Software") or "").startswith("Fooocus"):
        return "fooocus"
    if infotext.settings.get("App") == "SD.Next":
        return "sdnext"
    version = infotext.settings.get("Version", "")
    tool = next((tool for pattern, tool in _VERSIONS if pattern.match(version)), None)
    if tool is None and is_sdnext(infotext.settings):
        return "sdnext"
    return tool or NAME


def from_infotext(
    tool: str, infotext: LooseInfotext, text: str, *, missing: Sequence[str] = (), notes: Sequence[str] = ()
) -> Generation:
    """The result of reading an infotext; ``text`` is what was read."""
    is_certain = infotext.settings and not infotext.notes
    confidence = Confidence.STATED if is_certain else Confidence.GUESSED
    return generation(
        tool,
        text,
        [
            Field(PROMPT, infotext.prompt, infotext.prompt, confidence),
            Field(NEGATIVE_PROMPT, infotext.negative_prompt, infotext.negative_prompt, confidence),
            *(Field(key, value, value) for key, value in infotext.settings.items()),
        ],
        missing=missing,
        notes=(*infotext.notes, *notes),
        infotext=text if infotext.is_exact else None,
    )
