"""What the value of a configuration's key can be: in words, for readers, and as JSON Schema has it."""

from typing import Any, ClassVar, NamedTuple, TypeAlias

Schema: TypeAlias = dict[str, Any]
Table: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


class Flag:
    """True or false."""

    words = "true or false"
    schema: ClassVar[Schema] = {"type": "boolean"}

    def __call__(self, value: Any) -> bool | None:
        """The value; ``None`` if it is of another kind, as everywhere here."""
        return value if isinstance(value, bool) else None


class Text:
    """A text that is not empty."""

    schema: ClassVar[Schema] = {"type": "string", "minLength": 1}

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, value: Any) -> str | None:
        """The value."""
        return value if isinstance(value, str) and value else None


class Texts:
    """A list of texts."""

    schema: ClassVar[Schema] = {"type": "array", "items": {"type": "string"}}

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, value: Any) -> tuple[str, ...] | None:
        """The value as a tuple."""
        is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return tuple(value) if is_list else None


class TextsByName:
    """A table of lists of texts."""

    schema: ClassVar[Schema] = {"type": "object", "additionalProperties": Texts.schema}

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, value: Any) -> Table | None:
        """The value as pairs."""
        if not isinstance(value, dict):
            return None
        rows = [(name, Texts("")(texts)) for name, texts in value.items()]
        kept = tuple((name, texts) for name, texts in rows if texts is not None)
        return kept if len(kept) == len(rows) else None


class OneOf:
    """One of a few words."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known
        self.words = f"one of {', '.join(known)}"
        self.schema: Schema = {"enum": list(known)}

    def __call__(self, value: Any) -> str | None:
        """The value."""
        return value if isinstance(value, str) and value in self._known else None


class Whole:
    """A whole number from 1."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.words = f"a whole number from 1 to {most}"
        self.schema: Schema = {"type": "integer", "minimum": 1, "maximum": most}

    def __call__(self, value: Any) -> int | None:
        """The value."""
        return value if type(value) is int and 0 < value <= self._most else None


Kind: TypeAlias = Flag | Text | Texts | TextsByName | OneOf | Whole


class Key(NamedTuple):
    """What a key must be, in words, and how it is read; ``None`` is refused."""

    wanted: str
    read: Kind


def key(kind: Kind) -> Key:
    """The key for values of a kind."""
    return Key(kind.words, kind)
