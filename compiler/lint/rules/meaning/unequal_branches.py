"""MZ221 unequal-branches

What it does: finds prompts composed by ``AND`` that have different numbers of chunks.
Why it is bad: the shorter ones are filled up by repeating their last vector, which changes what they say.
Evidence: stable-diffusion-webui v1.10.1 pads conditions of one step to the longest of them.
Catalogue: PE210
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.context import A1111_LANGUAGE
from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Severity


def check(subject: Subject) -> Iterator[Found]:
    """Yield a finding if not all branches have as many chunks."""
    from mezzotint.compiler.passes.chunk import chunk
    from mezzotint.compiler.tokens.clip import clip_tokenizer

    program = subject.program
    if subject.negative or program is None or len(program.positive) == 1:
        return
    counts = [len(chunk(b.timeline[0].pieces, clip_tokenizer()).chunks) for b in program.positive]
    for branch, count in zip(subject.tree.branches, counts, strict=False):
        if count < max(counts):
            yield Found(
                f"this part has {count} chunk{'s' * (count != 1)}, another has {max(counts)}: it is padded",
                branch.span,
                "shorten the longer one, or say more in this one",
            )


_LONG = "red " * 80

RULE = Rule(
    "MZ221",
    "unequal-branches",
    check,
    since="0.1.0",
    dialects=A1111_LANGUAGE,
    severity=Severity.INFO,
    is_default=False,
    bad=(f"a cat AND {_LONG}",),
    good=("a cat AND a dog", _LONG),
)
