"""Whether two spellings of a prompt mean the same: the proof behind the formatter and every safe fix."""

from collections.abc import Iterator
from functools import cache, lru_cache

from mezzotint.compiler.ir import Break, Program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.compiler.passes.clock import Clock
from mezzotint.compiler.tokens.clip import clip_tokenizer
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.lexer import NEGATIVE, POSITIVE
from mezzotint.grammar.nodes import Scheduled
from mezzotint.grammar.parser import parse
from mezzotint.grammar.walk import walk

_STEPS = 20
_ODD_STEPS = 23  # what is the same at 20 steps by accident, such as 0.5 and 10, is another here
_MAX_STEPS = 1000  # a switch behind them is never reached


def means_same(before: str, after: str, *, negative: bool = False) -> bool:
    """Whether both compile, and to the same tokens at the same weights, steps and networks.

    Tokens are compared piece by piece, as embeddings are looked for inside one piece only. Schedules are laid
    out on several clocks: the default one, one that is long enough for every switch, and a second pass, where
    switches of the first one are over.

    Args:
        before: a prompt.
        after: another spelling of it.
        negative: read both as negative prompts.
    """
    clocks = _clocks(max(_last_switch(before, negative), _last_switch(after, negative)))
    try:
        return all(_meaning(before, negative, one) == _meaning(after, negative, one) for one in clocks)
    except PromptError:
        return False


def _clocks(last_switch: int) -> tuple[Clock, ...]:
    if last_switch < 0:
        return (Clock(_STEPS),)
    steps = min(max(_ODD_STEPS, last_switch + 1), _MAX_STEPS)
    return Clock(_STEPS), Clock(steps), Clock(_STEPS, hires_steps=steps)


@lru_cache(maxsize=4)
def _last_switch(text: str, negative: bool) -> int:
    """The greatest step number of a prompt's switches, at least 0; -1 where it can have no schedule."""
    if "[" not in text:
        return -1
    tree = parse(text, NEGATIVE if negative else POSITIVE)
    numbers = [node.digits for node in walk(tree) if isinstance(node, Scheduled)]
    return int(max([0.0, *(min(float(n), _MAX_STEPS) for n in numbers if "." not in n)]))


@lru_cache(maxsize=12)  # the fixes of one prompt are each compared with the same text
def _meaning(text: str, negative: bool, clock: Clock) -> tuple[object, ...]:
    """What reaches the encoder: the tokens of each piece, and their weight."""
    program = compile_prompt("", text, clock=clock) if negative else compile_prompt(text, clock=clock)
    # SDXL zeroes a negative prompt of empty texts, and none that has as much as a space.
    is_empty = not any(entry.text for entry in program.negative.timeline)
    return (program.networks, is_empty, *_branches(program))


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
