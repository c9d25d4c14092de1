"""Each layout against its formula, written out in another way."""

import itertools
import math
from collections.abc import Iterable

import pytest
import torch
from torch import Tensor

from mezzotint.runtime.networks.layouts import LAYOUTS, LayoutError, Parts, find_layout, layer_change

KERNELS = [(), (1, 1), (3, 3)]
ALPHA = torch.tensor(3.0)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(1)


def change(
    parts: Parts, weight: Tensor, name: str, multiplier: float = 1.0, dyn: int | None = None
) -> tuple[Tensor, Tensor | None]:
    layout = find_layout(parts)
    assert layout is not None
    assert layout.name == name
    assert layout.unread(parts) == []
    return layer_change(layout, parts, weight, multiplier, dyn)


def delta(parts: Parts, weight: Tensor, name: str, multiplier: float = 1.0, dyn: int | None = None) -> Tensor:
    found, bias = change(parts, weight, name, multiplier, dyn)
    assert bias is None
    assert found.shape == weight.shape
    return found


def r(*shape: int) -> Tensor:
    return torch.randn(*shape)


def close(a: Tensor, b: Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kernel", KERNELS)
def test_lora(kernel: tuple[int, ...]) -> None:
    weight, ones = r(12, 8, *kernel), (1,) * len(kernel)
    up, down = r(12, 4, *ones), r(4, 8, *kernel)
    parts = {"lora_up.weight": up, "lora_down.weight": down}
    outer = [torch.tensordot(up[:, i].reshape(12), down[i], 0) for i in range(4)]
    close(delta(parts, weight, "LoRA"), sum(outer, torch.zeros_like(weight)))
    close(
        delta({**parts, "alpha": ALPHA}, weight, "LoRA", -0.5, dyn=2),
        -0.5 * 3 / 4 * (outer[0] + outer[1]),
    )


def test_lora_is_computed_in_float32_and_reshaped_to_the_layer() -> None:
    up, down = r(12, 4, 1, 1).half(), r(4, 8, 1, 1).half()
    found = delta({"lora_up.weight": up, "lora_down.weight": down}, r(12, 8), "LoRA")
    close(found, up[..., 0, 0].float() @ down[..., 0, 0].float())
    assert found.dtype == torch.float32


def tucker(core: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """``core (i, j, h, w)``, ``rows (out, i)``, ``columns (j, in)``."""
    found = torch.zeros(rows.shape[0], columns.shape[1], *core.shape[2:])
    for i, j in itertools.product(range(core.shape[0]), range(core.shape[1])):
        found += rows[:, i, None, None, None] * columns[j, None, :, None, None] * core[i, j]
    return found


def test_lora_tucker() -> None:
    up, down, mid = r(12, 4, 1, 1), r(5, 8, 1, 1), r(4, 5, 3, 3)
    parts = {"lora_up.weight": up, "lora_down.weight": down, "lora_mid.weight": mid, "alpha": ALPHA}
    expected = 3 / 5 * tucker(mid, up[..., 0, 0], down[..., 0, 0])
    close(delta(parts, r(12, 8, 3, 3), "LoRA"), expected)


@pytest.mark.parametrize("kernel", KERNELS)
def test_loha(kernel: tuple[int, ...]) -> None:
    columns = 8 * math.prod(kernel)
    a, b, c, d = r(12, 4), r(4, columns), r(12, 4), r(4, columns)
    parts = {"hada_w1_a": a, "hada_w1_b": b, "hada_w2_a": c, "hada_w2_b": d, "alpha": ALPHA}
    expected = 3 / 4 * ((a @ b) * (c @ d)).reshape(12, 8, *kernel)
    close(delta(parts, r(12, 8, *kernel), "LoHa"), expected)


def test_loha_tucker() -> None:
    a, b, c, d, t1, t2 = r(4, 12), r(4, 8), r(4, 12), r(4, 8), r(4, 4, 3, 3), r(4, 4, 3, 3)
    parts = {"hada_w1_a": a, "hada_w1_b": b, "hada_w2_a": c, "hada_w2_b": d, "hada_t1": t1, "hada_t2": t2}
    expected = tucker(t1, a.T, b) * tucker(t2, c.T, d)
    close(delta(parts, r(12, 8, 3, 3), "LoHa"), expected)


def kronecker(first: Tensor, second: Tensor) -> Tensor:
    rows = [torch.cat([value * second for value in row], 1) for row in first]
    return torch.cat(rows, 0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_lokr(kernel: tuple[int, ...]) -> None:
    weight, size = r(12, 8, *kernel), math.prod(kernel)
    w1, w2 = r(3, 2), r(4, 4, *kernel)
    a1, b1, a2, b2 = r(3, 2), r(2, 2), r(4, 5), r(5, 4 * size)
    whole = {"lokr_w1": w1, "lokr_w2": w2, "alpha": ALPHA}  # alpha plays no part
    close(delta(whole, weight, "LoKr"), kronecker(w1, w2))
    first = {"lokr_w1_a": a1, "lokr_w1_b": b1, "lokr_w2": w2, "alpha": ALPHA}
    close(delta(first, weight, "LoKr"), 3 / 2 * kronecker(a1 @ b1, w2))
    both = {"lokr_w1_a": a1, "lokr_w1_b": b1, "lokr_w2_a": a2, "lokr_w2_b": b2, "alpha": ALPHA}
    second = (a2 @ b2).reshape(4, 4, *kernel)
    close(delta(both, weight, "LoKr"), 3 / 5 * kronecker(a1 @ b1, second))


def test_lokr_tucker() -> None:
    w1, a, b, core = r(3, 2), r(5, 4), r(5, 4), r(5, 5, 3, 3)
    parts = {"lokr_w1": w1, "lokr_w2_a": a, "lokr_w2_b": b, "lokr_t2": core, "alpha": ALPHA}
    close(delta(parts, r(12, 8, 3, 3), "LoKr"), 3 / 5 * kronecker(w1, tucker(core, a.T, b)))


def test_full_and_norm() -> None:
    weight, diff, bias = r(12, 8, 3, 3), r(12, 8, 3, 3), r(12)
    found, found_bias = change({"diff": diff, "diff_b": bias}, weight, "full", 0.5)
    assert found_bias is not None
    close(found, diff / 2)
    close(found_bias, bias / 2)
    found, found_bias = change({"w_norm": bias, "b_norm": bias}, r(12), "norm", 2.0)
    assert found_bias is not None
    close(found, bias * 2)
    close(found_bias, bias * 2)


def test_ia3() -> None:
    weight, inputs, outputs = r(12, 8), r(8), r(12)
    parts = {"weight": inputs, "on_input": torch.tensor(True)}
    close(delta(parts, weight, "IA3"), weight @ torch.diag(inputs))
    parts = {"weight": outputs, "on_input": torch.tensor(False)}
    close(delta(parts, weight, "IA3"), torch.diag(outputs) @ weight)


def test_glora() -> None:
    weight, a1, a2, b1, b2 = r(12, 8), r(4, 8), r(8, 4), r(4, 8), r(12, 4)
    parts = {"a1.weight": a1, "a2.weight": a2, "b1.weight": b1, "b2.weight": b2, "alpha": ALPHA}
    close(delta(parts, weight, "GLoRA", 0.5), (b2 @ b1 + weight @ (a2 @ a1)) / 2)


def diagonal(blocks: Iterable[Tensor]) -> Tensor:
    found: Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
    return found


def cayley(blocks: Tensor, limit: float = math.inf) -> Tensor:
    """The blocks' orthogonal matrices, side by side on the diagonal."""
    skew = diagonal(block - block.T for block in blocks)
    skew = skew * min(1.0, limit / float(torch.linalg.norm(skew)))
    eye = torch.eye(len(skew))
    turned: Tensor = torch.linalg.solve(eye - skew, eye + skew, left=False)
    return turned


@pytest.mark.parametrize("kernel", KERNELS)
def test_oft(kernel: tuple[int, ...]) -> None:
    weight, blocks, rescale = r(12, 8, *kernel), r(3, 4, 4) / 8, torch.rand(12) + 0.5
    flat = weight.flatten(1)
    turned = (cayley(blocks).T @ flat).reshape(weight.shape)
    close(delta({"oft_blocks": blocks}, weight, "OFT", 0.5), (turned - weight) / 2)
    limited = (cayley(blocks, 0.01 * 12).T @ flat).reshape(weight.shape)
    parts = {"oft_blocks": blocks, "alpha": torch.tensor(0.01)}
    close(delta(parts, weight, "OFT"), limited - weight)
    scaled = (torch.diag(rescale) @ turned.flatten(1)).reshape(weight.shape)
    parts = {"oft_blocks": blocks, "rescale": rescale.reshape(12, *[1] * (1 + len(kernel)))}
    close(delta(parts, weight, "OFT"), scaled - weight)


def test_oft_that_stores_the_matrices() -> None:
    weight, turns = r(12, 8), r(3, 4, 4)
    close(delta({"oft_diag": turns}, weight, "OFT"), diagonal(turns).T @ weight - weight)


def test_boft() -> None:
    weight, blocks = r(16, 8), r(3, 4, 4, 4) / 8
    turned = weight
    for level, block in enumerate(blocks):
        stride = 2**level * 2
        # Output 2·stride·c + stride·g + k stands at place 2·stride·c + 2·k + g.
        order = sorted(range(16), key=lambda at: (at // (2 * stride), at % stride, at // stride))
        shuffle = torch.eye(16)[order]
        turned = shuffle.T @ diagonal(cayley(one[None]) for one in block) @ shuffle @ turned
    close(delta({"oft_blocks": blocks}, weight, "OFT"), turned - weight)


@pytest.mark.parametrize("kernel", KERNELS)
def test_dora(kernel: tuple[int, ...]) -> None:
    weight, diff = r(12, 8, *kernel), r(12, 8, *kernel)
    lengths = torch.rand(8) + 0.5
    expected = weight + diff
    for i in range(8):
        expected[:, i] *= lengths[i] / expected[:, i].norm()
    parts = {"diff": diff, "dora_scale": lengths.reshape(1, 8, *[1] * len(kernel))}
    close(delta(parts, weight, "full", 0.5), (expected - weight) / 2)


def test_dora_of_peft() -> None:
    weight, diff, lengths = r(12, 8), r(12, 8), torch.rand(12) + 0.5
    expected = weight + diff
    expected *= (lengths / expected.norm(dim=1))[:, None]
    close(delta({"diff": diff, "magnitude": lengths}, weight, "full"), expected - weight)


def test_a_scale_and_a_bias_in_the_file() -> None:
    diff, bias = r(12, 8), r(96)
    parts = {"diff": diff, "bias": bias, "scale": torch.tensor(0.25)}
    close(delta(parts, r(12, 8), "full"), (diff + bias.reshape(12, 8)) / 4)


def test_a_network_for_the_plain_model_in_an_inpainting_model() -> None:
    diff = r(8, 4, 3, 3)
    found = delta({"diff": diff}, r(8, 9, 3, 3), "full")
    assert torch.equal(found[:, :4], diff)
    assert not found[:, 4:].any()


@pytest.mark.parametrize(
    "parts",
    [
        {"lora_up.weight": r(12, 4), "lora_down.weight": r(4, 7)},
        {"lora_up.weight": r(12, 4), "lora_down.weight": r(5, 8)},
        {"lora_up.weight": r(12, 0), "lora_down.weight": r(0, 8), "alpha": ALPHA},
        {"lora_up.weight": r(1 << 15, 1), "lora_down.weight": r(1, 1 << 15)},
        {"lora_up.weight": torch.tensor(1.0), "lora_down.weight": torch.tensor(1.0)},
        {"lora_up.weight": r(12, 4), "lora_down.weight": r(4, 8), "alpha": r(2)},
        {"lokr_w1": r(1).expand(1 << 12, 1 << 10), "lokr_w2": r(1).expand(1 << 10, 1 << 12)},
        {"hada_w1_a": r(1, 9), "hada_w1_b": r(1 << 14, 8), "hada_w2_a": r(4, 12), "hada_w2_b": r(4, 8)}
        | {"hada_t1": r(1, 1 << 14, 1, 1), "hada_t2": r(4, 4, 3, 3)},
        {"oft_blocks": r(5, 4, 4)},
        {"weight": r(7), "on_input": torch.tensor(1)},
        {"diff": r(3)},
    ],
)
def test_what_does_not_fit_is_refused(parts: Parts) -> None:
    layout = find_layout(parts)
    assert layout is not None
    with pytest.raises((LayoutError, RuntimeError, IndexError, ValueError)):
        layer_change(layout, parts, r(12, 8), 1.0, None)


def test_order_and_unknown_parts() -> None:
    assert [layout.name for layout in LAYOUTS] == [
        "LoRA",
        "LoHa",
        "IA3",
        "LoKr",
        "full",
        "norm",
        "GLoRA",
        "OFT",
    ]
    assert find_layout({"lora_up.weight": r(1)}) is None
    layout = find_layout({"diff": r(1), "lora_up.weight": r(1)})
    assert layout is not None
    assert layout.unread({"diff": r(1), "bias_values": r(1), "alpha": r(1)}) == ["bias_values"]
