"""What ``mezzotint optimize`` saved, for people and for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from mezzotint.cli.inputs import STDIN
from mezzotint.cli.optimize_file import OptimizedFile, OptimizedPrompt
from mezzotint.cli.terminal import echo
from mezzotint.compiler.optimizations.cost import NOTHING, Cost
from mezzotint.grammar.diagnostics import printable

MAX_SHOWN = 20
"""Changes that are named; the sum counts them all."""
_STDIN = "<stdin>"


def tell(files: Sequence[OptimizedFile], *, is_trial: bool) -> None:
    """Say on standard error what was changed, where, and what that saves."""
    lines = [line for file in files for line in _lines(file)]
    for line in lines[:MAX_SHOWN]:
        echo(line, err=True)
    if len(lines) > MAX_SHOWN:
        echo(f"and {len(lines) - MAX_SHOWN} changes more", err=True)
    for file in files:
        for why in file.reasons:
            echo(f"left alone in {_name(file)}: {printable(why)}", err=True)
    _tell_sum([prompt for file in files for prompt in file.prompts], is_trial=is_trial)


def _lines(file: OptimizedFile) -> Iterable[str]:
    for prompt in file.prompts:
        for one, (line, column) in zip(prompt.result.applied, prompt.applied, strict=True):
            saved = _many(one.characters, "character")
            yield f"{_name(file)}:{line}:{column}: {one.name}: {one.title} (-{saved})"


def _name(file: OptimizedFile) -> str:
    return _STDIN if file.name == STDIN else printable(file.name)


def _tell_sum(prompts: Sequence[OptimizedPrompt], *, is_trial: bool) -> None:
    changed = sum(bool(prompt.result.applied) for prompt in prompts)
    verb = "would be optimized" if is_trial else "optimized"
    echo(f"{changed} of {_many(len(prompts), 'prompt')} {verb}", err=True)
    before, after = _total(prompts)
    if changed:
        for what, was, now in zip(_TITLES, before, after, strict=True):
            saved = f" (-{was - now})" if was != now else ""
            echo(f"  {what:<15}{was:>8} -> {now}{saved}", err=True)
    if repeated := [one for prompt in prompts for one in prompt.result.repeated]:
        cost = _many(sum(one.tokens for one in repeated), "token")
        what = _many(len(repeated), "repeated tag")
        echo(f"  {what}, {cost}: kept, as without them the pictures would change", err=True)


_TITLES = ("characters", "tokens written", "texts encoded", "tokens encoded")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _total(prompts: Iterable[OptimizedPrompt]) -> tuple[Cost, Cost]:
    before = after = NOTHING
    for prompt in prompts:
        before, after = before.plus(prompt.result.before), after.plus(prompt.result.after)
    return before, after


def to_json(files: Sequence[OptimizedFile]) -> dict[str, Any]:
    """The same as plain values; ``text`` is given of standard input alone, files hold theirs."""
    before, after = _total(prompt for file in files for prompt in file.prompts)
    return {
        "files": [_file_json(file) for file in files],
        "before": before._asdict(),
        "after": after._asdict(),
    }


def _file_json(file: OptimizedFile) -> dict[str, Any]:
    text = {"text": file.after} if file.name == STDIN else {}
    return {
        "file": _STDIN if file.name == STDIN else file.name,
        "changed": file.after != file.before,
        "left_alone": list(file.reasons),
        "prompts": [_prompt_json(prompt) for prompt in file.prompts if not prompt.result.left_alone],
        **text,
    }


def _prompt_json(prompt: OptimizedPrompt) -> dict[str, Any]:
    result = prompt.result
    return {
        "negative": prompt.negative,
        "before": result.before._asdict(),
        "after": result.after._asdict(),
        "applied": [
            {"name": one.name, "line": place.line, "column": place.column, "characters": one.characters}
            for one, place in zip(result.applied, prompt.applied, strict=True)
        ],
        "repeated": [
            {"tag": one.name, "line": place.line, "column": place.column, "tokens": one.tokens}
            for one, place in zip(result.repeated, prompt.repeated, strict=True)
        ],
    }
