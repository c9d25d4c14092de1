"""Check every prompt file and picture in a folder: python examples/lint_a_folder.py FOLDER"""

import sys
from pathlib import Path

import mezzotint
from mezzotint.grammar.diagnostics import render


def main(folder: Path) -> int:
    """Print each finding with its place; the result is the number of findings."""
    count = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".txt", ".png", ".jpg", ".webp"):
            continue
        try:
            infotext = mezzotint.read(path)
        except mezzotint.MezzotintError as error:
            print(f"{path}: {error}")
            continue
        for text, negative in ((infotext.prompt, False), (infotext.negative_prompt, True)):
            for finding in mezzotint.lint(text, negative=negative):
                print(render(finding, text, str(path)))
                count += 1
    return count


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")), 1))
