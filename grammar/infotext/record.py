"""What an infotext says, and where in the text it says it."""

import re
from dataclasses import dataclass, field
from typing import Self

from mezzotint.grammar.infotext.quoting import Value, quote, unquote
from mezzotint.grammar.nodes import Node
from mezzotint.grammar.span import Span
from mezzotint.grammar.text_map import TextMap

_SIZE = re.compile(r"(\d+)x(\d+)$")  # "$", as the reference: a line feed may follow
_SIZE_DIGITS = 9  # more is no picture, and int() refuses thousands of digits
_NOWHERE = Span(0, 0)


def size_of(value: str) -> tuple[str, str] | None:
    """The two numbers of a value like ``512x768``, as texts; None for any other value."""
    match = _SIZE.match(value)
    return (match[1], match[2]) if match else None


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """One ``key: value`` item. Equal when key and value are, however the value was quoted.

    ``value`` is None when nothing follows the colon: such an item counts as absent. ``raw`` is the value
    as it stands in the text, and ``colon`` what stands before it, spaces included.
    """

    key: str
    value: str | None
    raw: str = field(compare=False)
    colon: str = field(default=": ", compare=False, repr=False, kw_only=True)
    span: Span = field(default=_NOWHERE, compare=False, repr=False, kw_only=True)

    @property
    def key_span(self) -> Span:
        """Where the key stands in the infotext."""
        return Span(self.span.start, self.span.start + len(self.key))

    @property
    def value_span(self) -> Span:
        """Where the value stands in the infotext, quotes included."""
        return Span(self.span.end - len(self.raw), self.span.end)

    @classmethod
    def read(cls, key: str, colon: str, raw: str, start: int) -> Self:
        """The setting that stands at ``start``."""
        value = None if raw == "" else unquote(raw)
        span = Span(start, start + len(key) + len(colon) + len(raw))
        return cls(key, value, raw, colon=colon, span=span)

    @classmethod
    def of(cls, key: str, value: Value) -> Self:
        """A setting that stands in no text yet."""
        raw = quote(value)
        return cls(key, None if raw == "" else unquote(raw), raw)


@dataclass(frozen=True, slots=True)
class Infotext:
    """A prompt, a negative prompt and the settings in the order of the text, duplicates included.

    Two records are equal when prompts and settings are: spelling, spacing and ``source`` do not count.
    ``settings_span`` is the settings line; None when the text has none.
    """

    prompt: str
    negative_prompt: str = ""
    settings: tuple[Setting, ...] = ()
    source: str = field(default="", compare=False, repr=False)
    prompt_map: TextMap = field(default=TextMap(), compare=False, repr=False)
    negative_map: TextMap = field(default=TextMap(), compare=False, repr=False)
    settings_span: Span | None = field(default=None, compare=False, repr=False)

    def find(self, key: str) -> Setting | None:
        """The setting that counts for ``key``: the last one that has a value."""
        found = (s for s in reversed(self.settings) if s.key == key and s.value is not None)
        return next(found, None)

    def get(self, key: str, default: str | None = None) -> str | None:
        """The value of ``key``; keys are case-sensitive."""
        setting = self.find(key)
        return default if setting is None else setting.value

    def __getitem__(self, key: str) -> str:
        setting = self.find(key)
        if setting is None or setting.value is None:
            raise KeyError(key)
        return setting.value

    def __contains__(self, key: str) -> bool:
        return self.find(key) is not None

    def size(self, key: str = "Size") -> tuple[int, int] | None:
        """Width and height in pixels of a ``512x768`` value; None when absent or of another form.

        ``Size`` is the size of the first pass: with hires fix the picture itself is larger.
        """
        pair = size_of(self.get(key) or "")
        if pair is None or max(map(len, pair)) > _SIZE_DIGITS:
            return None
        return int(pair[0]), int(pair[1])
