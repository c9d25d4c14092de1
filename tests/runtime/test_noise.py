"""Noise against vectors of stable-diffusion-webui v1.10.1, and its laws."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.brownian import BrownianNoise, BrownianTree
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings, paste_centred, slerp
from mezzotint.runtime.rng import CpuGenerator, PhiloxGenerator, make_generator

GOLDEN = Path(__file__).parents[1] / "golden" / "runtime"
Vectors = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def tensors() -> dict[str, Tensor]:
    return load_file(GOLDEN / "noise.safetensors")


def _shape(row: dict[str, Any]) -> tuple[int, int, int]:
    channels, height, width = row["shape"]
    return channels, height, width


def _streams(row: dict[str, Any]) -> list[Tensor]:
    """Consecutive draws of one generator."""
    source = {"philox": "NV", "mixed_NV": "NV"}.get(row["kind"], "CPU")
    generator = make_generator(source, row["seed"])
    shapes = row.get("shapes") or [row["shape"]] * row["calls"]
    return [generator.randn(tuple(shape)) for shape in shapes]


def _slerp(row: dict[str, Any]) -> list[Tensor]:
    shape = _shape(row)
    if row["kind"] == "slerp":
        low, high = CpuGenerator(row["low_seed"]).randn(shape), CpuGenerator(row["high_seed"]).randn(shape)
    else:
        low = CpuGenerator(1).randn(shape)
        high = low * 1.7 + 0.001 * CpuGenerator(3).randn(shape)
    return [slerp(low, high, row["val"])]


def _images(row: dict[str, Any]) -> list[Tensor]:
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


def _brownian(row: dict[str, Any]) -> list[Tensor]:
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


KINDS: dict[str, Callable[[dict[str, Any]], list[Tensor]]] = {
    "philox": _streams,
    "torch_cpu_generator": _streams,
    "mixed_NV": _streams,
    "mixed_CPU": _streams,
    "slerp": _slerp,
    "slerp_near_parallel": _slerp,
    "image_rng": _images,
    "brownian": _brownian,
}


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_the_references(kind: str, vectors: Vectors, tensors: dict[str, Tensor]) -> None:
    rows = [row for row in vectors("philox") if row["kind"] == kind]
    assert rows
    for row in rows:
        for name, got in zip(row["tensors"], KINDS[kind](row), strict=True):
            # torch's vectorised logarithm and sine differ by an ulp between processors
            torch.testing.assert_close(got, tensors[name], rtol=2e-6, atol=2e-6, msg=name)


def test_every_kind_of_vector_is_tested(vectors: Vectors) -> None:
    assert {row["kind"] for row in vectors("philox")} == set(KINDS)


@given(st.integers(0, 2**64 - 1), st.integers(1, 40), st.integers(0, 40))
def test_philox_of_a_larger_shape_continues_the_smaller(seed: int, small: int, more: int) -> None:
    short, long = PhiloxGenerator(seed).randn((small,)), PhiloxGenerator(seed).randn((small + more,))
    assert torch.equal(short, long[:small])


def test_cpu_seeds_wrap_at_32_bits_and_philox_seeds_do_not() -> None:
    for generator, same in ((CpuGenerator, True), (PhiloxGenerator, False)):
        assert torch.equal(generator(5).randn((20,)), generator(5 + 2**32).randn((20,))) is same


@pytest.mark.parametrize("source", ["CPU", "NV"])
def test_brownian_increments_add_up_in_any_order_of_queries(source: str) -> None:
    times = [0.03, 0.7, 2.5, 14.6]
    one, other = (BrownianTree(0.03, 14.6, (4, 2, 2), 7, source) for _ in range(2))
    parts = [one.increment(a, b) for a, b in pairwise(times)]
    backwards = [other.increment(a, b) for a, b in reversed(list(pairwise(times)))]
    assert all(torch.equal(a, b) for a, b in zip(parts, reversed(backwards), strict=True))
    total = torch.stack(parts).sum(dim=0)
    torch.testing.assert_close(total, one.increment(times[0], times[-1]), rtol=0, atol=1e-5)


@given(
    st.integers(0, 2**64 - 1), st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)).filter(lambda p: p[0] < p[1])
)
def test_the_tree_is_torchsdes(seed: int, times: tuple[float, float]) -> None:
    torchsde = pytest.importorskip("torchsde")
    theirs = torchsde.BrownianTree(
        t0=0.1, w0=torch.zeros(2, 3), t1=10.0, entropy=seed, tol=1e-6, pool_size=24
    )
    ours = BrownianTree(0.1, 10.0, (2, 3), seed, "CPU")
    assert torch.equal(ours.increment(*times), theirs(*times))


def test_the_cache_of_the_tree_does_not_change_its_values() -> None:
    tree = BrownianTree(0.1, 10.0, (2,), 3, "NV")
    first = tree.increment(1.234567, 7.654321)
    for i in range(40):
        tree.increment(0.1 + i * 0.2, 0.25 + i * 0.2)
    assert torch.equal(tree.increment(1.234567, 7.654321), first)


def test_sampler_noise_may_come_from_another_source() -> None:
    shape = (4, 8, 8)
    mixed = ImageNoise(shape, NoiseSettings(seed=3, source="CPU", sampler_source="NV"))
    assert torch.equal(mixed.first(), CpuGenerator(3).randn(shape))
    assert torch.equal(mixed.next(), PhiloxGenerator(3).randn(shape))


def test_images_of_a_batch_draw_as_if_alone() -> None:
    settings = [NoiseSettings(seed=seed, source="NV") for seed in (1, 2)]
    batch = BatchNoise([ImageNoise((4, 8, 8), s) for s in settings]).first()
    alone = [BatchNoise([ImageNoise((4, 8, 8), s)]).first() for s in settings]
    assert torch.equal(batch, torch.cat(alone))


@pytest.mark.parametrize(("small", "large"), [((3, 5), (8, 8)), ((12, 8), (8, 8)), ((7, 20), (10, 9))])
def test_pasting_keeps_the_middle(small: tuple[int, int], large: tuple[int, int]) -> None:
    result = paste_centred(torch.ones(1, *small), torch.zeros(1, *large))
    shared = min(small[0], large[0]), min(small[1], large[1])
    assert result.shape == (1, *large)
    assert int(result.sum()) in {
        shared[0] * shared[1],
        (shared[0] - 1) * shared[1],
        shared[0] * (shared[1] - 1),
    }


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_impossible_seeds_are_refused(seed: int) -> None:
    with pytest.raises(MezzotintError, match="out of range"):
        make_generator("CPU", seed)


def test_unknown_sources_are_refused() -> None:
    with pytest.raises(MezzotintError, match="CPU, GPU, NV"):
        make_generator("TPU", 1)


def test_an_ensd_beyond_the_range_is_refused() -> None:
    noise = ImageNoise((4, 8, 8), NoiseSettings(seed=3, ensd=-5))
    with pytest.raises(MezzotintError, match="ENSD"):
        noise.first()
