"""The noise levels a model was trained on, and the way between a level and a time step."""

from dataclasses import dataclass

import torch
from torch import Tensor

CONSISTENCY_STRIDE = 20
_LAST_ALPHA_OF_ZERO_SNR = 4.8973451890853435e-08  # the source's stand-in for 0, which has no sigma


def alphas_cumprod(beta_start: float = 0.00085, beta_end: float = 0.012, steps: int = 1000) -> Tensor:
    """The products of ``1 - beta`` over a "scaled linear" schedule: ``(steps,)`` float32, falling.

    Source: J. Ho et al., "Denoising diffusion probabilistic models" (2020), §2; scaled linear as in
    latent diffusion: the betas' square roots are equally spaced.
    """
    roots = torch.linspace(beta_start**0.5, beta_end**0.5, steps, dtype=torch.float64)
    return torch.cumprod(1.0 - roots**2, dim=0).to(torch.float32)


def zero_terminal_snr(alphas: Tensor) -> Tensor:
    """Rescale the products so that the last step is (nearly) pure noise; ``(steps,)`` in and out.

    Source: S. Lin et al., "Common diffusion noise schedules and sample steps are flawed" (2023),
    algorithm 1; the last value as in stable-diffusion-webui.
    """
    roots = alphas.sqrt()
    first, last = roots[0].clone(), roots[-1].clone()
    roots = (roots - last) * (first / (first - last))
    result = roots**2
    result[-1] = _LAST_ALPHA_OF_ZERO_SNR
    return result


@dataclass(frozen=True, slots=True, eq=False)
class SigmaTable:
    """Trained noise levels; ``sigma = sqrt((1 - alpha) / alpha)``, rising.

    Attributes:
        alphas_cumprod: ``(steps,)``, float32 or (downcast) float16.
        sigmas: ``(steps,)`` float32.
        log_sigmas: ``(steps,)`` float32.
        quantize: snap times to trained steps instead of interpolating between them.
    """

    alphas_cumprod: Tensor
    sigmas: Tensor
    log_sigmas: Tensor
    quantize: bool = False

    @classmethod
    def build(cls, alphas: Tensor | None = None, *, quantize: bool = False) -> "SigmaTable":
        """Build the table of ``(steps,)`` cumulative products; without them, that of SD 1, SD 2 and SDXL."""
        alphas = alphas_cumprod() if alphas is None else alphas
        sigmas = ((1 - alphas) / alphas) ** 0.5
        # Half-precision products give half-precision logarithms, as in the source: no widening before this.
        return cls(alphas, sigmas.float(), sigmas.log().float(), quantize)

    @property
    def sigma_min(self) -> float:
        """The smallest trained sigma."""
        return self.sigmas[0].item()

    @property
    def sigma_max(self) -> float:
        """The largest trained sigma."""
        return self.sigmas[-1].item()

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """Sigmas at real-valued time steps, linear in ``log sigma``; any shape, float32."""
        t = t.float()
        low, high, share = t.floor().long(), t.ceil().long(), t.frac()
        return ((1 - share) * self.log_sigmas[low] + share * self.log_sigmas[high]).exp()

    def sigma_to_t(self, sigma: Tensor) -> Tensor:
        """Real-valued time steps of sigmas, clamped to the table; any shape, float32.

        Source: k-diffusion ``DiscreteSchedule`` (T. Karras et al. 2022, appendix C.3.4, with
        interpolation).
        """
        log_sigma = sigma.log()
        distances = log_sigma - self.log_sigmas.view(-1, *[1] * sigma.ndim)
        if self.quantize:
            return distances.abs().argmin(dim=0).view(sigma.shape).float()
        last = len(self.log_sigmas) - 2
        low = distances.ge(0).cumsum(dim=0).argmax(dim=0).clamp(max=last)
        below, above = self.log_sigmas[low], self.log_sigmas[low + 1]
        share = ((below - log_sigma) / (below - above)).clamp(0, 1)
        return ((1 - share) * low + share * (low + 1)).view(sigma.shape)


def model_table(
    alphas: Tensor | None = None, *, downcast: bool = False, zero_snr: bool = False, quantize: bool = False
) -> SigmaTable:
    """Build a model's table with the infotext's two changes to it.

    Args:
        alphas: ``(steps,)`` cumulative products, ``None`` for Stable Diffusion's.
        downcast: "Downcast alphas_cumprod": round the products to half precision first, as files that
            were made before web UI 1.7 did.
        zero_snr: "Noise Schedule: Zero Terminal SNR".
        quantize: see :class:`SigmaTable`.
    """
    products = alphas_cumprod() if alphas is None else alphas
    if downcast:
        products = products.half()
    if zero_snr:
        products = zero_terminal_snr(products)
    return SigmaTable.build(products, quantize=quantize)


def consistency_table(alphas: Tensor) -> SigmaTable:
    """The 50 levels that a latent consistency model was distilled at: every 20th of ``(1000,)`` products.

    Source: S. Luo et al., "Latent consistency models" (2023), §4.3; as in stable-diffusion-webui.
    """
    return SigmaTable.build(alphas[CONSISTENCY_STRIDE - 1 :: CONSISTENCY_STRIDE].float(), quantize=True)
