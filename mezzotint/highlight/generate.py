"""Writes the editors' grammars into a checkout: ``python -m mezzotint.highlight.generate [FOLDER]``."""

import sys
from pathlib import Path

from mezzotint.highlight.editors import codemirror, textmate

FILES = {
    "examples/vscode/syntaxes/image-prompt.tmLanguage.json": textmate,
    "examples/codemirror/image_prompt.js": codemirror,
}


def main(folder: Path) -> None:
    """Write every file below a folder."""
    for name, make in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
