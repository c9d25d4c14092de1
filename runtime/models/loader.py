"""A model in memory: its networks as samplers, encoders and decoders see them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor
from torch.nn import functional

from mezzotint.compiler.conditioning.clip import encode_program
from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.compiler.ir import Program
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.denoiser import Context
from mezzotint.runtime.devices.attention import Float32Attention, needs_float32
from mezzotint.runtime.devices.compiling import compile_network, compiling
from mezzotint.runtime.devices.layout import lay_out
from mezzotint.runtime.models import parts
from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.folder import ModelSource
from mezzotint.runtime.models.schedule import Trained, trained_schedule
from mezzotint.runtime.models.text import choose_encoder, time_numbers, with_time_numbers
from mezzotint.runtime.sampling import Denoising

if TYPE_CHECKING:
    from mezzotint.runtime.devices.offload import Turns


@contextmanager
def _with_versions() -> Iterator[None]:
    """Make tensors that count their changes, which those of inference mode do not: by that is known which
    readings of prompts are still those of a text encoder.
    """
    with torch.inference_mode(False), torch.no_grad():
        yield


@dataclass
class LoadedModel:
    """A model in memory; its parts are loaded when first used.

    Attributes:
        source: where it comes from.
        device: torch device that all parts compute on.
        dtype: of the UNet. Text encoders and VAE stay in float32: they take little of the time, and the
            VAE of SDXL gives not-a-number in half precision.
        vae_path: a VAE to use instead of the model's own: a file, or a folder in diffusers' layout.
        compiled: whether the UNet is compiled.
        turns: who takes turns with the parts on the device; ``None`` keeps all of them there.
    """

    source: ModelSource
    device: str = "cpu"
    dtype: torch.dtype = torch.float32
    vae_path: Path | None = None
    compiled: bool = False
    turns: "Turns | None" = None
    _channels_last: bool = field(default=False, init=False)

    @property
    def family(self) -> Family:
        """The family of the model."""
        return self.source.family

    @cached_property
    @_with_versions()
    def unet(self) -> Any:
        """The ``UNet2DConditionModel``."""
        unet = parts.load_unet(self.source)
        match_original_upsampling(unet)
        if needs_float32(self.family, unet.config.get("upcast_attention"), self.dtype):
            unet.set_attn_processor(Float32Attention())
        # The plain method: diffusers' own logs a warning about every cast, needed or not.
        return self._ready(torch.nn.Module.to(unet, dtype=self.dtype))

    @cached_property
    @_with_versions()
    def vae(self) -> Any:
        """The ``AutoencoderKL``."""
        if self.vae_path is None:
            return self._ready(parts.load_vae(self.source))
        return self._ready(parts.load_separate_vae(self.vae_path, self.family.latent_scale))

    @cached_property
    @_with_versions()
    def text_encoders(self) -> tuple[Any, ...]:
        """The transformers text models: CLIP; CLIP-L and OpenCLIP-G; or for the refiner the latter."""
        encoders = tuple(parts.load_text_encoders(self.source))
        return self._placed(*(encoder.eval().requires_grad_(False) for encoder in encoders))

    @property
    def latent_channels(self) -> int:
        """Channels of the latents."""
        return int(self.unet.config.in_channels)

    def encode(
        self,
        program: Program,
        *,
        clip_skip: int = 1,
        size: tuple[int, int],
        embeddings: Iterable[Embedding] = (),
    ) -> Conditioning:
        """Encode a prompt pair for :meth:`denoising`.

        Args:
            program: the prompts.
            clip_skip: 1 takes the last layer, 2 the last but one, …; SD 2 and SDXL ignore it.
            size: width and height in pixels of the picture to be sampled, in the second pass those of the
                upscaled one: SDXL is told them with the prompt.
            embeddings: textual inversion.

        Returns:
            In the SDXL families ``pooled`` has the numbers of
            :func:`mezzotint.runtime.models.text.time_numbers` behind the pooled vector.

        Raises:
            MezzotintError: an embedding was made for another model, or the layer does not exist.
        """
        encoder = choose_encoder(self.family, self.text_encoders, embeddings)
        if self.turns is not None:  # ahead of the call: where their rows are put is asked before
            self.turns.take(self.text_encoders)
        conditioning = encode_program(program, encoder, clip_skip=clip_skip)
        return with_time_numbers(conditioning, self.family, size)

    def denoising(self) -> Denoising:
        """The UNet as samplers see it.

        Raises:
            MezzotintError: the model is of a kind that this runtime does not sample yet.
        """
        numbers = len(time_numbers(self.family, (0, 0)))
        trained = self._trained  # which may ask the UNet, and in a shape that is not worth compiling
        network = partial(run_unet, self._sampled_unet, numbers=numbers)
        return Denoising(network, *trained, is_sdxl=self.family.is_sdxl)

    @cached_property
    def _sampled_unet(self) -> Any:
        """The UNet as it is sampled with: compiled, if it is to be."""
        if self.compiled:
            compile_network(self.unet, self.device)
        return self.unet

    @contextmanager
    def computing(self, *, channels_last: bool = False) -> Iterator[None]:
        """While open, the model may be called. Nothing is left on a device where networks take turns.

        Args:
            channels_last: how the UNet's kernels lie in memory from now on.

        Raises:
            DeviceError: compiling failed.
        """
        if channels_last != self._channels_last:
            lay_out(self.unet, channels_last=channels_last)
            self._channels_last = channels_last
        with ExitStack() as stack:
            if self.turns is not None:
                stack.callback(self.turns.rest)
            if self.compiled:
                stack.enter_context(compiling())
            yield

    @cached_property
    def _trained(self) -> Trained:
        return trained_schedule(self.source, self.unet)

    def decode(self, latents: Tensor) -> Tensor:
        """Decode ``(1, c, h, w)`` latents of the UNet's scale to ``(1, 3, 8h, 8w)`` pixels, about -1..1."""
        return decode_latents(self.vae, latents)

    def encode_image(self, pixels: Tensor, generator: Generator | None = None) -> Tensor:
        """Encode ``(n, 3, 8h, 8w)`` pixels of -1..1 to ``(n, c, h, w)`` latents of the UNet's scale.

        The VAE gives a normal distribution. With a generator it is sampled; without one its mean is taken,
        so that the same picture always gives the same latents. The reference samples, from a generator
        that nothing seeds; trained VAEs are so sure of themselves that the two hardly differ.
        """
        return encode_pixels(self.vae, pixels, generator)

    def _ready(self, module: Any) -> Any:
        return self._placed(module.eval().requires_grad_(False))[0]

    def _placed(self, *modules: Any) -> tuple[Any, ...]:
        if self.turns is not None:
            return self.turns.join(*modules)
        return tuple(module.to(self.device) for module in modules)


