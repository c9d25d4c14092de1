"""Whether two spellings of a prompt mean the same: the proof behind the formatter and every safe fix."""

from collections.abc import Iterator
from functools import cache, lru_cache

from mezzotint.compiler.ir import Break, Program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.errors import PromptError


def means_same(before: str, after: str, *, negative: bool = False) -> bool:
    """Whether both compile, and to the same tokens at the same weights, steps and networks.

    Tokens are compared piece by piece, as embeddings are looked for inside one piece only.

    Args:
        before: a prompt.
        after: another spelling of it.
        negative: read both as negative prompts.
    """
    try:
        return _meaning(before, negative) == _meaning(after, negative)
    except PromptError:
        return False


@lru_cache(maxsize=4)  # the fixes of one prompt are each compared with the same text
def _meaning(text: str, negative: bool) -> tuple[object, ...]:
    """What reaches the encoder: the tokens of each piece, and their weight."""
    program = compile_prompt("", text) if negative else compile_prompt(text)
    return (program.networks, *_branches(program))


def _branches(program: Program) -> Iterator[object]:
    encode = cache(clip_tokenizer().encode)  # from one step to the next, few pieces change
    for branch in (*program.positive, program.negative):
        yield branch.weight
        for entry in branch.timeline:
            yield entry.end_step
            for piece in entry.pieces:
                if isinstance(piece, Break):
                    yield "BREAK"
                elif tokens := encode(piece.text):
                    yield tokens, piece.weight
