"""T5's tokenizer: text to ids, without the mark that ends a text, padding or truncation."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mezzotint.compiler.tokens.clip import Token
from mezzotint.compiler.tokens.t5_normalise import Normaliser
from mezzotint.compiler.tokens.t5_unigram import Unigram
from mezzotint.compiler.tokens.t5_vocabulary import MARKS, SENTINELS, load_vocabulary
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import Span

WORD_START = "▁"

_MARK = re.compile("(" + "|".join(map(re.escape, (*MARKS, *SENTINELS))) + ")")
# Unicode's White_Space; `\s` would add four control characters.
_WORD = re.compile(r"[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


class T5Tokenizer:
    """The tokenizer of T5 v1.1; :func:`t5_tokenizer` returns it.

    Equal to transformers 5.23 ``T5Tokenizer`` with its Hugging Face tokenizers behind it.
    """

    def __init__(self, *, lowers: bool = False) -> None:
        """``lowers`` makes the text lower case first, as PixArt does."""
        vocabulary = load_vocabulary()
        self._lowers = lowers
        self._pieces = vocabulary.pieces
        self._marks = {spelling: vocabulary.pieces.index(spelling) for spelling in (*MARKS, *SENTINELS)}
        self._normaliser = Normaliser(vocabulary)
        self._unigram = Unigram(vocabulary)

    def encode(self, text: str) -> list[int]:
        """Ids of a text: no end mark, no padding, no limit."""
        ids: list[int] = []
        for part in _MARK.split(text.lower() if self._lowers else text):
            if part in self._marks:
                ids.append(self._marks[part])
                continue
            for word in _WORD.findall(self._normaliser.normalise(part)):
                ids += [found.id for found in self._unigram.split(WORD_START + word)]
        return ids

    def tokens(self, text: str) -> list[Token]:
        """The tokens of :meth:`encode` with their letters and places, for display.

        Adjacent letters outside the vocabulary are one token, shown as ``<unk>``.
        """
        lowered, places = text, list(range(len(text)))
        if self._lowers:
            lowered = text.lower()
            places = [at for at, letter in enumerate(text) for _ in letter.lower()]
        found: list[Token] = []
        offset = 0
        for part in _MARK.split(lowered):
            places_here = places[offset : offset + len(part)]
            if part in self._marks:
                found.append(Token(self._marks[part], part, _span(places_here)))
            else:
                found += self._part_tokens(part, places_here)
            offset += len(part)
        return found

    def _part_tokens(self, part: str, places: list[int]) -> Iterator[Token]:
        letters: list[str] = []
        owners: list[list[int]] = []  # for each normalised letter, the places it was made of
        at = 0
        for after, count in self._normaliser.replacements(part):
            letters += after
            owners += [places[at : at + count]] * len(after)
            at += count
        for word in _WORD.finditer("".join(letters)):
            at = word.start() - 1  # where the mark of the word's start would stand
            for found in self._unigram.split(WORD_START + word[0]):
                covered = owners[max(at, word.start()) : at + found.length] or owners[word.start() : at + 2]
                yield Token(found.id, self._pieces[found.id], _span([p for o in covered for p in o]))
                at += found.length

    def token_text(self, token: int) -> str:
        """The letters of an id, ``▁`` before them where a word begins.

        Raises:
            MezzotintError: the id is outside the vocabulary.
        """
        if not 0 <= token < len(self._pieces):
            raise MezzotintError(f"no T5 token has the id {token}: ids run from 0 to {len(self._pieces) - 1}")
        return self._pieces[token]

    def decode(self, ids: Iterable[int]) -> str:
        """The text that ids spell, marks included; what was unknown stays ``<unk>``.

        Raises:
            MezzotintError: an id is outside the vocabulary.
        """
        return "".join(map(self.token_text, ids)).replace(WORD_START, " ").strip(" ")


def _span(places: list[int]) -> Span | None:
    return Span(min(places), max(places) + 1) if places else None


@cache
def t5_tokenizer(*, lowers: bool = False) -> T5Tokenizer:
    """The tokenizer of SD 3, FLUX.1 and, where it ``lowers``, PixArt."""
    return T5Tokenizer(lowers=lowers)
