"""The vocabulary of T5: 32000 pieces with their log probabilities, and the letters it replaces.

Source of the data: ``spiece.model`` of google/t5-v1_1-xxl (Apache-2.0), the file that Stable Diffusion 3,
FLUX.1 and PixArt ship; stored without what follows from the rest.
"""

import gzip
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

PAD_ID, END_ID, UNKNOWN_ID = 0, 1, 2
MARKS = ("<pad>", "</s>", "<unk>")
SENTINELS = tuple(f"<extra_id_{i}>" for i in reversed(range(100)))  # blanks that T5 was trained to fill


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that T5's tokenizer knows; :func:`load_vocabulary` returns the one instance.

    Attributes:
        pieces: the spelling of each of the 32100 ids; ``▁`` begins a word.
        scores: their log probabilities, 0 for marks and sentinels.
        letters: what replaces a single letter.
        pairs: what replaces two letters that are one character to a reader.
    """

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    letters: Mapping[str, str]
    pairs: Mapping[str, str]


@lru_cache(1)
def load_vocabulary() -> Vocabulary:
    """The vocabulary, read from the package on the first call."""
    data = json.loads(gzip.decompress(Path(__file__).with_name("t5_vocabulary.json.gz").read_bytes()))
    # Float32 values in falling order are stored as the steps between their bit patterns.
    bits = list(accumulate(data["score_steps"]))
    magnitudes = struct.unpack(f"<{len(bits)}f", struct.pack(f"<{len(bits)}I", *bits))
    keys = map(chr, accumulate(data["letter_steps"]))
    pairs = data["pairs"]
    return Vocabulary(
        (*MARKS, *data["pieces"], *SENTINELS),
        (0.0,) * len(MARKS) + tuple(-m for m in magnitudes) + (0.0,) * len(SENTINELS),
        dict(zip(keys, data["replacements"], strict=True)),
        {pairs[2 * i : 2 * i + 2]: letter for i, letter in enumerate(data["composed"])},
    )
