"""The body of a request to A1111's ``/sdapi/v1/txt2img``, or ``img2img``.

Source: stable-diffusion-webui v1.10.1, ``modules/api/models.py`` and ``modules/infotext_utils.py`` (which
setting of the program an infotext's key restores).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mezzotint.runtime.interchange.recipe import InterchangeError, Recipe, Written, json_text, to_infotext
from mezzotint.runtime.metadata.strict_json import load_object

NAME = "a1111-api"

# A1111's name, the request's field, its type.
_FIELDS: tuple[tuple[str, str, type], ...] = (
    ("Steps", "steps", int),
    ("Sampler", "sampler_name", str),
    ("Schedule type", "scheduler", str),
    ("CFG scale", "cfg_scale", float),
    ("Seed", "seed", int),
    ("Variation seed", "subseed", int),
    ("Variation seed strength", "subseed_strength", float),
    ("Denoising strength", "denoising_strength", float),
    ("Sigma churn", "s_churn", float),
    ("Sigma tmin", "s_tmin", float),
    ("Sigma tmax", "s_tmax", float),
    ("Sigma noise", "s_noise", float),
    ("NGMS", "s_min_uncond", float),
    ("Tiling", "tiling", bool),
    ("Refiner", "refiner_checkpoint", str),
    ("Refiner switch at", "refiner_switch_at", float),
)
_HIRES: tuple[tuple[str, str, type], ...] = (
    ("Hires upscale", "hr_scale", float),
    ("Hires steps", "hr_second_pass_steps", int),
    ("Hires upscaler", "hr_upscaler", str),
    ("Hires checkpoint", "hr_checkpoint_name", str),
    ("Hires sampler", "hr_sampler_name", str),
    ("Hires schedule type", "hr_scheduler", str),
    ("Hires prompt", "hr_prompt", str),
    ("Hires negative prompt", "hr_negative_prompt", str),
)
_IMAGE: tuple[tuple[str, str, type], ...] = (
    ("Mask blur", "mask_blur", int),
    ("Masked area padding", "inpaint_full_res_padding", int),
    ("Noise multiplier", "initial_noise_multiplier", float),
    ("Image CFG scale", "image_cfg_scale", float),
)
_SETTINGS: tuple[tuple[str, str, type], ...] = (
    ("Clip skip", "CLIP_stop_at_last_layers", int),
    ("ENSD", "eta_noise_seed_delta", int),
    ("RNG", "randn_source", str),
    ("Emphasis", "emphasis", str),
    ("VAE", "sd_vae", str),
    ("Eta", "eta_ancestral", float),
    ("Eta DDIM", "eta_ddim", float),
    ("Conditional mask weight", "inpainting_mask_weight", float),
    ("Discard penultimate sigma", "always_discard_next_to_last_sigma", bool),
    ("Downcast alphas_cumprod", "use_downcasted_alpha_bar", bool),
    ("Extra noise", "img2img_extra_noise", float),
    ("Hires refiner", "hires_fix_refiner_pass", str),
    ("NGMS all steps", "s_min_uncond_all", bool),
    ("Noise Schedule", "sd_noise_schedule", str),
    ("Old prompt editing timelines", "use_old_scheduling", bool),
    ("Pad conds", "pad_cond_uncond", bool),
    ("Pad conds v0", "pad_cond_uncond_v0", bool),
    ("Refiner switch by sampling steps", "refiner_switch_by_sample_steps", bool),
    ("SGM noise multiplier", "sgm_noise_multiplier", bool),
    ("Schedule max sigma", "sigma_max", float),
    ("Schedule min sigma", "sigma_min", float),
    ("Schedule rho", "rho", float),
    ("Beta schedule alpha", "beta_dist_alpha", float),
    ("Beta schedule beta", "beta_dist_beta", float),
    ("Skip Early CFG", "skip_early_cond", float),
    ("Token merging ratio", "token_merging_ratio", float),
    ("Token merging ratio hr", "token_merging_ratio_hr", float),
    ("UniPC lower order final", "uni_pc_lower_order_final", bool),
    ("UniPC order", "uni_pc_order", int),
    ("UniPC skip type", "uni_pc_skip_type", str),
    ("UniPC variant", "uni_pc_variant", str),
    ("VAE Decoder", "sd_vae_decode_method", str),
    ("VAE Encoder", "sd_vae_encode_method", str),
)
# The web UI binds the second number of this pair to the width: what it shows as 1x2 it takes as 2x1.
_RESIZE_FROM = "Seed resize from"
_CHECKPOINT = "sd_model_checkpoint"
_HASH = re.compile(r"[0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{64}")


def write(recipe: Recipe) -> Written:
    """The request's body."""
    body: dict[str, Any] = {"prompt": recipe.prompt, "negative_prompt": recipe.negative_prompt}
    body |= _read(recipe, _FIELDS)
    size = recipe.size()
    if size is not None:
        body["width"], body["height"] = size
    resized = recipe.size(_RESIZE_FROM)
    if resized is not None:
        body["seed_resize_from_w"], body["seed_resize_from_h"] = resized
    if recipe.get("Face restoration"):
        body["restore_faces"] = True
    if recipe.has_second:
        body |= _hires(recipe)
    elif "denoising_strength" in body:
        body |= _read(recipe, _IMAGE)
        recipe.note("image to image: put the picture into init_images, and post to /sdapi/v1/img2img")
    settings = _read(recipe, _SETTINGS)
    model, digest = recipe.get("Model"), recipe.get("Model hash")
    if model or digest:
        settings[_CHECKPOINT] = f"{model} [{digest}]" if model and digest else model or digest
    if digest and not model and not _HASH.fullmatch(digest):
        recipe.note(f"Model hash {digest!r} is no hash: A1111 takes it for a name")
    body["override_settings"] = settings
    if recipe.get("Version"):  # by which A1111 tells how old prompts were meant
        recipe.note("no place for: Version")
    return recipe.written(json_text(body))


