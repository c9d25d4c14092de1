"""The model families that can be rendered with, and what sets them apart."""

from enum import StrEnum


class Family(StrEnum):
    """A family: one architecture of UNet, VAE and text encoders."""

    SD1 = "SD 1.x"
    SD2 = "SD 2.x"
    SDXL = "SDXL"
    SDXL_REFINER = "SDXL refiner"

    @property
    def is_sdxl(self) -> bool:
        """Whether the UNet is told the picture's size and a pooled text vector."""
        return self in (Family.SDXL, Family.SDXL_REFINER)

    @property
    def latent_scale(self) -> float:
        """What the VAE's latents are multiplied by for the UNet.

        Source: R. Rombach et al., "High-resolution image synthesis with latent diffusion models" (2022),
        and D. Podell et al., "SDXL" (2023): their published configurations.
        """
        return 0.13025 if self.is_sdxl else 0.18215
