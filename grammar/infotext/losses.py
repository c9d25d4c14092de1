"""What an infotext cannot hold, found before it is written.

Codes: MZ031 white space that is stripped, MZ032 a line that begins with ``Negative prompt:``, MZ033 a last
line that reads as settings, MZ034 too few settings, MZ035 a setting that comes back otherwise.

Source: the writing and reading rules of stable-diffusion-webui v1.10.1, ``modules/infotext_utils.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.infotext.items import is_quoted, scan_items
from mezzotint.grammar.infotext.lexer import MIN_ITEMS, NEGATIVE, is_infotext
from mezzotint.grammar.infotext.quoting import Value, quote
from mezzotint.grammar.span import Span

PROMPT = "Prompt"
NEGATIVE_PROMPT = "Negative prompt"
WHITE_SPACE = "MZ031"  # the one loss that no text encoder notices


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that does not survive. ``part`` is "Prompt", "Negative prompt" or the key of a setting.

    The span of the diagnostic is into that prompt, or into the text of that value.
    """

    part: str
    diagnostic: Diagnostic


def find_losses(prompt: str, negative_prompt: str, items: Mapping[str, Value]) -> tuple[Loss, ...]:
    """What a reader gets otherwise than :func:`~mezzotint.grammar.infotext.build.join` was given it.

    An empty result means that reading gives back both prompts, and every value as its text.
    """
    kept = {key: value for key, value in items.items() if value is not None}
    losses = [Loss(PROMPT, found) for found in _check_prompt(prompt)]
    losses += [Loss(NEGATIVE_PROMPT, found) for found in _check_prompt(negative_prompt, labelled=True)]
    losses += [Loss(key, found) for key, value in kept.items() for found in _check_item(key, value)]
    if not kept:
        losses += _check_end(prompt, negative_prompt)
    elif len(kept) < MIN_ITEMS:
        message = f"fewer than {MIN_ITEMS} settings are read as part of the prompt"
        help_ = "write more settings, such as Steps, Sampler and Seed"
        losses.append(Loss(next(iter(kept)), Diagnostic("MZ034", message, Span(0, 0), help=help_)))
    return tuple(losses)


def _check_prompt(prompt: str, *, labelled: bool = False) -> Iterator[Diagnostic]:
    """What lines lose; a label is read off before the first line of a prompt that is written behind one."""
    offset = 0
    seen_text = False
    for line in prompt.split("\n"):
        stripped = line.strip()
        start = offset + len(line) - len(line.lstrip())
        end = start + len(stripped)
        if start > offset:
            yield _space(Span(offset, start), "before")
        if stripped and end < offset + len(line):
            yield _space(Span(end, offset + len(line)), "behind")
        if not stripped and not seen_text and prompt:
            yield _space(Span(offset, offset + len(line) + 1), "before")
        if stripped.startswith(NEGATIVE) and not (labelled and offset == 0):
            yield Diagnostic(
                "MZ032",
                f'a line that begins with "{NEGATIVE}" starts the negative prompt',
                Span(start, start + len(NEGATIVE)),
                help="put another word before it",
            )
        seen_text = seen_text or bool(stripped)
        offset += len(line) + 1


def _space(span: Span, where: str) -> Diagnostic:
    return Diagnostic(WHITE_SPACE, f"white space {where} a line is not kept", span, help="remove it")


def _check_end(prompt: str, negative_prompt: str) -> Iterator[Loss]:
    """Without settings the end of the text is the end of a prompt."""
    part, text = (NEGATIVE_PROMPT, negative_prompt) if negative_prompt else (PROMPT, prompt)
    start = text.rfind("\n") + 1
    line = text[start:]
    if not line and text:
        yield Loss(part, _space(Span(len(text.rstrip()), len(text)), "behind"))
    head = f"{NEGATIVE} " if negative_prompt and not start else ""
    if is_infotext(head + line):
        yield Loss(
            part,
            Diagnostic(
                "MZ033",
                "the last line reads as settings, for it has three items with a colon or more",
                Span(start, len(text)),
                help="write settings behind it",
            ),
        )


def _check_item(key: str, value: Value) -> Iterator[Diagnostic]:
    text, written = str(value), quote(value)
    found = [(s.key, s.value) for s in scan_items(f"{key}: {written},")]
    # White space at an end is at risk, for the line ends where its last value does; so is a quote that is
    # not closed, for another value may close it.
    is_open = written.startswith('"') and not is_quoted(written)
    if found == [(key, text)] and value != key and written == written.rstrip() and not is_open:
        return
    yield Diagnostic(
        "MZ035",
        f'the setting "{key}" does not come back as it is written',
        Span(0, len(text)),
        help="a key needs two letters or more, digits, spaces, - or /; a value must be neither empty nor its "
        "own key, and have no white space or quotes around it",
    )
