"""A Python script that makes the picture with diffusers.

Texts reach the script as Python literals only, so nothing in a prompt can become code.

Source: diffusers 0.42, ``StableDiffusionPipeline``, ``StableDiffusionXLPipeline`` and their image-to-image
kin; for the steps of the second pass, stable-diffusion-webui v1.10.1, ``modules/sd_samplers_common.py``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mezzotint.compiler.ir import Network, Program, Segment
from mezzotint.runtime.interchange.diffusers_parts import (
    FIRST_ONLY,
    LOAD,
    NOISE,
    PADDED,
    SD_ENCODE,
    WEIGHED,
    WITH_SECOND,
    XL_ENCODE,
)
from mezzotint.runtime.interchange.names import Named, diffusers_scheduler
from mezzotint.runtime.interchange.recipe import DEFAULT_SIZE, Recipe, Written
from mezzotint.runtime.metadata.tools.fields import model_name

NAME = "diffusers"

MARK = "from diffusers import"  # begins the line that tells such a script
_XL = re.compile(r"xl|pony|illustrious|noob", re.IGNORECASE)
_XL_AREA = 800 * 800
_SAFE_LENGTH = 120  # characters of a prompt that surely fits the text encoder's 77 tokens
_NETWORKS = frozenset({"lora", "lyco"})
_BETAS: Mapping[str, object] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the script does.

    Attributes:
        is_xl: the model is an SDXL one.
        weighs: prompts go through Mezzotint, for weights, breaks, length or clip skip.
        draws: the first noise comes from Mezzotint, for another source than the CPU, or variations.
        scheduler: class and options.
        networks: LoRA files to load: name, strength.
        has_second: a second pass follows.
    """

    is_xl: bool
    weighs: bool
    draws: bool
    scheduler: Named
    networks: tuple[tuple[str, float], ...]
    has_second: bool


def write(recipe: Recipe) -> Written:
    """The script."""
    plan = _plan(recipe)
    parts = [_head(plan), _constants(recipe, plan), _body(plan)]
    source = "# What this script was made of; mezzotint import reads it back where the rest is unchanged.\n"
    text = "\n\n".join(parts) + f"\n\n{source}INFOTEXT = {recipe.text!r}\n"
    return recipe.written(text)


def _plan(recipe: Recipe) -> _Plan:
    resolved = recipe.sampler()
    scheduler = diffusers_scheduler(resolved)
    for text in scheduler.notes:
        recipe.note(text)
    doubled = resolved is not None and resolved.sampler.second_order
    program = recipe.program(recipe.prompt, recipe.negative_prompt, is_second_order=doubled)
    name = recipe.settings.get("Model", "")
    width, height = recipe.size() or DEFAULT_SIZE
    is_xl = bool(_XL.search(name)) or width * height >= _XL_AREA
    recipe.note(f"the model is taken for {'SDXL' if is_xl else 'SD 1.x'} by its name and the picture's size")
    draws = recipe.get("RNG") != "CPU" or "Variation seed strength" in recipe.settings
    if draws and resolved is not None and resolved.sampler.name.endswith((" a", "SDE", "SDE Heun", "LCM")):
        recipe.note("the noise on the way is diffusers' own: only the first noise is the infotext's")
    networks = tuple(_networks(recipe, () if program is None else program.networks))
    has_second = recipe.has_second
    if not has_second and "Denoising strength" in recipe.settings:
        recipe.note("image to image is left out: the script makes the picture from noise alone")
    if program is not None:
        _note_program(recipe, program)
    skips = (
        not is_xl and (recipe.integer("Clip skip") or 1) > 1
    )  # the pipeline's own breaks on transformers 5
    weighs = skips or (program is not None and _needs_weights(program))
    return _Plan(is_xl, weighs, draws, scheduler, networks, has_second)


def _note_program(recipe: Recipe, program: Program) -> None:
    if len(program.positive) > 1:
        recipe.note("only the first part of AND goes along: the pipeline takes one prompt")
    if any(len(branch.timeline) > 1 for branch in (*program.positive, program.negative)):
        recipe.note("the prompt changes on the way: only its first text goes along")


def _needs_weights(program: Program) -> bool:
    """Whether the pipeline's own reading of the prompts would be another one."""
    for branch in (*program.positive, program.negative):
        entry = branch.timeline[0]
        plain = all(isinstance(piece, Segment) and piece.weight == 1.0 for piece in entry.pieces)
        is_changed = len(branch.timeline) > 1 or "\\" in entry.text
        if not plain or is_changed or len(entry.text) > _SAFE_LENGTH:
            return True
    return len(program.positive) > 1


def _networks(recipe: Recipe, networks: Sequence[Network]) -> Iterator[tuple[str, float]]:
    for network in networks:
        if network.kind not in _NETWORKS or not network.positional:
            recipe.note(f"no call for the network <{network.kind}:…>")
            continue
        recipe.get("Lora hashes")
        name, *rest = network.positional
        name = model_name(name)  # a path from a stranger's prompt leads nowhere
        try:
            strength = float(rest[0]) if rest else 1.0
        except ValueError:
            strength = 1.0
        if len(rest) > 1:
            recipe.note(f"the second strength of {name} is left out: diffusers has one for both models")
        recipe.note(f"the file of {name} is a guess: {name}.safetensors")
        yield name, strength if abs(strength) < float("inf") else 1.0


