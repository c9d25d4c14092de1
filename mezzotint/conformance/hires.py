"""The suite of hires fix: sizes of the second pass, and both passes over a toy network."""

from torch import Tensor

from mezzotint.conformance.result import Check, Result, Row, Source
from mezzotint.conformance.tensors import TensorFile, compare, compare_all
from mezzotint.conformance.toy import toy_conditioning, toy_network
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings
from mezzotint.runtime.passes.hires import Pass, hires_settings, sample_second, second_start
from mezzotint.runtime.passes.settings import HiresSettings
from mezzotint.runtime.passes.target import target
from mezzotint.runtime.request import read_request
from mezzotint.runtime.sampling import Denoising, sample_latents

ATOL = 5e-5


def hires(source: Source) -> Check:
    """The target of a first pass; or the latents after the first pass, enlarged, and after the second."""
    tensors = TensorFile(source.path.parent / "hires.safetensors")

    def check(row: Row) -> Result:
        if row["kind"] == "target":
            return _target(row)
        found = zip(("first", "upscaled", "final"), _passes(row, source.device), strict=True)
        return compare_all([compare(tensors[f"{row['id']}_{name}"], got, atol=ATOL) for name, got in found])

    return check


def _target(row: Row) -> Result:
    if row["old_option"]:  # sizes as texts before 2023 have them
        text = f"a\nSteps: 1, Sampler: Euler, CFG scale: 7, Size: {row['width']}x{row['height']}"
        text += ", Denoising strength: 0.5, First pass size: 0x0"
        settings = read_request(read_document(text, Dialect.INFOTEXT)).settings
    else:
        second = HiresSettings(scale=row["scale"], resize=(row["resize_x"], row["resize_y"]))
        settings = RenderSettings(width=row["width"], height=row["height"], hires=second)
    found = target(settings.width, settings.height, hires_settings(settings))
    expected = [row["first_pass"], row["upscale_to"], row["truncate"]]
    got = [[settings.width, settings.height], [found.width, found.height], [found.crop_x, found.crop_y]]
    return Result(expected, got, expected == got)


def _passes(row: Row, device: str) -> tuple[Tensor, Tensor, Tensor]:
    settings, denoising = _settings(row), Denoising(toy_network)
    conditioning = toy_conditioning(row["conds"], row["uncond"])

    def noise(size: tuple[int, int]) -> BatchNoise:
        images = [NoiseSettings(seed=s, source=row["source"], ensd=row["ensd"]) for s in row["seeds"]]
        return BatchNoise([ImageNoise((4, *size), image) for image in images], device)

    first = sample_latents(denoising, conditioning, settings, noise(settings.latent_size))
    start = second_start(first, settings, _NoCodec())
    return first, start.latents, sample_second(denoising, Pass(conditioning, noise), settings, start)


def _settings(row: Row) -> RenderSettings:
    second = HiresSettings(
        strength=row["dn"],
        upscaler=row["upscaler"],
        scale=row["scale"],
        resize=(row["rx"], row["ry"]),
        steps=row["hr_steps"],
        sampler=row["s2"],
        scheduler=row["sch2"],
    )
    return RenderSettings(
        steps=row["steps"],
        sampler=row["s1"],
        scheduler=row["sch1"],
        cfg_scale=row["cfg"],
        width=row["w"],
        height=row["h"],
        hires=second,
    )


class _NoCodec:
    """Stands for a VAE, which upscalers of latents do without."""

    def decode(self, latents: Tensor) -> Tensor:
        raise NotImplementedError(latents)

    def encode_image(self, pixels: Tensor) -> Tensor:
        raise NotImplementedError(pixels)
