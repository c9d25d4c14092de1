"""Easy Diffusion: a text for each setting, or one JSON object in EXIF; and pages that write alike.

Source: Easy Diffusion ``ui/easydiffusion/utils/save_utils.py``; files of Hugging Face spaces.
"""

import re
from collections.abc import Mapping

from mezzotint.runtime.metadata.generation import NEGATIVE_PROMPT, PROMPT, Generation
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import (
    collect,
    first,
    generation,
    model,
    rest,
    sides,
    size,
    text_of,
    used_names,
)
from mezzotint.runtime.metadata.tools.samplers import sampler

NAME = "easydiffusion"
SPACE = "hf-space"

# The key, and the label that text files and some pictures have instead.
_NAMES = {
    PROMPT: ("prompt", "Prompt"),
    NEGATIVE_PROMPT: ("negative_prompt", "Negative Prompt"),
    "Steps": ("num_inference_steps", "Steps"),
    "CFG scale": ("guidance_scale", "Guidance Scale"),
    "Distilled CFG Scale": ("distilled_guidance_scale", "Distilled Guidance"),
    "Seed": ("seed", "Seed"),
    "Denoising strength": ("prompt_strength", "Prompt Strength"),
    "Model hash": ("Model hash",),
}
_MODELS = ("use_stable_diffusion_model", "Stable Diffusion model", "Model")
_VAES = ("use_vae_model", "VAE model")
_SAMPLERS = ("sampler_name", "Sampler", "sampler")
_SCHEDULERS = ("scheduler_name", "Scheduler")
_SIZES = ("width", "height", "Width", "Height", "resolution")
_OTHER_LABELS = frozenset(
    {"ControlNet model", "ControlNet Filter", "ControlNet Strength", "LoRA model", "LoRA Strength"}
    | {"Hypernetwork model", "Hypernetwork Strength", "Embedding models", "Seamless Tiling"}
    | {"Use Face Correction", "Use Upscaling", "Upscale By", "Latent Upscaler Steps"}
)
_LABELLED = ("Prompt", "Guidance Scale")  # both stand in every text file
_LINE = re.compile(r"^([A-Z][\w ]{2,40}): ?", re.MULTILINE)
_USED = used_names(_NAMES, *_MODELS, *_VAES, *_SAMPLERS, *_SCHEDULERS, *_SIZES, "clip_skip", "Clip Skip")


def read(found: Metadata) -> Generation | None:
    """An object, the lines of a text file, or the texts of a PNG taken together as one."""
    data = load_object(found.parameters) or _labelled(found.parameters or "")
    text = found.parameters
    if data is None:
        data = {entry.keyword: entry.text for entry in found.entries}
        text = "\n".join(f"{entry.keyword}: {entry.text}" for entry in found.entries)
    if text is None or ("num_inference_steps" not in data and "Negative Prompt" not in data):
        return None
    is_space = not any(name in data for name in _MODELS[:2]) and "resolution" in data
    return _read(SPACE if is_space else NAME, data, text)


def _labelled(text: str) -> dict[str, object] | None:
    """The values behind the labels of a text file; a prompt may have several lines, and any label in it."""
    if not text.startswith(f"{_LABELLED[0]}: ") or f"\n{_LABELLED[1]}: " not in text:
        return None
    found = [match for match in _LINE.finditer(text) if match[1] in _USED | _OTHER_LABELS]
    ends = [match.start() for match in found[1:]] + [len(text)]
    values: dict[str, object] = {}
    for match, end in zip(found, ends, strict=True):
        values.setdefault(match[1], text[match.end() : end].strip())
    return values


def _read(tool: str, data: Mapping[str, object], text: str) -> Generation:
    fields = (
        collect(data, _NAMES) + sides(data) + sides(data, "Width", "Height") + size(data.get("resolution"))
    )
    used = first(data, _MODELS)
    if isinstance(used, dict):  # of some spaces
        fields += collect(used, {"Model hash": "Model hash"})
        used = used.get("Model")
    fields += model(used) + collect({"vae": first(data, _VAES)}, {"VAE": "vae"})
    fields += sampler(first(data, _SAMPLERS), first(data, _SCHEDULERS))
    skips = text_of(first(data, ("clip_skip", "Clip Skip")))
    if skips == "True":  # it knows only whether to skip the last layer
        fields += collect({"skip": "2"}, {"Clip skip": "skip"})
    return generation(tool, text, fields, others=rest(data, _USED))
