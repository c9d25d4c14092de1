"""Record what the checker says of seven traps: python docs/images/make_traps.py

`traps.txt` holds seven prompts that every program takes without a word. The recording is what
`mezzotint check` prints of them on a terminal; a test compares its text with what is printed today.
"""

from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from mezzotint.cli.group import cli

HERE = Path(__file__).parent
PICTURE = HERE / "traps.svg"
ARGUMENTS = ("check", "--line-mode", "traps.txt")
THEME = TerminalTheme(
    (22, 24, 29),
    (220, 223, 228),
    [
        (22, 24, 29),
        (240, 113, 120),
        (135, 207, 138),
        (255, 203, 107),
        (130, 170, 255),
        (199, 146, 234),
        (137, 221, 255),
        (220, 223, 228),
    ],
)
# As rich's own, without the fonts that it has browsers load from another server.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "Fira Code", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g></g>
</svg>
"""


class Terminal(StringIO):
    """Takes what is printed on both streams, and says that it shows colours."""

    def isatty(self) -> bool:
        """It does."""
        return True


def printed() -> str:
    """What the checker prints on a terminal, with its colours."""
    terminal = Terminal()
    with chdir(HERE), redirect_stdout(terminal), redirect_stderr(terminal):
        cli.main([*ARGUMENTS], standalone_mode=False)
    return terminal.getvalue()


def recording() -> str:
    """The picture."""
    command = Text.assemble(("$ ", "bold green"), " ".join(("mezzotint", *ARGUMENTS)), "\n")
    shown = command + Text.from_ansi(printed())
    width = max(len(line) for line in shown.plain.split("\n"))
    console = Console(file=StringIO(), record=True, width=width, force_terminal=True, color_system="standard")
    console.print(shown)
    return console.export_svg(title="", theme=THEME, code_format=FORMAT, unique_id="traps")


if __name__ == "__main__":
    PICTURE.write_text(recording(), encoding="utf-8")
