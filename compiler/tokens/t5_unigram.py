"""The most probable split of a word into pieces.

Source: Kudo, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword
Candidates" (2018), §3.2, a Viterbi search; the score of unknown letters and the order of equals as in
SentencePiece and Hugging Face tokenizers.
"""

from functools import lru_cache
from typing import NamedTuple

from mezzotint.compiler.tokens.t5_vocabulary import UNKNOWN_ID, Vocabulary

UNKNOWN_PENALTY = 10.0  # so much less probable is an unknown letter than the rarest piece
CACHED_WORDS = 1 << 15
CACHED_LENGTH = 64  # longer "words" are rare and would let the cache hold megabytes


class Part(NamedTuple):
    """A piece found in a word: its id and how many letters it takes."""

    id: int
    length: int


class Unigram:
    """Splits words over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._ids = {piece: i for i, piece in enumerate(vocabulary.pieces)}
        self._scores = vocabulary.scores
        self._unknown = min(vocabulary.scores) - UNKNOWN_PENALTY
        self._longest: dict[str, int] = {}
        for piece in vocabulary.pieces:
            self._longest[piece[0]] = max(self._longest.get(piece[0], 0), len(piece))
        self._cached = lru_cache(CACHED_WORDS)(self._split)

    def split(self, word: str) -> tuple[Part, ...]:
        """The pieces of a word that begins with ``▁``; adjacent unknown letters are one piece."""
        return self._cached(word) if len(word) <= CACHED_LENGTH else self._split(word)

    def _split(self, word: str) -> tuple[Part, ...]:
        best = self._search(word)
        parts: list[Part] = []
        end = len(word)
        while end:
            _, start, found = best[end]
            if parts and found == parts[-1].id == UNKNOWN_ID:
                parts[-1] = Part(found, parts[-1].length + end - start)
            else:
                parts.append(Part(found, end - start))
            end = start
        return tuple(reversed(parts))

    def _search(self, word: str) -> list[tuple[float, int, int]]:
        """For each end the best score up to there, and the start and id of the last piece."""
        worst = (float("-inf"), 0, UNKNOWN_ID)
        best = [(0.0, 0, UNKNOWN_ID)] + [worst] * len(word)
        ids, scores = self._ids, self._scores
        for start, letter in enumerate(word):
            here = best[start][0]
            for end in range(start + 1, min(start + self._longest.get(letter, 0), len(word)) + 1):
                found = ids.get(word[start:end])
                if found is not None and (score := here + scores[found]) > best[end][0]:
                    best[end] = score, start, found
            if letter not in ids and (score := here + self._unknown) > best[start + 1][0]:
                best[start + 1] = score, start, UNKNOWN_ID
        return best
