"""Loading a model's parts, wherever they are."""

from pathlib import Path
from typing import Any

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models import file_parts, folder_parts
from mezzotint.runtime.models.folder import ModelFolder, ModelSource


def load_unet(source: ModelSource) -> Any:
    """The ``UNet2DConditionModel``, float32 on the CPU."""
    if isinstance(source, ModelFolder):
        return folder_parts.folder_unet(source)
    return file_parts.file_unet(source)


def load_vae(source: ModelSource) -> Any:
    """The ``AutoencoderKL``, float32 on the CPU."""
    if isinstance(source, ModelFolder):
        return folder_parts.folder_vae(source)
    return file_parts.file_vae(source)


def load_text_encoders(source: ModelSource) -> tuple[Any, ...]:
    """The transformers text models, float32 on the CPU: CLIP-L before OpenCLIP-G where there are two."""
    if isinstance(source, ModelFolder):
        return tuple(folder_parts.folder_text_encoder(source, name) for name in source.text_components)
    return tuple(file_parts.file_text_encoder(source, part) for part in source.text_parts)


def load_separate_vae(path: Path, scaling_factor: float) -> Any:
    """An ``AutoencoderKL`` that is not the model's own, float32 on the CPU.

    Args:
        path: a file in the original layout, or a folder in diffusers', which says its own factor.
        scaling_factor: of the model that it is to serve.

    Raises:
        MezzotintError: there is none.
    """
    if path.is_dir():
        inner = path / "vae"
        return folder_parts.vae_in(inner if inner.is_dir() else path)
    if not path.is_file():
        raise MezzotintError(f"no VAE at {path}: name a .safetensors file, or a diffusers folder")
    return file_parts.file_vae_alone(path, scaling_factor)
