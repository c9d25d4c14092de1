"""From a trained network's output to what samplers work on.

A network is trained to predict noise (``epsilon``) or a velocity (``v_prediction``) at unit variance; the
wrappers here scale its input and turn its output into a denoised estimate or into noise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from torch import Tensor

from mezzotint.runtime.sigmas import CONSISTENCY_STRIDE, SigmaTable

Prediction: TypeAlias = Literal["epsilon", "v_prediction"]


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """Conditioning of some rows of a batch.

    Attributes:
        hidden_states: ``(rows, tokens, channels)``.
        pooled: ``(rows, channels)`` or ``None``.
    """

    hidden_states: Tensor
    pooled: Tensor | None = None


Network: TypeAlias = Callable[[Tensor, Tensor, Context], Tensor]
"""``network(x, t, context)``: raw output for ``(rows, c, h, w)`` at times ``(rows,)``."""

Evaluate: TypeAlias = Callable[[Tensor, Tensor, Context], Tensor]
"""``evaluate(x, level, context)`` at one 0-d noise level for all rows."""


def sigma_denoiser(network: Network, table: SigmaTable, prediction: Prediction) -> Evaluate:
    """Wrap a network for the sigma family: latents of any variance in, denoised estimate out.

    Source: T. Karras et al. (2022), table 1, columns "iDDPM" and k-diffusion's v wrapper.
    """

    def evaluate(x: Tensor, sigma: Tensor, context: Context) -> Tensor:
        variance = sigma**2 + 1
        times = table.sigma_to_t(sigma).expand(len(x))
        output = network(x * (1 / variance**0.5), times, context)
        if prediction == "epsilon":
            return x + output * -sigma
        return output * (-sigma / variance**0.5) + x * (1 / variance)

    return evaluate


def noise_predictor(network: Network, table: SigmaTable, prediction: Prediction) -> Evaluate:
    """Wrap a network for the timestep family: unit-variance latents in, predicted noise out.

    Source: T. Salimans and J. Ho, "Progressive distillation" (2022), appendix D, for the velocity.
    """

    def evaluate(x: Tensor, time: Tensor, context: Context) -> Tensor:
        output = network(x, time.expand(len(x)), context)
        if prediction == "epsilon":
            return output
        alpha = table.alphas_cumprod[int(time)]
        return alpha**0.5 * output + (1 - alpha) ** 0.5 * x

    return evaluate


def consistency_denoiser(network: Network, table: SigmaTable) -> Evaluate:
    """Wrap a network for latent consistency sampling; it counts as predicting noise, whatever it does.

    Args:
        network: raw network.
        table: of :func:`mezzotint.runtime.sigmas.consistency_table`.

    Source: S. Luo et al., "Latent consistency models" (2023), equation 9 and appendix C, with
    ``sigma_data = 0.5`` and time steps scaled by 10.
    """

    def evaluate(x: Tensor, sigma: Tensor, context: Context) -> Tensor:
        time = table.sigma_to_t(sigma) * CONSISTENCY_STRIDE + (CONSISTENCY_STRIDE - 1)
        noise = network(x * (1 / (sigma**2 + 1) ** 0.5), time.expand(len(x)), context)
        original = x + noise * -sigma
        scaled = time * 10.0
        keep = 0.25 / (scaled**2 + 0.25)
        return scaled / (scaled**2 + 0.25) ** 0.5 * original + keep * x

    return evaluate
