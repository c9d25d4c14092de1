"""Midjourney's flags: their names, and what may stand behind each.

Source: Midjourney's documentation, editions of 2022 to 2026. Ranges are those of the current models; where a
version is named in the prompt, :func:`limits` gives the range of that version.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What stands behind a flag."""

    SWITCH = auto()  # nothing
    INTEGER = auto()
    NUMBER = auto()
    ASPECT = auto()  # two whole numbers, "16:9"
    WORD = auto()  # one word
    OPTIONAL = auto()  # one word or nothing
    TERMS = auto()  # a list separated by commas, of any length
    REFERENCES = auto()  # addresses, numeric codes or "random", each with a weight behind "::" if need be
    NAMES = auto()  # any number of names, none included, each with a weight if need be


@dataclass(frozen=True, slots=True)
class FlagKind:
    """One flag. ``low`` and ``high`` are inclusive; empty ``words`` allow every word."""

    kind: Kind
    low: float = 0
    high: float = 0
    words: frozenset[str] = frozenset()

    @property
    def accumulates(self) -> bool:
        """Whether a repeated flag adds to the first; otherwise the last one counts."""
        return self.kind in {Kind.TERMS, Kind.REFERENCES, Kind.NAMES}


def _integer(low: int, high: int) -> FlagKind:
    return FlagKind(Kind.INTEGER, low, high)


def _words(kind: Kind, words: str) -> FlagKind:
    return FlagKind(kind, words=frozenset(words.split()))


_SEED = _integer(0, 2**32 - 1)
_SWITCH = FlagKind(Kind.SWITCH)
_REFERENCES = FlagKind(Kind.REFERENCES)
_SWITCHES = (
    "beta creative draft fast hd hq ll loop lp ml mp newclip nostretch old preview public raw relax sd sl sp "
    "stealth test testp tile turbo upanime upbeta uplight vibe video wallpaper"
)

FLAGS: Mapping[str, FlagKind] = {
    "aspect": FlagKind(Kind.ASPECT),
    "bs": _words(Kind.WORD, "1 2 4"),
    "chaos": _integer(0, 100),
    "cref": _REFERENCES,
    "cw": _integer(0, 100),
    "edit": _REFERENCES,
    "end": FlagKind(Kind.WORD),
    "exp": _integer(0, 100),
    "height": _integer(256, 2034),
    "image": _REFERENCES,
    "iw": FlagKind(Kind.NUMBER, 0, 3),
    "motion": _words(Kind.WORD, "low high"),
    "niji": _words(Kind.OPTIONAL, "4 5 6 7"),
    "no": FlagKind(Kind.TERMS),
    "oref": _REFERENCES,
    "ow": _integer(1, 1000),
    "profile": FlagKind(Kind.NAMES),
    "quality": FlagKind(Kind.NUMBER, 0.25, 5),
    "repeat": _integer(1, 40),
    "sameseed": _SEED,
    "seed": _SEED,
    "sref": _REFERENCES,
    "stop": _integer(10, 100),
    "style": FlagKind(Kind.WORD),
    "stylize": _integer(0, 1000),
    "sv": _integer(1, 7),
    "sw": _integer(0, 1000),
    "version": _words(Kind.WORD, "1 2 3 4 5 5a 5.1 5.2 6 6.1 7 8 8.1 8.2"),
    "weird": _integer(0, 3000),
    "width": _integer(256, 2034),
    "zoom": FlagKind(Kind.NUMBER, 1, 2),
    **dict.fromkeys(_SWITCHES.split(), _SWITCH),
}

# "w" is not here: it was the width until 2022, and is the weirdness since.
ALIASES: Mapping[str, str] = {
    "ar": "aspect",
    "c": "chaos",
    "h": "height",
    "p": "profile",
    "personalize": "profile",
    "q": "quality",
    "r": "repeat",
    "s": "stylize",
    "v": "version",
}
NAMES = frozenset({*FLAGS, *ALIASES, "w"})

# At most one flag of each group may be used.
CONFLICTS = (("version", "niji"), ("fast", "relax", "turbo"), ("hd", "sd"), ("public", "stealth"))

_EARLY = frozenset({"1", "2", "3"})


def full_name(name: str, version: str | None, others: Collection[str]) -> str | None:
    """The flag that a name in lower case means beside these other flags; None for an unknown name."""
    if name == "w":
        is_width = version in _EARLY or not {"h", "height"}.isdisjoint(others)
        return "width" if is_width else "weird"
    name = ALIASES.get(name, name)
    return name if name in FLAGS else None


def limits(name: str, version: str | None, niji: str | None, others: Collection[str]) -> tuple[float, float]:
    """The lowest and the highest value of a numeric flag in the version that the prompt names."""
    if name == "stylize":
        if version in _EARLY:
            return 625, 60_000
        if not {"test", "testp"}.isdisjoint(others):
            return 1250, 5000
    if name == "iw":
        if version == "3":
            return -10_000, 10_000
        if version in {"5", "5a", "5.1", "5.2"} or niji in {"5", "7"}:
            return 0, 2
        if version in {"8.1", "8.2"}:
            return 0.5, 3
    return FLAGS[name].low, FLAGS[name].high
