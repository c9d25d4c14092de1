"""How real infotexts are read, and whether they survive being written and read again.

    python benchmarks/infotext_corpus.py TEXTS.jsonl [--json FILE] [--show]

TEXTS.jsonl has one object a line, with the infotext under ``text``. Four things are counted:

- *read*: prompt and settings are what a second, plainer reading finds (:func:`plain`): the last line that
  begins with ``Steps:`` holds the settings, one that begins with ``Negative prompt:`` begins the negative
  prompt, each of the usual settings has the value behind its name. Where they differ, a note or a diagnostic
  must say so;
- *fixed point*: reading what is rendered gives the same record, and the lossless tree gives the text itself;
- *unchanged*: setting nothing, and setting a value to itself, changes nothing;
- *forms*: what is exported and imported is equal, or what is lost is told.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.ambiguity import diagnose
from mezzotint.grammar.infotext.display import to_source
from mezzotint.grammar.infotext.frame import parse_frame
from mezzotint.grammar.infotext.text import parse, render
from mezzotint.runtime.interchange.forms import FORMS, export_text, import_text
from mezzotint.runtime.metadata.change import change
from mezzotint.runtime.metadata.tools.items import parse_leniently

_STEPS = re.compile(r"^Steps: ?\d.*$", re.MULTILINE)
_USUAL = ("Steps", "Sampler", "Seed", "Size", "CFG scale", "Model hash", "Clip skip", "Denoising strength")


class Plain(NamedTuple):
    """What the plainer reading finds."""

    prompt: str
    negative_prompt: str
    settings: dict[str, str]


def plain(text: str) -> Plain | None:
    """The reading by the eye's rules; None where no line begins with ``Steps:``."""
    lines = list(_STEPS.finditer(text))
    if not lines:
        return None
    head, line = text[: lines[-1].start()], lines[-1][0]
    sections: tuple[list[str], list[str]] = [], []
    at = 0
    for row in head.strip().split("\n"):
        if row.startswith("Negative prompt:"):
            at, row = 1, row.removeprefix("Negative prompt:")
        sections[at].append(row.strip())
    bare = re.sub(r'"(?:\\.|[^"\\])*"', "", line)  # names inside quotes are another program's
    found = {key: re.search(rf"(?:^|, ){re.escape(key)}: ([^,]+)", bare, re.IGNORECASE) for key in _USUAL}
    settings = {key: match[1].strip() for key, match in found.items() if match}
    return Plain("\n".join(sections[0]).strip(), "\n".join(sections[1]).strip(), settings)


def differences(text: str) -> list[str]:
    """In what our reading differs from the plainer one."""
    ours, other = parse_leniently(text), plain(text)
    if other is None:
        return [] if "Steps:" not in text else ["no line begins with Steps:"]
    found = []
    for name, one, two in (
        ("prompt", ours.prompt, other.prompt),
        ("negative prompt", ours.negative_prompt, other.negative_prompt),
    ):
        found += [name] if one.strip() != two else []
    found += [key for key, value in other.settings.items() if ours.settings.get(key, "").strip() != value]
    return found


def is_told(text: str) -> bool:
    """Whether the user learns that the text is not what it should be."""
    return bool(parse_leniently(text).notes) or bool(diagnose(parse(text)))


def is_fixed(text: str) -> bool:
    """Whether a record, and the tree, are the same when they were written and read."""
    record = parse(text)
    return parse(render(record)) == record and to_source(parse_frame(text)) == text


def is_unchanged(text: str) -> bool:
    """Whether setting nothing, or a value to itself, leaves the text alone."""
    steps = parse(text).get("Steps")
    return change(text, {}) == text and (
        steps is None or parse(change(text, {"Steps": steps})) == parse(text)
    )


def losses(text: str, form: str) -> str:
    """``equal``, ``told`` or ``lost`` of one text on its way through one form."""
    before = parse_leniently(text)
    try:
        there = export_text(text, form)
        back = import_text(there.text, form)
    except MezzotintError as error:
        return f"refused: {error}"
    after = parse_leniently(back.text)
    are_same = (before.prompt, before.negative_prompt) == (after.prompt, after.negative_prompt)
    if are_same and _numbers(before.settings) == _numbers(after.settings):
        return "equal"
    return "told" if there.notes or back.notes else "lost"


def _numbers(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings with ``7.0`` as ``7`` and ``2.50`` as ``2.5``."""
    return {
        key: re.sub(r"^(-?\d+)(?:\.0+|(\.\d*[1-9])0+)$", r"\1\2", value) for key, value in settings.items()
    }


def check(texts: list[str], show: Callable[[str], None]) -> dict[str, object]:
    """All counts; what differs is shown."""
    counts: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {form: Counter() for form in FORMS}
    for number, text in enumerate(texts):
        differing = differences(text)
        counts["read as by the eye"] += not differing
        counts["read otherwise, and told"] += bool(differing) and is_told(text)
        counts["read otherwise, silently"] += bool(differing) and not is_told(text)
        counts["has settings"] += bool(parse_leniently(text).settings)
        counts["fixed point"] += is_fixed(text)
        counts["unchanged"] += is_unchanged(text)
        if differing:
            show(f"{number}: {', '.join(differing)}{'' if is_told(text) else '  SILENTLY'}")
        for form, counter in forms.items():
            result = losses(text, form)
            counter[result.partition(":")[0]] += 1
            if result not in {"equal", "told"}:
                show(f"{number}: {form}: {result}")
    return {"texts": len(texts), **counts, "forms": {form: dict(counter) for form, counter in forms.items()}}


def read_texts(path: Path) -> Iterator[str]:
    """The infotexts of a file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--json", type=Path, help="write the counts here, too")
    parser.add_argument("--show", action="store_true", help="name the texts that differ")
    arguments = parser.parse_args()
    show: Callable[[str], None] = print if arguments.show else lambda _text: None
    found = json.dumps(check(list(read_texts(arguments.texts)), show), indent=1)
    print(found)
    if arguments.json:
        arguments.json.write_text(found + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