def _head(plan: _Plan) -> str:
    kind = "StableDiffusionXL" if plan.is_xl else "StableDiffusion"
    classes = [f"{kind}Pipeline", plan.scheduler.name]
    classes += [f"{kind}Img2ImgPipeline"] if plan.has_second else []
    lines = [
        '"""Make the picture that an infotext describes. Written by mezzotint export --to diffusers.',
        "",
        "Set MODEL to the checkpoint's file or folder, then run: python THIS_FILE [OUT.png]",
        '"""',
        "",
        "import os",
        "import sys",
        "",
        "import torch",
        f"{MARK} {', '.join(sorted(classes))}",
    ]
    if plan.weighs:
        encoder = "sdxl import SdxlEncoder" if plan.is_xl else "clip import ClipEncoder"
        lines += [
            "from mezzotint.compiler.conditioning.clip import encode_program",
            f"from mezzotint.compiler.conditioning.{encoder}",
            "from mezzotint.compiler.lower import compile_prompt",
        ]
    elif plan.networks:
        lines.append("from mezzotint.compiler.lower import compile_prompt")
    if plan.draws:
        lines.append("from mezzotint.runtime.noise import ImageNoise, NoiseSettings")
    return "\n".join(lines)


def _constants(recipe: Recipe, plan: _Plan) -> str:
    width, height = recipe.size() or DEFAULT_SIZE
    scale, seed = recipe.number("CFG scale"), recipe.integer("Seed")
    model = recipe.get("Model")
    if model is None:
        recipe.note("no model is named: set MODEL")
    rows: list[tuple[str, object]] = [
        ("MODEL", f"{model_name(model or 'model')}.safetensors"),
        ("MODEL_HASH", recipe.get("Model hash") or ""),
        ("PROMPT", recipe.prompt),
        ("NEGATIVE_PROMPT", recipe.negative_prompt),
        ("STEPS", recipe.steps),
        ("CFG_SCALE", 7.0 if scale is None else scale),
        ("SEED", 0 if seed is None else max(seed, 0)),
        ("WIDTH", width),
        ("HEIGHT", height),
        ("CLIP_SKIP", recipe.integer("Clip skip") or 1),
        ("SCHEDULER", plan.scheduler.name),
        ("SCHEDULER_OPTIONS", dict(plan.scheduler.options)),
        ("LORA_FOLDER", "."),
        ("NETWORKS", list(plan.networks)),
        ("RNG", recipe.settings.get("RNG", "GPU")),
    ]
    if plan.draws:
        rows.append(("VARIATION_SEED", recipe.integer("Variation seed") or 0))
        rows.append(("VARIATION_STRENGTH", recipe.number("Variation seed strength") or 0.0))
    if plan.has_second:
        rows += _second_rows(recipe)
    return "\n".join(f"{name} = {value!r}" for name, value in rows)


def _second_rows(recipe: Recipe) -> Iterator[tuple[str, object]]:
    upscaler = recipe.get("Hires upscaler") or "Latent"
    if not upscaler.startswith("Latent") and upscaler != "Lanczos":
        recipe.note(f"the second pass enlarges with Lanczos instead of {upscaler}")
    recipe.note("the second pass draws other noise than A1111: its picture is alike, not the same")
    strength = recipe.number("Denoising strength")
    yield "STRENGTH", 0.7 if strength is None else strength
    yield "HIRES_STEPS", recipe.integer("Hires steps") or recipe.steps
    yield "HIRES_SIZE", recipe.enlarged_size()
    yield "HIRES_LATENT", upscaler.startswith("Latent")


def _body(plan: _Plan) -> str:
    parts = [_load(plan)]
    encode = XL_ENCODE if plan.is_xl else SD_ENCODE
    parts += [WEIGHED.format(encode=encode), PADDED] if plan.weighs else [_plain(plan)]
    parts.append(NOISE if plan.draws else "")
    kind = "StableDiffusionXL" if plan.is_xl else "StableDiffusion"
    parts.append(WITH_SECOND.replace("{second}", f"{kind}Img2ImgPipeline") if plan.has_second else FIRST_ONLY)
    return "\n".join(part.strip("\n") for part in parts if part)


def _load(plan: _Plan) -> str:
    kind = "StableDiffusionXLPipeline" if plan.is_xl else "StableDiffusionPipeline"
    betas = ", ".join(f"{key}={value!r}" for key, value in _BETAS.items())
    return LOAD.format(kind=kind, scheduler=plan.scheduler.name, betas=betas)


def _plain(plan: _Plan) -> str:
    """Prompts as the pipeline reads them itself; LoRA tags are cut out before."""
    text = "compile_prompt(PROMPT).positive[0].timeline[0].text" if plan.networks else "PROMPT"
    return f'arguments = {{"prompt": {text}, "negative_prompt": NEGATIVE_PROMPT}}'
