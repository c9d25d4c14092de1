"""What a script for diffusers says; it is parsed, and never run."""

import ast
from collections.abc import Iterator, Mapping

from mezzotint.runtime.interchange.diffusers_script import MARK, write
from mezzotint.runtime.interchange.recipe import InterchangeError, Recipe, Written, to_infotext
from mezzotint.runtime.sampler_diffusers import Options, meaning_of

_MAX_SCRIPT = 1 << 20  # characters
_CONSTANTS = {
    "CFG_SCALE": "CFG scale",
    "SEED": "Seed",
    "CLIP_SKIP": "Clip skip",
    "MODEL_HASH": "Model hash",
    "RNG": "RNG",
    "STRENGTH": "Denoising strength",
    "HIRES_STEPS": "Hires steps",
}
_UNWRITTEN: Mapping[str, object] = {"CLIP_SKIP": 1, "RNG": "GPU"}  # A1111 leaves out what it does anyway


def matches(text: str) -> bool:
    """Whether a text is a script for diffusers."""
    return len(text) <= _MAX_SCRIPT and MARK in text and "Pipeline" in text


def read(text: str) -> Written:
    """The infotext of such a script; the script is parsed, never run.

    Raises:
        InterchangeError: it is none, or no constant in it says what was asked for.
    """
    found = _literals(text)
    source = found.get("INFOTEXT")
    if isinstance(source, str) and write(Recipe(source)).text.rstrip() == text.replace("\r\n", "\n").rstrip():
        return Written(source)
    prompt, negative = found.get("PROMPT"), found.get("NEGATIVE_PROMPT", "")
    if not isinstance(prompt, str) or not isinstance(negative, str):
        raise InterchangeError(
            "the script has no constant PROMPT; only scripts like those of mezzotint export are read"
        )
    return to_infotext(prompt, negative, _items(found))


def _literals(text: str) -> Mapping[str, object]:
    """The constants of a script."""
    if not matches(text):
        raise InterchangeError("this is no script for diffusers: it imports no pipeline")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InterchangeError(f"this is no Python script: {error}") from error
    found: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                continue
    return found


def _items(found: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    yield "Steps", found.get("STEPS")
    scheduler, options = found.get("SCHEDULER"), found.get("SCHEDULER_OPTIONS")
    yield from _sampler(scheduler, options if isinstance(options, dict) else {})
    for name, key in _CONSTANTS.items():
        if found.get(name) != _UNWRITTEN.get(name):
            yield key, found.get(name)
    if "WIDTH" in found and "HEIGHT" in found:
        yield "Size", f"{found['WIDTH']}x{found['HEIGHT']}"
    model = found.get("MODEL")
    yield "Model", model.removesuffix(".safetensors") if isinstance(model, str) else None
    size = found.get("HIRES_SIZE")
    if isinstance(size, tuple) and len(size) == 2:
        yield "Hires resize", f"{size[0]}x{size[1]}"
        yield "Hires upscaler", "Latent" if found.get("HIRES_LATENT") else "Lanczos"


def _sampler(scheduler: object, options: Options) -> Iterator[tuple[str, object]]:
    try:
        meaning = meaning_of("diffusers", str(scheduler), str(scheduler), options)
    except (KeyError, TypeError):
        return
    if meaning.target:
        yield "Sampler", meaning.target
        yield "Schedule type", meaning.schedule or None
