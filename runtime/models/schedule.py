"""What a model was trained to predict, and at which noise levels."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.folder import ModelFolder, ModelSource
from mezzotint.runtime.models.hints import Prediction
from mezzotint.runtime.models.single_file import ZERO_SNR_MARK, SingleFile
from mezzotint.runtime.sigmas import alphas_cumprod, zero_terminal_snr

_TABLE = "alphas_cumprod"
_STEPS = 1000


class Trained(NamedTuple):
    """What the UNet predicts, and the ``(1000,)`` float32 cumulative products of its noise schedule."""

    prediction: Prediction
    alphas_cumprod: Tensor


def trained_schedule(source: ModelSource, unet: Any) -> Trained:
    """Read it from a model; the UNet is asked where nothing else tells.

    Raises:
        MezzotintError: the model is of a kind that this runtime does not sample yet.
    """
    if isinstance(source, ModelFolder):
        return _of_folder(source)
    prediction = source.prediction or ("v_prediction" if predicts_velocity(unet) else "epsilon")
    alphas = alphas_cumprod() if source.family.is_sdxl else _own_table(source)
    if ZERO_SNR_MARK in source.shapes:
        alphas = zero_terminal_snr(alphas)
    return Trained(prediction, alphas)


def predicts_velocity(unet: Any) -> bool:
    """Tell from its behaviour what a UNet of SD 2 predicts: no name or shape does.

    At the noisiest step, a prediction of the noise is close to the input; a velocity is not.

    Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/sd_models_config.py``.
    """
    x = torch.full((1, unet.config.in_channels, 8, 8), 0.5, dtype=unet.dtype, device=unet.device)
    context = torch.full((1, 2, unet.config.cross_attention_dim), 0.5, dtype=unet.dtype, device=unet.device)
    with torch.no_grad():
        output = unet(x, _STEPS - 1, encoder_hidden_states=context, return_dict=False)[0]
    return float((output.to(x) - x).mean()) < -1


def _own_table(source: SingleFile) -> Tensor:
    """The checkpoint's own table where it has one: those of half precision were rounded, and count so."""
    found = source.tensors.read(lambda name: name == _TABLE).get(_TABLE)
    if found is None:
        return alphas_cumprod()
    alphas = found.float()
    if alphas.shape != (_STEPS,) or not bool(((alphas > 0) & (alphas < 1)).all()):
        raise MezzotintError(f"{source.path}: its table {_TABLE!r} is damaged: download the model again")
    return alphas


def _of_folder(source: ModelFolder) -> Trained:
    config = source.config("scheduler")
    prediction = config.get("prediction_type", "epsilon")
    if prediction not in ("epsilon", "v_prediction"):
        raise MezzotintError(f"model {source.name!r} predicts {prediction!r}, which is not supported")
    schedule = config.get("beta_schedule", "scaled_linear")
    if schedule != "scaled_linear":
        raise MezzotintError(f"model {source.name!r} has a {schedule!r} schedule, which is not supported")
    alphas = alphas_cumprod(config.get("beta_start", 0.00085), config.get("beta_end", 0.012))
    if config.get("rescale_betas_zero_snr"):
        alphas = zero_terminal_snr(alphas)
    return Trained(prediction, alphas)
