"""InvokeAI, three generations of it: ``invokeai_metadata``, ``sd-metadata`` and ``Dream``.

Source: InvokeAI ``invokeai/app/invocations/metadata.py``, and ``ldm/invoke`` of versions 1 and 2.
"""

import re
from collections.abc import Iterator, Mapping

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Confidence, Field, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import (
    collect,
    generation,
    model,
    rest,
    sides,
    size,
    text_of,
    used_names,
)
from mezzotint.runtime.metadata.tools.samplers import sampler
from mezzotint.runtime.metadata.tools.weights import from_compel

NAME = "invokeai"

_NAMES = {
    PROMPT: "positive_prompt",
    NEGATIVE_PROMPT: "negative_prompt",
    "Steps": "steps",
    "CFG scale": "cfg_scale",
    "Distilled CFG Scale": "guidance",
    "Seed": "seed",
    "Denoising strength": "strength",
}
_USED = used_names(_NAMES, "width", "height", "scheduler", "model", "clip_skip", "rand_device")
_OLD_NAMES = {"Steps": "steps", "CFG scale": "cfg_scale", "Seed": "seed", "Denoising strength": "strength"}
_OLD_USED = used_names(_OLD_NAMES, "prompt", "width", "height", "sampler")
_FLAG = re.compile(r" -([A-Za-z])\s*+([^\s-]\S*)")
_FLAGS = {"s": "Steps", "S": "Seed", "C": "CFG scale", "f": "Denoising strength"}
_SAMPLERS = ("A", "m")  # the newer and the older flag
_DEVICES = {"cpu": "CPU", "cuda": "GPU"}


def read(found: Metadata) -> Generation | None:
    """The newest of the three that is there and can be read."""
    for keyword, reader in (("invokeai_metadata", _read_new), ("sd-metadata", _read_old)):
        text = found.find(keyword)
        data = load_object(text)
        if text is not None and data is not None and (result := reader(data, text)) is not None:
            return result
    text = found.find("Dream") or found.find("dream")
    return _read_dream(text) if text else None


def _read_new(data: Mapping[str, object], text: str) -> Generation:
    fields = collect(data, _NAMES) + sides(data) + sampler(data.get("scheduler"))
    used = data.get("model")
    if isinstance(used, dict):
        fields += model(used.get("name") or used.get("model_name"))
        fields += collect(used, {"Model hash": "hash"})
    decoder = data.get("vae")
    if isinstance(decoder, dict):
        fields += collect(decoder, {"VAE": ("name", "model_name")})
    skip, device = data.get("clip_skip"), text_of(data.get("rand_device"))
    if isinstance(skip, int) and skip > 0:  # layers left out, where A1111 counts from 1
        fields.append(Field("Clip skip", str(skip + 1), str(skip)))
    if device in _DEVICES:
        fields.append(Field("RNG", _DEVICES[device], device))
    return generation(NAME, text, fields, others=rest(data, _USED), convert=from_compel)


def _read_old(data: Mapping[str, object], text: str) -> Generation | None:
    image = data.get("image")
    if isinstance(image, list):  # of a grid
        image = image[0] if image else None
    if not isinstance(image, dict):
        return None
    fields = [*_prompts(_old_prompt(image.get("prompt"))), *collect(image, _OLD_NAMES)]
    fields += sides(image) + sampler(image.get("sampler"))
    fields += model(data.get("model_id") or data.get("model_weights")) + collect(
        data, {"Model hash": "model_hash"}
    )
    return generation(NAME, text, fields, others=rest(image, _OLD_USED), convert=from_compel)


def _old_prompt(value: object) -> str:
    """A text, or a list of texts with weights."""
    parts = value if isinstance(value, list) else [value]
    texts = (part.get("prompt") if isinstance(part, dict) else part for part in parts)
    return " ".join(text for text in texts if isinstance(text, str))


def _prompts(prompt: str) -> Iterator[Field]:
    """The negative prompt stands in square brackets inside the prompt."""
    positive, negative = split_brackets(prompt)
    confidence = Confidence.DERIVED if negative else Confidence.STATED
    yield Field(PROMPT, positive, prompt, confidence)
    yield Field(NEGATIVE_PROMPT, negative, negative, confidence)


def split_brackets(prompt: str) -> tuple[str, str]:
    """What stands outside and what inside of square brackets; brackets inside of others stay."""
    outside: list[str] = []
    inside: list[str] = []
    depth = start = 0
    for match in re.finditer(r"[\[\]]", prompt):
        if match[0] == "[":
            if depth == 0:
                outside.append(prompt[start : match.start()])
                start = match.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                inside.append(prompt[start : match.start()])
                start = match.end()
    (inside if depth else outside).append(prompt[start:])
    if not inside:
        return prompt, ""
    return re.sub(" {2,}", " ", "".join(outside)).strip(), " ".join(inside).strip()


def _read_dream(text: str) -> Generation | None:
    """``"prompt [negative]" -s 50 -S123 -W512 -H512 -C7.5 -A k_lms``."""
    start, end = text.find('"'), text.rfind('"')
    prompt, flags = (text[start + 1 : end], text[end + 1 :]) if end > start else ("", "")
    if not prompt:
        prompt, _, flags = text.partition(" -s")
        flags = f" -s{flags}"
    given = {match[1]: match[2] for match in _FLAG.finditer(flags)}
    if not given:
        return None
    fields = [*_prompts(prompt)]
    fields += [Field(key, given[flag], given[flag]) for flag, key in _FLAGS.items() if flag in given]
    fields += size(f"{given.get('W')}x{given.get('H')}") + sampler(
        next((given[flag] for flag in _SAMPLERS if flag in given), None)
    )
    return generation(NAME, text, fields, convert=from_compel)
