"""Prompts and settings under A1111's names, as JSON: the form that needs no other program."""

from collections.abc import Mapping

from mezzotint.runtime.interchange.recipe import InterchangeError, Recipe, Written, json_text, to_infotext
from mezzotint.runtime.metadata.strict_json import load_object

NAME = "json"


def write(recipe: Recipe) -> Written:
    """Prompts, settings as texts, and the infotext that they were read from."""
    record = {
        "prompt": recipe.prompt,
        "negative_prompt": recipe.negative_prompt,
        "settings": {key: recipe.get(key) for key in recipe.settings},
        "infotext": recipe.text,
    }
    return recipe.written(json_text(record))


def matches(data: Mapping[str, object]) -> bool:
    """Whether an object is such a record."""
    return isinstance(data.get("settings"), dict) and "prompt" in data


def read(text: str) -> Written:
    """The infotext of a record: the one in it where it says the same, else one made of prompts and settings.

    Raises:
        InterchangeError: it is none.
    """
    data = load_object(text)
    settings = None if data is None else data.get("settings")
    if data is None or not isinstance(settings, dict):
        raise InterchangeError("this is no record: JSON with prompt, negative_prompt and settings")
    source = data.get("infotext")
    if isinstance(source, str):
        told = Recipe(source)
        same = told.prompt == data.get("prompt") and told.negative_prompt == data.get("negative_prompt")
        if same and dict(told.settings) == settings:
            return Written(source)
    prompts = str(data.get("prompt") or ""), str(data.get("negative_prompt") or "")
    return to_infotext(*prompts, settings.items())
