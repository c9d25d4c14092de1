"""How far two pictures are apart, in words."""

from mezzotint.runtime.compare import Difference


def distance(found: Difference) -> str:
    """The three figures that a verdict goes by."""
    alike = "SSIM unknown" if found.ssim is None else f"SSIM {found.ssim:.4f}"
    return f"by up to {found.levels} of 255 levels (PSNR {found.psnr:.1f} dB, {alike})"