def run_unet(unet: Any, x: Tensor, t: Tensor, context: Context, *, numbers: int = 0) -> Tensor:
    """Evaluate a diffusers UNet: ``(n, c, h, w)`` latents at ``(n,)`` real times to its raw output.

    Args:
        unet: the network; what goes in is brought to its type, what comes out back to that of ``x``.
        x: latents.
        t: times.
        context: the prompts.
        numbers: how many numbers stand behind the pooled vectors, see
            :func:`mezzotint.runtime.models.text.time_numbers`; 0 where the UNet is not told any.

    Raises:
        MezzotintError: the prompts were encoded for another family.
    """
    dtype, more = next(unet.parameters()).dtype, {}  # its own property walks all modules, every time
    if numbers:
        if context.pooled is None:
            raise MezzotintError(
                "these prompts were encoded for another model family: encode them with this model"
            )
        pooled, time_ids = context.pooled[:, :-numbers], context.pooled[:, -numbers:]
        more["added_cond_kwargs"] = {"text_embeds": pooled.to(dtype), "time_ids": time_ids}
    states = context.hidden_states.to(dtype)
    output: Tensor = unet(
        x.to(dtype), t.to(x.device), encoder_hidden_states=states, return_dict=False, **more
    )[0]
    return output.to(x.dtype)


def decode_latents(vae: Any, latents: Tensor) -> Tensor:
    """Undo the scaling of the latents and decode them with a diffusers ``AutoencoderKL``."""
    decoded: Tensor = vae.decode(latents.to(vae.dtype) / vae.config.scaling_factor, return_dict=False)[0]
    return decoded


def encode_pixels(vae: Any, pixels: Tensor, generator: Generator | None = None) -> Tensor:
    """Encode with a diffusers ``AutoencoderKL``: the mean or, with a generator, a sample; and scale it."""
    posterior = vae.encode(pixels.to(vae.dtype), return_dict=False)[0]
    latents = posterior.mode() if generator is None else posterior.sample(generator)
    scaled: Tensor = latents * vae.config.scaling_factor
    return scaled


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
