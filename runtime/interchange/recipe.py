"""What an infotext asks for, and which of it has been told onwards."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mezzotint.compiler.ir import Program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.record import Infotext, Setting, size_of
from mezzotint.grammar.infotext.text import MIN_ITEMS, render
from mezzotint.runtime.metadata.tools.items import parse_leniently
from mezzotint.runtime.sampler_table import Resolved, resolve_recorded

_UNPRINTABLE = re.compile(r"[^\n -~]")
_MAX_DIGITS = 30  # more is no setting, and int() refuses thousands
DEFAULT_SIZE = (512, 512)
_SCALE = 2.0  # of the second pass, where the text does not say
_DEFAULT_STEPS = 20
_MAX_STEPS = 1000  # more costs memory for timelines that nobody samples
_NO_MARK = frozenset({"Version"})  # says who wrote the text, and asks for nothing


class InterchangeError(MezzotintError):
    """A text cannot be translated; the message says which, and the remedy."""


@dataclass(frozen=True, slots=True)
class Written:
    """A translation, and notes on what it cannot say."""

    text: str
    notes: tuple[str, ...] = ()


class Recipe:
    """An infotext, taken apart. It remembers which settings were asked for, so that none is lost silently.

    Attributes:
        text: the infotext.
        prompt, negative_prompt: as A1111 reads them.
        notes: what the translation does not say, or says only nearly; each once.
    """

    def __init__(self, text: str) -> None:
        parts = parse_leniently(text)
        self.text = text
        self.prompt, self.negative_prompt = parts.prompt, parts.negative_prompt
        self.settings: Mapping[str, str] = parts.settings
        self._used: set[str] = set(_NO_MARK)
        self._notes: dict[str, None] = dict.fromkeys(parts.notes)

    def note(self, text: str) -> None:
        """Say what is lost."""
        self._notes[text] = None

    def get(self, key: str) -> str | None:
        """The text of a setting, which counts as told from now on."""
        self._used.add(key)
        return self.settings.get(key)

    def number(self, key: str) -> float | None:
        """A number; None where there is none."""
        value = self.get(key)
        if value is None:
            return None
        try:
            number = float(value) if len(value) <= _MAX_DIGITS else float("nan")
        except ValueError:
            number = float("nan")
        if not abs(number) < float("inf"):
            self.note(f"{key} is left out: {value[:_MAX_DIGITS]!r} is no number")
            return None
        return number

    def integer(self, key: str) -> int | None:
        """A whole number; None where there is none. Large ones, such as seeds, stay exact."""
        value = self.get(key)
        if value is not None and len(value) <= _MAX_DIGITS and value.lstrip("-").isdecimal():
            try:
                return int(value)
            except ValueError:
                pass
        number = self.number(key)
        if number is not None and not number.is_integer():
            self.note(f"{key} is cut off to {int(number)}: {value!r} is no whole number")
        return None if number is None else int(number)

    def size(self, key: str = "Size") -> tuple[int, int] | None:
        """Width and height in pixels."""
        value = self.get(key) or ""
        pair = size_of(value)
        if pair is None or max(map(len, pair)) > len("100000"):
            if value:
                self.note(f"{key} is left out: {value[:_MAX_DIGITS]!r} is no size such as 512x768")
            return None
        return int(pair[0]), int(pair[1])

    def sampler(self, key: str = "Sampler", schedule: str = "Schedule type") -> Resolved | None:
        """Sampler and schedule; None, and a note, where A1111 has no such."""
        sampler, label = self.get(key), self.get(schedule)
        if sampler is None and label is None:
            return None
        try:
            return resolve_recorded(sampler, label, self.settings.get("Version", ""))
        except MezzotintError as error:
            self.note(str(error))
            return None

    @property
    def steps(self) -> int:
        """The steps, or A1111's default."""
        return min(max(self.integer("Steps") or _DEFAULT_STEPS, 1), _MAX_STEPS)

    @property
    def has_second(self) -> bool:
        """Whether a second pass, "hires fix", was made."""
        return any(f"Hires {key}" in self.settings for key in ("upscale", "resize", "upscaler"))

    def enlarged_size(self) -> tuple[int, int]:
        """Width and height of the second pass; a side of 0 follows from the other."""
        width, height = self.size() or DEFAULT_SIZE
        wide, high = self.size("Hires resize") or (0, 0)
        if wide and high:
            return wide, high
        scale = self.number("Hires upscale") or _SCALE
        if wide or high:
            scale = wide / max(width, 1) if wide else high / max(height, 1)
        return int(width * scale), int(height * scale)

    def program(self, prompt: str, negative_prompt: str, *, is_second_order: bool) -> Program | None:
        """The compiled prompts; None, and a note, where A1111 would refuse them."""
        clock = Clock(self.steps * (2 if is_second_order else 1))
        try:
            return compile_prompt(prompt, negative_prompt, clock=clock)
        except MezzotintError as error:
            self.note(f"the prompt goes along as plain text: {str(error).splitlines()[0]}")
            return None

    def written(self, text: str) -> Written:
        """The result with all notes; settings that nobody asked for are named."""
        left = [key for key in self.settings if key not in self._used]
        notes = [*self._notes]
        if left:
            notes.append(f"no place for: {', '.join(left)}")
        return Written(text, tuple(notes))


def to_infotext(
    prompt: str, negative_prompt: str, items: Iterable[tuple[str, object]], notes: Iterable[str] = ()
) -> Written:
    """An infotext of parts that another program wrote; None and empty texts are left out."""
    settings = tuple(
        Setting.of(key, shown(value)) for key, value in items if value is not None and shown(value) != ""
    )
    told = [*notes]
    if settings and len(settings) < MIN_ITEMS:
        keys = ", ".join(setting.key for setting in settings)
        told.append(
            f"{keys} left out: an infotext reads fewer than {MIN_ITEMS} settings as a part of the prompt"
        )
        settings = ()
    return Written(render(Infotext(prompt, negative_prompt, settings)), tuple(told))


def shown(value: object) -> str:
    """A value as A1111 writes it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def json_text(value: object) -> str:
    """JSON that a person can read, and that cannot drive a terminal: what is not printable is spelled."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return text if text.replace("\n", "").isprintable() else _UNPRINTABLE.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]
