"""The suite of noise: generators, images' noise and Brownian paths."""

from collections.abc import Callable

import torch
from torch import Tensor

from mezzotint.conformance.result import Check, Result, Row, Source
from mezzotint.conformance.tensors import TensorFile, compare, compare_all
from mezzotint.runtime.brownian import BrownianNoise
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings, slerp
from mezzotint.runtime.rng import CpuGenerator, make_generator

TOLERANCE = 2e-6  # torch's vectorised logarithm and sine differ by an ulp between processors


def philox(source: Source) -> Check:
    """Each tensor of a row; noise is always drawn on the CPU."""
    tensors = TensorFile(source.path.parent / "noise.safetensors")

    def check(row: Row) -> Result:
        drawn = zip(row["tensors"], _KINDS[row["kind"]](row), strict=True)
        return compare_all([compare(tensors[n], got, atol=TOLERANCE, rtol=TOLERANCE) for n, got in drawn])

    return check


def _shape(row: Row) -> tuple[int, int, int]:
    channels, height, width = row["shape"]
    return channels, height, width


def _streams(row: Row) -> list[Tensor]:
    """Consecutive draws of one generator."""
    source = {"philox": "NV", "mixed_NV": "NV"}.get(row["kind"], "CPU")
    generator = make_generator(source, row["seed"])
    shapes = row.get("shapes") or [row["shape"]] * row["calls"]
    return [generator.randn(tuple(shape)) for shape in shapes]


def _slerp(row: Row) -> list[Tensor]:
    shape = _shape(row)
    if row["kind"] == "slerp":
        low, high = CpuGenerator(row["low_seed"]).randn(shape), CpuGenerator(row["high_seed"]).randn(shape)
    else:
        low = CpuGenerator(1).randn(shape)
        high = low * 1.7 + 0.001 * CpuGenerator(3).randn(shape)
    return [slerp(low, high, row["val"])]


def _images(row: Row) -> list[Tensor]:
    resize = (row["rh"] // 8, row["rw"] // 8) if "rh" in row else None
    variations = row.get("subseeds", [])
    images = [
        ImageNoise(
            _shape(row),
            NoiseSettings(
                seed=seed,
                source=row["source"],
                variation_seed=variations[i] if i < len(variations) else 0,
                variation_strength=row.get("strength", 0.0) if variations else 0.0,
                ensd=row.get("ensd", 0),
                seed_resize=resize,
            ),
        )
        for i, seed in enumerate(row["seeds"])
    ]
    batch, zero = BatchNoise(images), torch.zeros(())
    return [batch.first()] + [batch.next(zero, zero) for _ in row["tensors"][1:]]


def _brownian(row: Row) -> list[Tensor]:
    sigmas = torch.tensor(row["sigmas"])
    paths = [
        BrownianNoise(row["sigma_min"], row["sigma_max"], tuple(row["item_shape"]), seed, row["source"])
        for seed in row["seeds"]
    ]

    def query(name: str) -> tuple[Tensor, Tensor]:
        place = name.partition("_")[2]
        if not place.startswith("m"):
            return sigmas[int(place)], sigmas[int(place) + 1]
        i = int(place[1:-1])  # as DPM++ SDE asks: through the logarithm and back
        t, t_next = -sigmas[i].log(), -sigmas[i + 1].log()
        target = t + (t_next - t) * 0.5 if place.endswith("a") else t_next
        return (-t).exp(), (-target).exp()

    return [torch.stack([path(*query(name)) for path in paths]) for name in row["tensors"]]


_KINDS: dict[str, Callable[[Row], list[Tensor]]] = {
    "philox": _streams,
    "torch_cpu_generator": _streams,
    "mixed_NV": _streams,
    "mixed_CPU": _streams,
    "slerp": _slerp,
    "slerp_near_parallel": _slerp,
    "image_rng": _images,
    "brownian": _brownian,
}