def _read(recipe: Recipe, table: tuple[tuple[str, str, type], ...]) -> dict[str, Any]:
    found = ((theirs, _value(recipe, key, kind)) for key, theirs, kind in table)
    return {theirs: value for theirs, value in found if value is not None}


def _value(recipe: Recipe, key: str, kind: type) -> object | None:
    if kind is int:
        return recipe.integer(key)
    if kind is float:
        return recipe.number(key)
    value = recipe.get(key)
    return value == "True" if kind is bool and value is not None else value


def _hires(recipe: Recipe) -> dict[str, Any]:
    body: dict[str, Any] = {"enable_hr": True, **_read(recipe, _HIRES)}
    resize = recipe.size("Hires resize")
    if resize is not None:
        body["hr_resize_x"], body["hr_resize_y"] = resize
    return body


def matches(data: Mapping[str, object]) -> bool:
    """Whether an object is a request."""
    return "prompt" in data and ("sampler_name" in data or "cfg_scale" in data or "override_settings" in data)


def read(text: str) -> Written:
    """The infotext of a request.

    Raises:
        InterchangeError: it is none.
    """
    body = load_object(text)
    if body is None or not matches(body):
        raise InterchangeError(
            "this is no request to A1111: JSON with a prompt and sampler_name or cfg_scale"
        )
    settings = body.get("override_settings")
    stated = settings if isinstance(settings, dict) else {}
    notes = ["the picture that it begins with is not in an infotext"] if body.get("init_images") else []
    items = list(_items(body, stated))
    prompts = str(body.get("prompt") or ""), str(body.get("negative_prompt") or "")
    return to_infotext(*prompts, items, notes)


def _items(body: Mapping[str, object], stated: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, theirs, _ in _FIELDS[:5]:
        yield key, body.get(theirs)
    yield "Size", _pair(body, "width", "height")
    checkpoint = str(stated.get(_CHECKPOINT) or "")
    name, _, digest = checkpoint.rstrip("]").rpartition(" [") if " [" in checkpoint else _named(checkpoint)
    yield "Model hash", digest or None
    yield "Model", name or None
    for key, theirs, _ in _FIELDS[5:]:
        yield key, _meant(body.get(theirs))
    yield _RESIZE_FROM, _pair(body, "seed_resize_from_w", "seed_resize_from_h")
    if body.get("enable_hr"):
        yield "Hires resize", _pair(body, "hr_resize_x", "hr_resize_y")
        for key, theirs, _ in _HIRES:
            yield key, _meant(body.get(theirs))
    else:
        for key, theirs, _ in _IMAGE:
            yield key, _meant(body.get(theirs))
    for key, theirs, _ in _SETTINGS:
        yield key, _meant(stated.get(theirs))


def _named(checkpoint: str) -> tuple[str, str, str]:
    """A checkpoint that is told by its name or, as A1111 allows, by a hash alone."""
    return ("", "", checkpoint) if _HASH.fullmatch(checkpoint) else (checkpoint, "", "")


def _meant(value: object) -> object:
    """A value that is worth writing: "off" is left out, as A1111 does."""
    return None if value is False else value


def _pair(body: Mapping[str, object], first: str, second: str) -> str | None:
    width, height = body.get(first), body.get(second)
    are_numbers = isinstance(width, int) and isinstance(height, int)
    return f"{width}x{height}" if are_numbers and (width or height) else None
