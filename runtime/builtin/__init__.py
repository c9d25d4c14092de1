"""The built-in text-to-image model: its weights, and the code that drew its data and trained it."""

from importlib.resources import files
from pathlib import Path


def model_path() -> Path:
    """Return the folder of the shipped model, in the layout of diffusers' ``StableDiffusionPipeline``."""
    return Path(str(files(__name__))) / "model"
