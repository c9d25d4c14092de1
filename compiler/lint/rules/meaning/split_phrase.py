"""MZ225 split-phrase

What it does: finds a phrase that stands in two chunks of 75 tokens.
Why it is bad: each chunk is encoded by itself, so the two halves know nothing of each other.
Evidence: stable-diffusion-webui v1.10.1 moves a phrase to the next chunk whole if the comma before it is at
    most 20 tokens back; longer phrases, and prose without commas, are cut where the chunk is full.
Catalogue: PT403
"""

from collections.abc import Iterator
from itertools import pairwise

from mezzotint.compiler.lint.context import A1111_LANGUAGE, CLIP_FAMILIES
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity
from mezzotint.grammar.span import Span

SHOWN = 4  # tokens before the cut


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each cut inside a phrase of the text that is in force first."""
    from mezzotint.compiler.passes.chunk import CHUNK_LENGTH, COMMA_ID, END_ID, chunk
    from mezzotint.compiler.tokens.clip import clip_tokenizer

    if len(subject.source) <= CHUNK_LENGTH or subject.context.model not in CLIP_FAMILIES:
        return
    program = subject.program
    if program is None:
        return
    for branch in (program.negative,) if subject.negative else program.positive:
        chunks = chunk(branch.timeline[0].pieces, clip_tokenizer()).chunks
        for left, right in pairwise(chunks):
            before, behind = left.tokens[CHUNK_LENGTH], right.tokens[1]
            if END_ID in (before, behind) or COMMA_ID in (before, behind):
                continue
            words = clip_tokenizer().decode(left.tokens[CHUNK_LENGTH + 1 - SHOWN : CHUNK_LENGTH + 1])
            source = right.sources[1]
            span = (source.span if source else None) or Span(0, len(subject.source))
            yield Found(f'a chunk ends behind "{words}"', span, "write BREAK before the phrase")


_LONG = " ".join(["red"] * 80)

RULE = Rule(
    "MZ225",
    "split-phrase",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.INFO,
    is_default=False,
    bad=(_LONG, f"a cat, {_LONG}"),
    good=(
        "a cat",
        f"{' '.join(['red'] * 70)}, a blue sky with white clouds in it",
        f"{_LONG[:280]} BREAK a cat",
    ),
)
