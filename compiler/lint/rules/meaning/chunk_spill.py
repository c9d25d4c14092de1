"""MZ220 chunk-spill

What it does: finds a prompt whose last chunk holds no more than five tokens.
Why it is bad: a chunk of 75 is made for them, which takes part in attention like a full one.
Evidence: a text of 76 to 80 tokens is two chunks in every program that cuts at 75.
Catalogue: PT402
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import CLIP_FAMILIES
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span

FEW = 5


def check(subject: Subject) -> Iterator[Found]:
    """Yield a finding if the text that is in force first ends in such a chunk."""
    from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, chunk
    from mezzotint.compiler.tokens.clip import clip_tokenizer

    if len(subject.source) <= CHUNK_LENGTH or subject.context.model not in CLIP_FAMILIES:
        return
    program = subject.program
    if program is None:
        return
    branch = program.negative if subject.negative else program.positive[0]
    count = chunk(branch.timeline[0].pieces, clip_tokenizer()).token_count
    if count > CHUNK_LENGTH and 0 < count % CHUNK_LENGTH <= FEW:
        few = count % CHUNK_LENGTH
        yield Found(
            f"the last chunk holds {few} of its 75 tokens",
            Span(0, len(subject.source)),
            f"take {few} tokens out",
        )


RULE = Rule(
    "MZ220",
    "chunk-spill",
    check,
    since="0.1.0",
    severity=Severity.INFO,
    is_default=False,
    bad=("red " * 77, "red " * 80),
    good=("red " * 75, "red " * 90, "a cat"),
)
