"""Loading a diffusers folder: local files and safetensors only, float32, ready for inference.

This is the one module that touches the untyped libraries.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.denoiser import Context
from mezzotint.runtime.models.folder import ModelFolder
from mezzotint.runtime.sampling import Denoising
from mezzotint.runtime.sigmas import alphas_cumprod

_PREDICTIONS = ("epsilon", "v_prediction")


@dataclass
class LoadedModel:
    """A model in memory; its parts are loaded when first used.

    Attributes:
        folder: where it comes from.
        device: torch device of all parts.
    """

    folder: ModelFolder
    device: str = "cpu"

    @cached_property
    def unet(self) -> Any:
        """The ``UNet2DConditionModel``."""
        from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

        unet = _load(UNet2DConditionModel, self.folder, "unet", self.device)
        match_original_upsampling(unet)
        return unet

    @cached_property
    def vae(self) -> Any:
        """The ``AutoencoderKL``."""
        from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

        return _load(AutoencoderKL, self.folder, "vae", self.device)

    @cached_property
    def text_encoder(self) -> Any:
        """The ``CLIPTextModel``."""
        from transformers.models.clip.modeling_clip import CLIPTextModel

        with _without_progress_bar():
            return _load(CLIPTextModel, self.folder, "text_encoder", self.device)

    @property
    def latent_channels(self) -> int:
        """Channels of the latents."""
        return int(self.folder.config("unet")["in_channels"])

    def denoising(self) -> Denoising:
        """The UNet as samplers see it.

        Raises:
            MezzotintError: the model is of a kind that this runtime does not sample yet.
        """
        config = self.folder.config("scheduler")
        prediction = config.get("prediction_type", "epsilon")
        if prediction not in _PREDICTIONS:
            raise MezzotintError(
                f"model {self.folder.name!r} predicts {prediction!r}, which is not supported"
            )
        schedule = config.get("beta_schedule", "scaled_linear")
        if schedule != "scaled_linear":
            raise MezzotintError(
                f"model {self.folder.name!r} has a {schedule!r} schedule, which is not supported"
            )
        if self.folder.config("unet").get("addition_embed_type"):
            raise MezzotintError(
                f"model {self.folder.name!r} is of the SDXL family, which is not supported yet"
            )
        alphas = alphas_cumprod(config.get("beta_start", 0.00085), config.get("beta_end", 0.012))
        return Denoising(partial(run_unet, self.unet), prediction, alphas)

    def decode(self, latents: Tensor) -> Tensor:
        """Decode ``(1, c, h, w)`` latents of the UNet's scale to ``(1, 3, 8h, 8w)`` pixels, about -1..1."""
        return decode_latents(self.vae, latents)


def run_unet(unet: Any, x: Tensor, t: Tensor, context: Context) -> Tensor:
    """Evaluate a diffusers UNet: ``(n, c, h, w)`` latents at ``(n,)`` real times to its raw output."""
    output: Tensor = unet(x, t.to(x.device), encoder_hidden_states=context.hidden_states, return_dict=False)[
        0
    ]
    return output


def decode_latents(vae: Any, latents: Tensor) -> Tensor:
    """Undo the scaling of the latents and decode them with a diffusers ``AutoencoderKL``."""
    decoded: Tensor = vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0]
    return decoded


def match_original_upsampling(unet: Any) -> None:
    """Make a diffusers UNet upsample odd sizes as the original code does.

    Where a side is not divisible by the UNet's total stride, the original doubles, convolves, and then
    drops to the skip connection's size; diffusers resizes to the odd size before it convolves. The two
    differ visibly (over 60 grey levels). Other sizes are not touched.

    Source: stable-diffusion-webui ``modules/sd_hijack_unet.py``, its ``th.cat``.
    """
    from diffusers.models.upsampling import Upsample2D

    for module in unet.modules():
        if isinstance(module, Upsample2D):
            module.forward = partial(_upsample, module.forward)


def _upsample(
    forward: Callable[..., Tensor], hidden_states: Tensor, output_size: tuple[int, int] | None = None
) -> Tensor:
    result = forward(hidden_states)
    if output_size is None or tuple(result.shape[-2:]) == tuple(output_size):
        return result
    return functional.interpolate(result, tuple(output_size), mode="nearest")


@contextmanager
def tiled(*networks: Any) -> Iterator[None]:
    """Let the convolutions of some networks wrap around the edges, so that the picture tiles.

    Source: stable-diffusion-webui ``modules/sd_hijack.py``: all 2-D convolutions of UNet and VAE.
    """
    modules = (module for network in networks for module in network.modules())
    convolutions = [module for module in modules if isinstance(module, torch.nn.Conv2d)]
    before = [convolution.padding_mode for convolution in convolutions]
    try:
        for convolution in convolutions:
            convolution.padding_mode = "circular"
        yield
    finally:
        for convolution, mode in zip(convolutions, before, strict=True):
            convolution.padding_mode = mode


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


def _load(kind: Any, folder: ModelFolder, component: str, device: str) -> Any:
    """Load one component; a file that does not fit its configuration is an error, not a warning."""
    folder.config(component)
    folder.weights(component)
    try:
        model, report = kind.from_pretrained(
            folder.path / component,
            local_files_only=True,
            use_safetensors=True,
            torch_dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise MezzotintError(f"cannot load {folder.path / component}: {error}") from error
    if report["missing_keys"]:
        names = ", ".join(sorted(report["missing_keys"])[:3])
        raise MezzotintError(
            f"{folder.path / component} lacks weights that its configuration asks for: {names}"
        )
    return model.to(device).eval().requires_grad_(False)
