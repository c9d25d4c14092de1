"""The chunk of a text under the reference's option "use old emphasis implementation".

The text is tokenized whole. Brackets in it change a running weight and are dropped; there are no
numbers, no escapes and no breaks, and what exceeds one chunk is lost.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/sd_hijack_clip_old.py``.
"""

from functools import cache

from mezzotint.compiler.ir import Emphasis, Segment
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, ChunkedText, EmbeddingNames, Fix, Tokenizer, wrap
from mezzotint.compiler.tokens.bpe import load_vocabulary


def chunk_old(
    text: str,
    tokenizer: Tokenizer,
    *,
    emphasis: Emphasis = Emphasis.ORIGINAL,
    embeddings: EmbeddingNames | None = None,
) -> ChunkedText:
    """The one chunk of a text; with ``Emphasis.NONE`` brackets are tokens like others.

    The token count is the one before truncation.
    """
    factors = {} if emphasis is Emphasis.NONE else bracket_factors()
    tokens: list[int] = []
    sources: list[Segment] = []
    fixes: list[Fix] = []
    source, at, ids = Segment(text, 1.0), 0, tokenizer.encode(text)
    while at < len(ids):
        if (factor := factors.get(ids[at])) is not None:
            source = Segment(text, source.weight * factor)
            at += 1
            continue
        count, length, token = 1, 1, ids[at]
        if embeddings and (found := embeddings.find(ids, at)):
            name, count, length = found
            fixes.append(Fix(len(tokens), name))
            token = 0
        tokens += [token] * count
        sources += [source] * count
        at += length
    return ChunkedText((wrap(tokens[:CHUNK_LENGTH], sources[:CHUNK_LENGTH], fixes),), len(tokens))


@cache
def bracket_factors() -> dict[int, float]:
    """What each token with brackets multiplies the weight by; a token whose brackets balance stays."""
    brackets = "()[]"
    factors = {}
    for token, spelling in enumerate(load_vocabulary().spellings()):
        factor = 1.0
        for letter in spelling:
            if letter in brackets:  # 1.1 is no power of two: dividing differs from multiplying by 1/1.1
                factor = factor * 1.1 if letter in "(]" else factor / 1.1
        if factor != 1.0:
            factors[token] = factor
    return factors
