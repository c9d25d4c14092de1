"""Loading the parts of a diffusers folder: local files and safetensors only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.folder import ModelFolder


def folder_unet(source: ModelFolder) -> Any:
    """The ``UNet2DConditionModel``, float32."""
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    return _component(UNet2DConditionModel, source, "unet")


def folder_vae(source: ModelFolder) -> Any:
    """The ``AutoencoderKL``, float32."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    return _component(AutoencoderKL, source, "vae")


def vae_in(path: Path) -> Any:
    """The ``AutoencoderKL`` of a folder that holds nothing else; float32."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    return _load(AutoencoderKL, path)


def folder_text_encoder(source: ModelFolder, component: str) -> Any:
    """A ``CLIPTextModel``, or the ``CLIPTextModelWithProjection`` that stands second."""
    from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

    kind = CLIPTextModelWithProjection if component == "text_encoder_2" else CLIPTextModel
    with _without_progress_bar():
        return _component(kind, source, component)


def _component(kind: Any, source: ModelFolder, component: str) -> Any:
    source.config(component)
    source.weights(component)
    return _load(kind, source.path / component)


def _load(kind: Any, path: Path) -> Any:
    """Load one component; a file that does not fit its configuration is an error, not a warning."""
    try:
        model, report = kind.from_pretrained(
            path,
            local_files_only=True,
            use_safetensors=True,
            torch_dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise MezzotintError(f"cannot load {path}: {error}") from error
    if report["missing_keys"]:
        names = ", ".join(sorted(report["missing_keys"])[:3])
        raise MezzotintError(f"{path} lacks weights that its configuration asks for: {names}")
    return model


@contextmanager
def _without_progress_bar() -> Iterator[None]:
    """Keep transformers from drawing on the terminal: a library never prints."""
    from transformers.utils import logging

    was_on = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_on:
            logging.enable_progress_bar()
