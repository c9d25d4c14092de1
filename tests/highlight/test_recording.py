"""The recording in the README shows what the checker prints."""

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path(__file__).parents[2] / "docs/images"
PAINT = re.compile(r"\x1b\[[\d;]*m")
MATRIX = ".//{*}g[@class='traps-matrix']/{*}text"


def shown(picture: str) -> list[str]:
    """The lines of a recording, without spaces, which have no elements of their own."""
    lines: dict[float, str] = {}
    for text in ElementTree.fromstring(picture).iterfind(MATRIX):  # noqa: S314  # ours
        row = float(text.attrib["y"])
        lines[row] = lines.get(row, "") + "".join((text.text or "").split())
    return [lines[row] for row in sorted(lines) if lines[row]]


def test_the_recording_shows_what_is_printed() -> None:
    made = runpy.run_path(str(FOLDER / "make_traps.py"))
    printed = f"$ mezzotint {' '.join(made['ARGUMENTS'])}\n{PAINT.sub('', made['printed']())}"
    picture = (FOLDER / "traps.svg").read_text(encoding="utf-8")
    wanted = ["".join(line.split()) for line in printed.splitlines()]
    assert shown(picture) == wanted, "run python docs/images/make_traps.py"
    assert len(re.findall(r"^traps\.txt:\d+:\d+:", printed, re.MULTILINE)) == 7


def test_the_recording_asks_no_other_server() -> None:
    assert "url(http" not in (FOLDER / "traps.svg").read_text(encoding="utf-8")


def test_recording_again_gives_a_picture_with_the_same_text() -> None:
    made = runpy.run_path(str(FOLDER / "make_traps.py"))
    assert shown(made["recording"]()) == shown((FOLDER / "traps.svg").read_text(encoding="utf-8"))
