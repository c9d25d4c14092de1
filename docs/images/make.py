"""Draw the pictures of the README: python docs/images/make.py

Each picture is rendered by the built-in model from the prompt below it; nothing is chosen by hand but
the prompts, and all share one seed.
"""

from pathlib import Path

from PIL import Image, ImageDraw

from mezzotint.grammar.document import read_document
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.request import read_request

SEED = 7
PROMPTS = [
    "red circle, white background",
    "(red:0.4) circle, white background",
    "two yellow stars, night sky",
    "[red:blue:0.4] heart, white background",
    "big green triangle, beach",
    "three purple rings, black background",
    "pink moon, 3d, blue background",
    "red circle AND blue background",
]
COLUMNS, SIDE, CAPTION, GAP = 4, 160, 28, 8


def main() -> None:
    """Write readme.png beside this file."""
    renderer = Renderer()
    rows = -(-len(PROMPTS) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + CAPTION + GAP) + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for index, prompt in enumerate(PROMPTS):
        options = {"seed": SEED, "steps": 24, "cfg_scale": 5.0}
        request = read_request(read_document(prompt), native_size=renderer.native_size, options=options)
        image = renderer.render(request).image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        x = GAP + index % COLUMNS * (SIDE + GAP)
        y = GAP + index // COLUMNS * (SIDE + CAPTION + GAP)
        sheet.paste(image, (x, y))
        draw.text((x, y + SIDE + 2), prompt.replace(", ", ",\n", 1), fill="black", font_size=10)
    sheet.save(Path(__file__).with_name("readme.png"), optimize=True)


if __name__ == "__main__":
    main()
