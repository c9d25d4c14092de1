"""Captions as token ids and weights, over a compact table of the words that captions use."""

import random
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from mezzotint.runtime.builtin.captions import Caption

CHUNK: Final = 77
BOS: Final = 49406
EOS: Final = 49407
VOCABULARY_SIZE: Final = 49408
# Row 0 of the compact table stands for every word that no caption holds; it stays zero.
UNKNOWN: Final = 0


class CompactVocabulary:
    """Numbers CLIP's token ids in the order in which captions first use them.

    Args:
        tokenizer: CLIP's own.
        ids: the CLIP ids of rows 1 and up, as a checkpoint saved them.
    """

    def __init__(self, tokenizer: CLIPTokenizer, ids: Sequence[int] = (BOS, EOS)) -> None:
        self._tokenizer = tokenizer
        self._rows = {token: row + 1 for row, token in enumerate(ids)}
        self._words: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._rows) + 1

    @property
    def ids(self) -> list[int]:
        """The CLIP ids of rows 1 and up."""
        return list(self._rows)

    def add_words(self, text: str) -> None:
        """Give each token of a text a row."""
        for token in self._tokenizer(text, add_special_tokens=False)["input_ids"]:
            self._rows.setdefault(token, len(self._rows) + 1)

    def rows_of(self, text: str) -> list[int]:
        """Return the rows of a text's tokens, without BOS and EOS."""
        rows: list[int] = []
        for word in text.split():
            if word not in self._words:
                tokens = self._tokenizer(word, add_special_tokens=False)["input_ids"]
                self._words[word] = tuple(self._rows.get(token, UNKNOWN) for token in tokens)
            rows += self._words[word]
        return rows

    def encode(self, captions: Sequence[Caption], rng: random.Random | None = None) -> tuple[Tensor, Tensor]:
        """Return rows (int64) and weights (float32), both ``(captions, 77)``, padded with EOS.

        Args:
            captions: at most 75 tokens each; the rest is cut off.
            rng: where given, one caption in twenty gets unknown words.
        """
        rows = torch.full((len(captions), CHUNK), self._rows[EOS])
        weights = torch.ones(len(captions), CHUNK)
        rows[:, 0] = self._rows[BOS]
        for i, caption in enumerate(captions):
            tokens = [(row, f.weight) for f in caption for row in self.rows_of(f.text)]
            if rng is not None and tokens and rng.random() < 0.05:
                for _ in range(rng.randint(1, 3)):
                    tokens.insert(rng.randint(0, len(tokens)), (UNKNOWN, 1.0))
            tokens = tokens[: CHUNK - 2]
            if tokens:
                rows[i, 1 : 1 + len(tokens)] = torch.tensor([row for row, _ in tokens])
                weights[i, 1 : 1 + len(tokens)] = torch.tensor([weight for _, weight in tokens])
        return rows, weights


def emphasise(hidden_states: Tensor, weights: Tensor) -> Tensor:
    """Scale each token by its weight, then restore each item's mean.

    Args:
        hidden_states: ``(batch, 77, channels)``, floating point.
        weights: ``(batch, 77)``, dimensionless.

    Source: stable-diffusion-webui ``modules/sd_emphasis.py``, option "Original", with a batch of one.
    """
    scaled = hidden_states * weights.unsqueeze(-1)
    return scaled * (hidden_states.mean((1, 2), keepdim=True) / scaled.mean((1, 2), keepdim=True))
