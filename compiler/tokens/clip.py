"""CLIP tokenizers: text to ids, without the marks around it and without truncation."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from mezzotint.compiler.tokens.align import align
from mezzotint.compiler.tokens.bpe import END_ID, START_ID, WORD_END, load_vocabulary
from mezzotint.compiler.tokens.clean import CLIP_L, OPEN_CLIP, Cleaning
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import Span

_SUFFIXES = "'s|'t|'re|'ve|'m|'ll|'d"
_ASCII_WORD = rf"{_SUFFIXES}|[a-z]+|[0-9]|[^\sa-z0-9]+"
_WORD = rf"{_SUFFIXES}|\p{{L}}+|\p{{N}}|[^\s\p{{L}}\p{{N}}]+"


@dataclass(frozen=True, slots=True)
class Token:
    """A token for display.

    Attributes:
        id: its place in the vocabulary.
        text: its letters; ``</w>`` follows where a word ends.
        span: what it was read from in the text given, ``None`` where nothing there corresponds.
    """

    id: int
    text: str
    span: Span | None


class ClipTokenizer:
    """One of the tokenizers; :func:`clip_tokenizer` and :func:`open_clip_tokenizer` return them."""

    def __init__(self, cleaning: Cleaning) -> None:
        self._cleaning = cleaning
        self._vocabulary = load_vocabulary()
        self._marks = f"{re.escape(cleaning.start)}|{re.escape(cleaning.end)}"
        self._mark_ids = {cleaning.start: START_ID, cleaning.end: END_ID}
        self._split_marks = re.compile(f"({self._marks})")
        self._ascii_words = re.compile(f"{self._marks}|{_ASCII_WORD}")

    @cached_property
    def _unicode_words(self) -> "re.Pattern[str]":
        import regex  # its import takes as long as loading the vocabulary, and most prompts are ASCII

        # Ignoring case still tells: "ſ" is lower case, and `'ſ` is split off as `'s` is.
        pattern: re.Pattern[str] = regex.compile(f"{self._marks}|{_WORD}", regex.IGNORECASE)
        return pattern

    def _words(self, clean: str) -> "re.Pattern[str]":
        return self._ascii_words if clean.isascii() else self._unicode_words

    def encode(self, text: str) -> list[int]:
        """Ids of a text: no start, no end, no padding, no limit."""
        ids: list[int] = []
        mark, encode_word = self._mark_ids.get, self._vocabulary.encode_word
        for part in self._parts(text):
            clean = self._cleaning.fix(part).lower()
            for word in self._words(clean).findall(clean):
                found = mark(word)
                if found is None:
                    ids += encode_word(word)
                else:
                    ids.append(found)
        return ids

    def tokens(self, text: str) -> list[Token]:
        """The tokens of :meth:`encode` with their letters and places, for display."""
        found: list[Token] = []
        offset = 0
        for part in self._parts(text):
            found += self._part_tokens(part, offset)
            offset += len(part)
        return found

    def _parts(self, text: str) -> list[str]:
        if self._cleaning.marks_first and self._cleaning.start[:2] in text:
            parts: list[str] = self._split_marks.split(text)
            return parts
        return [text]

    def _part_tokens(self, part: str, offset: int) -> Iterator[Token]:
        clean = self._cleaning.fix(part).lower()
        place = align(part, clean)
        for word in self._words(clean).finditer(clean):
            start, text = word.start(), word[0]
            if (mark := self._mark_ids.get(text)) is not None:
                span = place(start, word.end())
                yield Token(mark, text, span and span.shift(offset))
                continue
            # Where each byte of the word stands, for tokens that begin inside a character.
            owner = [i for i, letter in enumerate(text, start) for _ in letter.encode()]
            at = 0
            for token in self._vocabulary.encode_word(text):
                after = at + len(self._vocabulary.bytes_of(token)[0])
                span = place(owner[at], owner[after - 1] + 1)
                yield Token(token, self.token_text(token), span and span.shift(offset))
                at = after

    def token_text(self, token: int) -> str:
        """The letters of an id, ``</w>`` after them where a word ends; bytes that are half a letter
        show as U+FFFD.

        Raises:
            MezzotintError: the id is outside the vocabulary.
        """
        if token in (START_ID, END_ID):
            return self._cleaning.start if token == START_ID else self._cleaning.end
        data, ends = self._bytes_of(token)
        return data.decode(errors="replace") + (WORD_END if ends else "")

    def decode(self, ids: Iterable[int]) -> str:
        """The text that ids spell, one space after each word; marks keep their spelling.

        Raises:
            MezzotintError: an id is outside the vocabulary.
        """
        data = bytearray()
        for token in ids:
            if token in (START_ID, END_ID):
                data += f"{self.token_text(token)} ".encode()
            else:
                letters, ends = self._bytes_of(token)
                data += letters + b" " if ends else letters
        return data.decode(errors="replace").strip()

    def _bytes_of(self, token: int) -> tuple[bytes, bool]:
        try:
            if token >= 0:
                return self._vocabulary.bytes_of(token)
        except IndexError:
            pass
        raise MezzotintError(f"no CLIP token has the id {token}: ids run from 0 to {END_ID}")


@cache
def clip_tokenizer() -> ClipTokenizer:
    """The tokenizer of CLIP-L: SD 1.x, and the first of SDXL."""
    return ClipTokenizer(CLIP_L)


@cache
def open_clip_tokenizer() -> ClipTokenizer:
    """The tokenizer of OpenCLIP: SD 2.x, and the second of SDXL."""
    return ClipTokenizer(OPEN_CLIP)
