"""What T5's tokenizer does to the letters of a text before it splits it into words.

Source: the ``nmt_nfkc`` table of SentencePiece (Apache-2.0) as Hugging Face tokenizers applies it
(``Precompiled``): a character of up to five bytes is replaced as a whole by what its first entry in the
table says, and SentencePiece itself would keep the accents behind that entry.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mezzotint.compiler.tokens.t5_vocabulary import Vocabulary

if TYPE_CHECKING:
    import regex

WHOLE_BYTES = 5  # a longer character is replaced letter by letter


class Normaliser:
    """Replaces letters by plainer ones, white space by blanks, and most control characters by nothing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._letters, self._pairs = vocabulary.letters, vocabulary.pairs
        self._ascii = {ord(k): v for k, v in vocabulary.letters.items() if k.isascii()}

    @cached_property
    def _characters(self) -> "regex.Pattern[str]":
        import regex  # its import takes as long as loading the vocabulary, and most prompts are ASCII

        return regex.compile(r"\X")

    def normalise(self, text: str) -> str:
        """The text as the vocabulary spells it."""
        if text.isascii():
            return text.translate(self._ascii)
        return "".join(after for after, _ in self.replacements(text))

    def replacements(self, text: str) -> Iterator[tuple[str, int]]:
        """The parts of :meth:`normalise`, each with the number of letters of ``text`` it replaces."""
        parts = text if text.isascii() else self._characters.findall(text)
        for part in parts:
            if len(part) > 1 and len(part.encode(errors="replace")) <= WHOLE_BYTES:
                whole = self._letters.get(part[0]) or self._pairs.get(part[:2])
                if whole is not None:
                    yield whole, len(part)
                    continue
            for letter in part:
                yield self._letters.get(letter, letter), 1
