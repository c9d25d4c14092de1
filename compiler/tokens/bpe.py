"""Byte-pair encoding of single words with the merges of CLIP.

Source: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016),
and OpenAI CLIP ``simple_tokenizer.py`` for the order of the vocabulary: 256 bytes, the same 256 at the
end of a word, one entry for each merge, and the two marks that begin and end a text.
"""

import gzip
from functools import cached_property, lru_cache
from heapq import heappop, heappush
from pathlib import Path

WORD_END = "</w>"
START_ID = 49406
END_ID = 49407
CACHED_WORDS = 1 << 15
CACHED_LENGTH = 64  # longer "words" are rare and would let the cache hold megabytes

_BYTES = 256


def _byte_letters() -> list[tuple[int, str]]:
    """Each byte and the printable letter that stands for it in the merges, in vocabulary order."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(_BYTES) if byte not in printable]
    return [(b, chr(b)) for b in printable] + [(b, chr(_BYTES + i)) for i, b in enumerate(rest)]


class Vocabulary:
    """The 49408 entries of CLIP's vocabulary; :func:`load_vocabulary` returns the one instance."""

    def __init__(self, merges: str) -> None:
        order = _byte_letters()
        letters = [letter for _, letter in order]
        pairs = merges.split("\n")
        # "a b" -> rank serves as the merge table: no pair has to be split or joined to be found.
        self._ranks = dict(zip(pairs, range(len(pairs)), strict=True))
        self._spellings = [*letters, *(x + WORD_END for x in letters), *merges.replace(" ", "").split("\n")]
        self._ids = dict(zip(self._spellings, range(len(self._spellings)), strict=True))
        self._letters = str.maketrans({chr(byte): letter for byte, letter in order})
        self.word_ids = lru_cache(CACHED_WORDS)(self._word_ids)

    @cached_property
    def _byte_of(self) -> dict[str, int]:
        return {letter: byte for byte, letter in _byte_letters()}

    def encode_word(self, word: str) -> tuple[int, ...]:
        """Ids of one word of at least one letter, already cleaned and in lower case."""
        return self.word_ids(word) if len(word) <= CACHED_LENGTH else self._word_ids(word)

    def _word_ids(self, word: str) -> tuple[int, ...]:
        # Latin-1 maps every byte to the code point of its value; `translate` then does the rest.
        letters = word.encode().decode("latin-1").translate(self._letters)
        # A word of the vocabulary is always what its own merges arrive at (a test tries each).
        whole = self._ids.get(letters + WORD_END)
        if whole is not None:
            return (whole,)
        return tuple(map(self._ids.__getitem__, self._merge([*letters[:-1], letters[-1] + WORD_END])))

    def _merge(self, parts: list[str]) -> list[str]:
        """Apply the merges in order of rank, leftmost first; O(n log n) for words of any length."""
        ranks, count = self._ranks, len(parts)
        following = [*range(1, count), -1]
        previous = list(range(-1, count - 1))
        heap: list[tuple[int, int, str]] = []

        def offer(left: int) -> None:
            if left >= 0 and (right := following[left]) >= 0:
                pair = f"{parts[left]} {parts[right]}"
                if (rank := ranks.get(pair)) is not None:
                    heappush(heap, (rank, left, pair))

        for left in range(count):
            offer(left)
        while heap:
            _, left, pair = heappop(heap)
            right = following[left]
            if right < 0 or f"{parts[left]} {parts[right]}" != pair:
                continue  # one of the two was merged since
            parts[left] += parts[right]
            parts[right] = ""
            following[left] = after = following[right]
            following[right] = -1
            if after >= 0:
                previous[after] = left
            offer(previous[left])
            offer(left)
        return [part for part in parts if part]

    def spellings(self) -> list[str]:
        """Every entry but the two marks, in order of id, as the merges spell them."""
        return self._spellings

    def bytes_of(self, token: int) -> tuple[bytes, bool]:
        """The bytes an entry stands for, and whether a word ends there.

        Raises:
            IndexError: no entry but a mark, or none at all, has this id.
        """
        spelling = self._spellings[token]
        stem = spelling.removesuffix(WORD_END)
        return bytes(map(self._byte_of.__getitem__, stem)), stem != spelling


@lru_cache(1)
def load_vocabulary() -> Vocabulary:
    """The vocabulary of CLIP, read from the package on the first call."""
    data = Path(__file__).with_name("clip_merges.txt.gz").read_bytes()
    return Vocabulary(gzip.decompress(data).decode())
