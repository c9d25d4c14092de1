"""Sweep a weight and put the pictures side by side: python examples/weight_sweep.py [OUT.png]"""

import sys

from PIL import Image

import mezzotint

WEIGHTS = (0.3, 0.7, 1.0, 1.3, 1.6)


def main(output: str) -> None:
    """Render one picture for each weight, all from the same noise, into one row."""
    pictures = [
        mezzotint.render(f"a (red:{weight}) circle, white background", seed=5, steps=16, cfg_scale=5).image
        for weight in WEIGHTS
    ]
    width, height = pictures[0].size
    grid = Image.new("RGB", (width * len(pictures), height))
    for column, picture in enumerate(pictures):
        grid.paste(picture, (column * width, 0))
    grid.save(output)
    print(f"{output}: red at {', '.join(map(str, WEIGHTS))}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "weight_sweep.png")
