"""Building a checkpoint's parts as diffusers and transformers modules, from its tensors alone."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from mezzotint.runtime.models import identify as known
from mezzotint.runtime.models.architecture import text_config, unet_config, vae_config
from mezzotint.runtime.models.header import TensorFileError, below
from mezzotint.runtime.models.identify import identify
from mezzotint.runtime.models.single_file import SingleFile, TextPart
from mezzotint.runtime.models.tensors import TensorFile, tensor_file
from mezzotint.runtime.models.text_weights import clip_state, open_clip_state, without_last_block

State: TypeAlias = dict[str, Tensor]


def file_unet(source: SingleFile) -> Any:
    """The ``UNet2DConditionModel``, float32.

    Raises:
        TensorFileError: the checkpoint's UNet is damaged or of an unknown variant.
    """
    from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    with _errors_of(source.path, "UNet"):
        config = unet_config(below(source.shapes, known.UNET), source.family, source.hints)
        state = convert_ldm_unet_checkpoint(_read(source.tensors, known.UNET), config)
        return _filled(lambda: UNet2DConditionModel.from_config(config), state)


def file_vae(source: SingleFile) -> Any:
    """The ``AutoencoderKL``, float32.

    Raises:
        TensorFileError: the checkpoint has none, or a damaged one.
    """
    if not source.has(known.VAE):
        raise TensorFileError(f"{source.path} holds no VAE: name one for it")
    return _vae(source.tensors, known.VAE, source.family.latent_scale)


def file_vae_alone(path: Path, scaling_factor: float) -> Any:
    """The ``AutoencoderKL`` in a file of its own, or in a checkpoint, in the original layout; float32.

    Raises:
        TensorFileError: the file holds none, or a damaged one.
    """
    tensors = tensor_file(path)
    shapes = tensors.shapes
    prefix = known.VAE if any(name.startswith(known.VAE) for name in shapes) else ""
    if not {f"{prefix}encoder.conv_in.weight", f"{prefix}decoder.conv_in.weight"} <= shapes.keys():
        raise TensorFileError(f"{path} is {identify(shapes).description}: name a VAE instead")
    if "decoder.up_blocks.0.resnets.0.conv1.weight" in shapes:
        raise TensorFileError(
            f"{path} is a VAE in diffusers' layout: put its config.json beside it and name their folder"
        )
    return _vae(tensors, prefix, scaling_factor)


def _vae(tensors: TensorFile, prefix: str, scaling_factor: float) -> Any:
    from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    with _errors_of(tensors.path, "VAE"):
        config = vae_config(below(tensors.shapes, prefix), scaling_factor)
        state = convert_ldm_vae_checkpoint(_read(tensors, prefix), config)
        return _filled(lambda: AutoencoderKL.from_config(config), state)


def file_text_encoder(source: SingleFile, part: TextPart) -> Any:
    """A ``CLIPTextModel``, or a ``CLIPTextModelWithProjection`` where the pooled vector comes from it.

    Raises:
        TensorFileError: the checkpoint lacks it, or has a damaged one.
    """
    if not source.has(part.prefix):
        raise TensorFileError(
            f"{source.path} lacks a text encoder ({part.prefix}…): it was pruned too far, use a whole one"
        )
    with _errors_of(source.path, "text encoder"):
        tensors = _read(source.tensors, part.prefix)
        state = (open_clip_state if part.is_open_clip else clip_state)(tensors, part.prefix)
        if part.without_last:
            state = without_last_block(state)
        config = text_config(_shapes(state), part.component, source.hints, is_open_clip=part.is_open_clip)
        return _text_model(config, state, projects=part.projects)


def _text_model(config: dict[str, Any], state: State, *, projects: bool) -> Any:
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

    kind = CLIPTextModelWithProjection if projects else CLIPTextModel
    if not projects:
        state = {name: tensor for name, tensor in state.items() if name != "text_projection.weight"}
    model = _filled(lambda: kind(CLIPTextConfig(**config)), state)
    for module in model.modules():
        if hasattr(module, "position_ids"):  # a buffer that is never stored
            module.position_ids = torch.arange(config["max_position_embeddings"]).unsqueeze(0)
    return model


def _filled(build: Callable[[], Any], state: State) -> Any:
    """Build a module without memory of its own, and give it the tensors, widened to float32.

    Raises:
        TensorFileError: they do not fit.
    """
    with torch.device("meta"):
        model = build()
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    state = _named_as(state, expected)
    given = _shapes(state)
    odd = sorted(name for name in {*expected, *given} if expected.get(name) != given.get(name))
    if odd:
        found, wanted = given.get(odd[0], "missing"), expected.get(odd[0], "unknown")
        raise TensorFileError(
            f"{odd[0]} is {found} where {wanted} would fit, and {len(odd) - 1} more tensors are odd: "
            "the file is damaged, or of a variant that is not known"
        )
    model.load_state_dict({name: tensor.float() for name, tensor in state.items()}, assign=True)
    return model


def _named_as(state: State, expected: Mapping[str, object]) -> State:
    """Add the prefix that transformers' text models have in some versions, and some classes."""
    if not any(name.startswith("text_model.") for name in expected):
        return state
    outer = "text_projection."
    return {name if name.startswith(outer) else f"text_model.{name}": t for name, t in state.items()}


@contextmanager
def _errors_of(path: Path, what: str) -> Iterator[None]:
    """Name the file and its part in errors, those of the libraries included."""
    try:
        yield
    except TensorFileError as error:
        if str(path) in str(error):
            raise
        raise TensorFileError(f"{path}, {what}: {error}") from error
    except (LookupError, ArithmeticError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise TensorFileError(f"{path}, {what}: malformed ({error}): download the file again") from error


def _read(tensors: TensorFile, prefix: str) -> State:
    return tensors.read(lambda name: name.startswith(prefix))


def _shapes(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}
