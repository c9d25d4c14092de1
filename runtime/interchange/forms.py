"""The forms that can be written and read, by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mezzotint.runtime.interchange import (
    a1111_api,
    civitai,
    comfyui,
    diffusers_script,
    diffusers_source,
    record,
)
from mezzotint.runtime.interchange.recipe import InterchangeError, Recipe, Written
from mezzotint.runtime.metadata.strict_json import load_object

A1111 = "a1111"


@dataclass(frozen=True, slots=True)
class Form:
    """How one form is written from an infotext, and read back into one."""

    write: Callable[[Recipe], Written]
    read: Callable[[str], Written]


FORMS: Mapping[str, Form] = {
    A1111: Form(lambda recipe: Written(recipe.text), Written),
    a1111_api.NAME: Form(a1111_api.write, a1111_api.read),
    comfyui.NAME: Form(comfyui.write, comfyui.read),
    diffusers_script.NAME: Form(diffusers_script.write, diffusers_source.read),
    civitai.NAME: Form(civitai.write, civitai.read),
    record.NAME: Form(record.write, record.read),
}


_OBJECT = re.compile(r'\s*\{\s*"[^"\n]*"\s*:')
_SIGNS: Mapping[str, Callable[[Mapping[str, object]], bool]] = {  # in the order in which they are asked
    comfyui.NAME: comfyui.matches,
    record.NAME: record.matches,
    civitai.NAME: civitai.matches,
    a1111_api.NAME: a1111_api.matches,
}


def export_text(infotext: str, form: str) -> Written:
    """An infotext in another form, and notes on what that form cannot say.

    Raises:
        InterchangeError: there is no such form.
    """
    return _form(form).write(Recipe(infotext))


def import_text(text: str, form: str | None = None) -> Written:
    """The infotext of a text in another form; which one, its content tells unless ``form`` does.

    Raises:
        InterchangeError: the text is not in that form, or there is no such form.
    """
    return _form(form or form_of(text)).read(text)


def form_of(text: str) -> str:
    """The form that a text is in; every text that is in no other is an infotext."""
    if diffusers_source.matches(text):
        return diffusers_script.NAME
    data = load_object(text)
    if data is not None:
        found = next((name for name, matches in _SIGNS.items() if matches(data)), None)
        if found is not None:
            return found
        raise InterchangeError("this JSON is in no form that is known; known are those of mezzotint export")
    if _OBJECT.match(text):
        raise InterchangeError("this begins as JSON and is none: it is damaged or cut off; save it again")
    return A1111


def _form(name: str) -> Form:
    if name not in FORMS:
        raise InterchangeError(f"no form is called {name!r}; choose one of {', '.join(FORMS)}")
    return FORMS[name]
