"""A file with its prompts optimized, and where in it something was saved."""

from collections.abc import Iterator
from typing import NamedTuple

from mezzotint.cli.file_check import Job, host_of, is_wildcard, read_job
from mezzotint.cli.inputs import SHEETS
from mezzotint.cli.optimizing import How, OptimizedText, optimize_text
from mezzotint.cli.rewriting import rewritten, sheet_of
from mezzotint.compiler.lint.config import Settings
from mezzotint.compiler.optimizations.optimize import Optimized
from mezzotint.grammar.span import Span, line_column


class Place(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


class OptimizedPrompt(NamedTuple):
    """A prompt of a file; ``applied`` and ``repeated`` are the places of its result's, in the same order."""

    result: Optimized
    negative: bool
    applied: tuple[Place, ...]
    repeated: tuple[Place, ...]


class OptimizedFile(NamedTuple):
    """A file as it was and as it is with its prompts optimized.

    Attributes:
        refused: lines of prompts that the file cannot hold as they would be.
        reasons: why prompts were left alone, each once.
    """

    name: str
    before: str
    after: str
    prompts: tuple[OptimizedPrompt, ...]
    refused: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


def optimize_file(job: Job, hires_steps: int | None) -> OptimizedFile:
    """A file with its prompts optimized; nothing is written.

    Raises:
        MezzotintError: the file is not what its name says.
        OSError: it cannot be read.
    """
    source = read_job(job).document.source
    name, settings = job.title, job.settings
    is_fragment = name.lower().endswith(SHEETS) or is_wildcard(name)
    how = How(settings.reading, settings.dialect, settings.steps, hires_steps, settings.target, is_fragment)
    texts: list[OptimizedText] = []

    def change(text: str, negative: bool) -> str:
        texts.append(optimize_text(text, how, negative=negative))
        return texts[-1].text

    done = rewritten(source, name, settings, change)
    prompts = tuple(_prompts(source, name, settings, texts))
    reasons = dict.fromkeys(reason for text in texts for reason in text.reasons)
    return OptimizedFile(job.name, source, done.text, prompts, done.refused, tuple(reasons))


def _prompts(
    source: str, name: str, settings: Settings, texts: list[OptimizedText]
) -> Iterator[OptimizedPrompt]:
    host = sheet_of(source, name) if name.lower().endswith(SHEETS) else host_of(source, name, settings)
    maps = [None] * len(texts) if host is None else [one.literal.map for one in host.passages]
    for text, outer in zip(texts, maps, strict=True):
        for part in text.parts:

            def place(span: Span) -> Place:
                inner = part.place(span)  # noqa: B023 (it is called before the next part comes)
                start = (outer.span(inner) if outer else inner).start  # noqa: B023
                return Place(*line_column(source, start))

            result = part.optimized
            applied = tuple(place(one.span) for one in result.applied)
            yield OptimizedPrompt(
                result, part.negative, applied, tuple(place(one.span) for one in result.repeated)
            )
