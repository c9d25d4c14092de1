"""The laws of noise."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.brownian import BrownianTree
from mezzotint.runtime.noise import BatchNoise, ImageNoise, NoiseSettings, paste_centred
from mezzotint.runtime.rng import CpuGenerator, PhiloxGenerator, make_generator


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
