"""Draw a labelled sheet of what the built-in model can and cannot do."""

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from mezzotint.runtime.builtin import model_path
from mezzotint.runtime.builtin.sampling import Model, Schedule, both, edited, plain

_COLUMNS: Final = 8
_SIDE: Final = 128
_LABEL: Final = 40
_GAP: Final = 6

_EDITED = "a {} circle on a white background"
CELLS: Final[tuple[tuple[str, Schedule], ...]] = (
    *(
        (prompt, plain(prompt))
        for prompt in (
            "a red circle on a white background",
            "a blue square on a gray background",
            "a green triangle on a yellow background",
            "a yellow star in the night sky",
            "a pink heart on a white background",
            "a purple cross on a yellow background",
            "orange ring, blue background",
            "white moon, night sky",
            "two red hearts on a white background",
            "three blue stars on a pink background",
            "a small black circle in a meadow",
            "a big green square on a white background",
            "red star, outline, white background",
            "blue circle, 3d, shaded, gray background",
            "a red heart on the beach",
            "a red circle and a blue square on a white background",
        )
    ),
    *(
        (f"a (red:{w}) circle on a white background", plain(f"a (red:{w}) circle on a white background"))
        for w in (0.3, 1.0, 1.6)
    ),
    *(
        (
            f"a (red:{w}) blue circle on a white background",
            plain(f"a (red:{w}) blue circle on a white background"),
        )
        for w in (0.6, 1.4)
    ),
    *(
        (f"a [red:blue:{f}] circle on a white background", edited(_EDITED, "red", "blue", f))
        for f in (0.4, 0.7)
    ),
    ("red circle AND blue background", both("red circle", "blue background")),
    *(
        (prompt, plain(prompt))
        for prompt in (
            "three red circles and two blue squares",
            "a red circle above a blue square",
            "a cat on the beach",
            "a brown hexagon",
            "portrait of a woman",
            "the word hello",
            "seven yellow stars",
            "",
        )
    ),
)


def as_images(signal: Tensor) -> list[Image.Image]:
    """Return RGB images of ``(n, 3, h, w)`` in -1 to 1."""
    pixels = ((signal + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(np.ascontiguousarray(array)) for array in pixels]


def lay_out(images: Sequence[Image.Image], labels: Sequence[str]) -> Image.Image:
    """Place labelled pictures in rows and reduce the sheet to a palette, which keeps the file small."""
    rows = -(-len(images) // _COLUMNS)
    step_x, step_y = _SIDE + _GAP, _SIDE + _LABEL + _GAP
    sheet = Image.new("RGB", (_COLUMNS * step_x + _GAP, rows * step_y + _GAP), (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(10)
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        x, y = _GAP + i % _COLUMNS * step_x, _GAP + i // _COLUMNS * step_y
        sheet.paste(image, (x, y))
        draw.rectangle((x - 1, y - 1, x + _SIDE, y + _SIDE), outline=(200, 200, 200))
        text = "\n".join(textwrap.wrap(label or "(empty prompt)", 25)[:3])
        draw.multiline_text((x, y + _SIDE + 2), text, fill=(0, 0, 0), font=font, spacing=1)
    return sheet.quantize(200, dither=Image.Dither.NONE)


def main() -> None:
    """Parse the command line, draw and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=model_path(), help="model folder")
    parser.add_argument("--output", type=Path, required=True, help="PNG file to write")
    parser.add_argument("--seed", type=int, default=1, help="of every picture, so that none is picked")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    labels, schedules = zip(*CELLS, strict=True)
    signal = Model(options.model).sample(schedules, [options.seed] * len(schedules), size=(_SIDE, _SIDE))
    lay_out(as_images(signal), labels).save(options.output, optimize=True)


if __name__ == "__main__":
    main()
