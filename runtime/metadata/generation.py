"""How a picture was made, in the same words whichever program wrote it down."""

from dataclasses import dataclass
from enum import StrEnum

PROMPT = "Prompt"
NEGATIVE_PROMPT = "Negative prompt"


class Confidence(StrEnum):
    """How sure a field is.

    ``STATED``: the file says it in a place that exists to say it. ``DERIVED``: it follows from what the file
    says, by tracing a graph or by what the program is known to do. ``GUESSED``: there were other readings.
    """

    STATED = "stated"
    DERIVED = "derived"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing known about a picture.

    ``key`` is A1111's name for it and ``value`` is in A1111's words; ``written`` is what the file says.
    """

    key: str
    value: str
    written: str
    confidence: Confidence = Confidence.STATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What the metadata of one picture say about its making.

    Attributes:
        tool: the program, such as ``a1111`` or ``comfyui``.
        fields: prompts and settings, under A1111's names.
        others: what A1111 has no name for, under the program's own.
        missing: what it takes to make the very same picture, and the file does not say.
        notes: what else to know, such as two texts that contradict each other.
        infotext: prompts and settings as A1111 would write them, weights of the prompt included; None when
            there is no prompt.
        source: the text that all this was read from, as it stands in the file.
    """

    tool: str
    fields: tuple[Field, ...] = ()
    others: tuple[Field, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    infotext: str | None = None
    source: str = ""

    def field(self, key: str) -> Field | None:
        """The field with A1111's name ``key``."""
        return next((field for field in self.fields if field.key == key), None)

    def get(self, key: str) -> str | None:
        """The value of the field with A1111's name ``key``."""
        field = self.field(key)
        return None if field is None else field.value

    @property
    def prompt(self) -> str | None:
        """The prompt as the program's user wrote it; None when the file has none."""
        return self.get(PROMPT)

    @property
    def negative_prompt(self) -> str | None:
        """The negative prompt as the program's user wrote it; None when the file has none."""
        return self.get(NEGATIVE_PROMPT)

    @property
    def settings(self) -> tuple[Field, ...]:
        """The fields that are no prompts."""
        return tuple(field for field in self.fields if field.key not in {PROMPT, NEGATIVE_PROMPT})
