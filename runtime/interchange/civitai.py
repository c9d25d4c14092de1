"""The object in which Civitai's site keeps what a picture's metadata say, with its resources.

Source: Civitai's public API, ``/api/v1/images``, field ``meta``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mezzotint.compiler.lower import positive_text
from mezzotint.runtime.interchange.recipe import InterchangeError, Recipe, Written, json_text, to_infotext
from mezzotint.runtime.metadata.strict_json import load_object

NAME = "civitai"

_NAMES = {
    "Steps": "steps",
    "Sampler": "sampler",
    "CFG scale": "cfgScale",
    "Seed": "seed",
    "Clip skip": "clipSkip",
}
_INTEGERS = frozenset({"Steps", "Seed", "Clip skip"})
_HASHES = re.compile(r"([^,:]+): *([0-9a-fA-F]+)")
_KEPT = ("resources", "hashes", "prompt", "negativePrompt", "civitaiResources")


def write(recipe: Recipe) -> Written:
    """The object."""
    meta: dict[str, Any] = {"prompt": recipe.prompt, "negativePrompt": recipe.negative_prompt}
    for key, theirs in _NAMES.items():
        value: object = recipe.integer(key) if key in _INTEGERS else recipe.get(key)
        value = recipe.number(key) if key == "CFG scale" else value
        if value is not None:
            meta[theirs] = value
    resources = list(_resources(recipe))
    for key in recipe.settings:
        if key not in _NAMES:
            meta[key] = recipe.get(key)
    hashes = {_label(one): one["hash"] for one in resources if one.get("hash")}
    meta |= {"resources": resources, "hashes": hashes}
    return recipe.written(json_text(meta))


def _label(resource: Mapping[str, Any]) -> str:
    return "model" if resource["type"] == "model" else f"{resource['type']}:{resource['name']}"


def _resources(recipe: Recipe) -> Iterator[dict[str, Any]]:
    model, digest = recipe.get("Model"), recipe.get("Model hash")
    if model or digest:
        yield _resource("model", model or "", digest)
    hashes = dict(_HASHES.findall(recipe.get("Lora hashes") or ""))
    known = {name.strip(): value for name, value in hashes.items()}
    for network in positive_text(recipe.prompt)[1]:
        if network.kind in {"lora", "lyco"} and network.positional:
            name, *strengths = network.positional
            yield _resource("lora", name, known.get(name)) | {"weight": _number(strengths)}
    for name, value in _HASHES.findall(recipe.get("TI hashes") or ""):
        yield _resource("embed", name.strip(), value)


def _resource(kind: str, name: str, digest: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"type": kind, "name": name}
    return found | {"hash": digest} if digest else found


def _number(strengths: list[str]) -> float:
    try:
        return float(strengths[0]) if strengths else 1.0
    except ValueError:
        return 1.0


def matches(data: Mapping[str, object]) -> bool:
    """Whether an object is one of Civitai's."""
    return "cfgScale" in data or "negativePrompt" in data


def read(text: str) -> Written:
    """The infotext of such an object.

    Raises:
        InterchangeError: it is none.
    """
    meta = load_object(text)
    inner = None if meta is None else meta.get("meta")
    meta = inner if isinstance(inner, dict) else meta
    if meta is None or not matches(meta):
        raise InterchangeError("this is not Civitai's form: JSON with prompt, negativePrompt and cfgScale")
    items = [(key, meta.get(theirs)) for key, theirs in _NAMES.items()]
    resources = meta.get("resources")
    models = [one for one in resources if _is_model(one)] if isinstance(resources, list) else []
    first = models[0] if models else {}
    items += [("Model hash", first.get("hash")), ("Model", first.get("name"))]
    said = {key for key, value in items if value}
    left = [key for key in meta if key not in {*_NAMES.values(), *_KEPT, *said}]
    plain = [(key, meta[key]) for key in left if isinstance(meta[key], str | int | float)]
    lost = [key for key in left if not isinstance(meta[key], str | int | float)]
    notes = (f"no place for: {', '.join(lost)}",) if lost else ()
    prompts = str(meta.get("prompt") or ""), str(meta.get("negativePrompt") or "")
    return to_infotext(*prompts, [*items, *plain], notes)


def _is_model(resource: object) -> bool:
    return isinstance(resource, dict) and resource.get("type") in {"model", "checkpoint"}
