"""Render a picture, read its PNG, and make the same pixels again from the PNG alone."""

import tempfile
from pathlib import Path

import mezzotint


def main() -> None:
    """Print what the PNG says and how the reproduction came out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "heart.png")
        picture = mezzotint.render(
            "a (pink:1.2) heart, white background",
            negative_prompt="blurry",
            seed=11,
            steps=12,
            sampler="Euler a",
        )
        picture.save(path)
        infotext = mezzotint.read(path)
        print(infotext.prompt, "| seed", infotext["Seed"], "| sampler", infotext["Sampler"])
        result = mezzotint.reproduce(path)
        print(result.verdict, f"({result.difference.bytes} of {result.difference.total} values differ)")


if __name__ == "__main__":
    main()
