"""NovelAI: texts of a PNG, a JSON user comment in WebP, or the same hidden in the pixels.

Source: files of the service, and its script ``nai_meta.py``.
"""

from collections.abc import Mapping

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Confidence, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import (
    collect,
    generation,
    rest,
    sides,
    size,
    text_of,
    used_names,
)
from mezzotint.runtime.metadata.tools.samplers import sampler
from mezzotint.runtime.metadata.tools.weights import from_novelai

NAME = "novelai"

_NAMES = {
    PROMPT: "prompt",
    NEGATIVE_PROMPT: "uc",
    "Steps": "steps",
    "CFG scale": "scale",
    "Seed": "seed",
    "Denoising strength": "strength",
}
_USED = used_names(_NAMES, "width", "height", "sampler", "noise_schedule", "v4_prompt", "v4_negative_prompt")


def read(found: Metadata) -> Generation | None:
    """The settings in ``Comment``; ``Description`` repeats the prompt, in WebP with a broken encoding."""
    texts: Mapping[str, object] = load_object(found.parameters) or {
        entry.keyword: entry.text for entry in found.entries
    }
    text = text_of(texts.get("Comment"))
    data = load_object(text)
    if text is None or data is None or not ("uc" in data or "v4_prompt" in data or "signed_hash" in data):
        return None
    fields = collect(data, _NAMES)
    fields += _captions(data)
    if not fields or fields[0].key != PROMPT:  # the first version left it to the description
        fields += collect(texts, {PROMPT: "Description"})
    fields += sides(data) + sampler(data.get("sampler"), data.get("noise_schedule"))
    source = text_of(texts.get("Source")) or found.find("exif:Software")
    if source:
        fields.append(Field("Model", source, source))
    if found.size is not None:  # as the first version left that out, too
        fields += size(f"{found.size[0]}x{found.size[1]}", Confidence.DERIVED)
    missing = ["the model itself, which NovelAI does not publish"]
    others = (*_characters(data), *rest(data, _USED))
    return generation(NAME, text, fields, others=others, missing=missing, convert=from_novelai)


def _caption(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    prompt = data.get(key)
    caption = prompt.get("caption") if isinstance(prompt, dict) else None
    return caption if isinstance(caption, dict) else {}


def _captions(data: Mapping[str, object]) -> list[Field]:
    """Of version 4 on, for files that lack the older keys."""
    return [
        *collect(_caption(data, "v4_prompt"), {PROMPT: "base_caption"}),
        *collect(_caption(data, "v4_negative_prompt"), {NEGATIVE_PROMPT: "base_caption"}),
    ]


def _characters(data: Mapping[str, object]) -> list[Field]:
    found = []
    for key, name in (("v4_prompt", "characters"), ("v4_negative_prompt", "negative characters")):
        captions = _caption(data, key).get("char_captions")
        texts = (
            [c.get("char_caption") for c in captions if isinstance(c, dict)]
            if isinstance(captions, list)
            else []
        )
        if texts:
            joined = text_of(texts) or ""
            found.append(Field(name, joined, joined))
    return found
