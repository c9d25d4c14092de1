"""MZ507 random-seed

What it does: finds an infotext whose seed is -1, or that has none.
Why it is bad: -1 stands for a new seed each time, so the picture cannot be made again.
Evidence: A1111 writes the seed that it drew; -1 comes from texts written by hand and by other programs.
Catalogue: IT706
"""

from collections.abc import Iterator

from mezzotint.compiler.lint.registry import Found, Rule
from mezzotint.compiler.lint.setting import SETTINGS, decimal, find
from mezzotint.compiler.lint.subject import DocumentSubject
from mezzotint.grammar.diagnostics import Severity


def check(subject: DocumentSubject) -> Iterator[Found]:
    """Yield a finding if there is no seed to begin with."""
    infotext = subject.document.infotext
    seed = find(subject, "Seed")
    if seed is not None:
        value = decimal(seed.value)
        if value is not None and value < 0:
            yield Found(
                f"a seed of {seed.value} is another one each time",
                seed.value_span,
                "write the seed that was drawn",
                Severity.ERROR,
            )
    elif infotext is not None and infotext.settings_span is not None and "Steps" in infotext:
        yield Found(
            "no seed is given, so the picture cannot be made again", infotext.settings_span, "add the seed"
        )


RULE = Rule(
    "MZ507",
    "random-seed",
    check,
    since="0.1.0",
    is_document=True,
    bad=(
        f"a cat\n{SETTINGS.replace('Seed: 1', 'Seed: -1')}",
        f"a cat\n{SETTINGS.replace(', Seed: 1', '')}",
    ),
    good=(f"a cat\n{SETTINGS}", f"a cat\n{SETTINGS.replace('Seed: 1', 'Seed: 0')}"),
)
