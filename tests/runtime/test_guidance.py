"""Guidance: how branches are batched, weighted and followed in time."""

from typing import Any

import torch
from torch import Tensor

from mezzotint.compiler.conditioning.types import Conditioning, EncodedBranch, EncodedEntry
from mezzotint.runtime.denoiser import Context
from mezzotint.runtime.guidance import Guidance, GuidanceSettings, combine, rescaled

X, LEVEL = torch.zeros(1, 4, 2, 2), torch.tensor(1.0)


def _entry(value: float, tokens: int = 1, end: int = 99) -> EncodedEntry:
    return EncodedEntry(end, torch.full((tokens, 2), value))


class Recorder:
    """A model whose output is the mean of a row's conditioning; remembers the batches it was given."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, ...]] = []

    def __call__(self, x: Tensor, _level: Tensor, context: Context) -> Tensor:
        self.batches.append(tuple(context.hidden_states.shape))
        return x + context.hidden_states.mean(dim=(1, 2)).view(-1, 1, 1, 1)


def _guide(
    conditioning: Conditioning, *, empty: Tensor | None = None, **settings: Any
) -> tuple[Guidance, Recorder]:
    model = Recorder()
    limits = GuidanceSettings(total=10, **{"scale": 2.0, **settings})
    share = torch.zeros_like if limits.rescale else None
    return Guidance(model, conditioning, limits, empty=empty, input_share=share), model


def test_branches_pull_away_from_the_negative() -> None:
    out = combine(torch.tensor([1.0]), [torch.tensor([3.0]), torch.tensor([0.0])], [1.0, -0.5], 2.0)
    assert out.item() == 1 + (3 - 1) * 2 + (0 - 1) * -1


def test_equal_lengths_go_in_one_batch_positive_first() -> None:
    guide, model = _guide(
        Conditioning((EncodedBranch(1.0, (_entry(1.0),)),), EncodedBranch(1.0, (_entry(0.5),)))
    )
    assert guide(X, LEVEL).mean().item() == 0.5 + 0.5 * 2
    assert model.batches == [(2, 1, 2)]


def test_other_lengths_go_in_two_and_short_branches_repeat_their_last_token() -> None:
    branches = (EncodedBranch(1.0, (_entry(1.0, 1),)), EncodedBranch(1.0, (_entry(1.0, 3),)))
    guide, model = _guide(Conditioning(branches, EncodedBranch(1.0, (_entry(0.0, 2),))))
    guide(X, LEVEL)
    assert model.batches == [(2, 3, 2), (1, 2, 2)]


def test_the_evaluation_counter_picks_the_entry() -> None:
    timeline = (_entry(1.0, end=1), _entry(5.0, end=9))
    guide, _ = _guide(Conditioning((EncodedBranch(1.0, timeline),), EncodedBranch(1.0, (_entry(0.0),))))
    assert [guide(X, LEVEL).mean().item() for _ in range(3)] == [2.0, 2.0, 10.0]


def test_early_evaluations_can_skip_the_negative() -> None:
    conditioning = Conditioning((EncodedBranch(1.0, (_entry(1.0),)),), EncodedBranch(1.0, (_entry(0.0),)))
    guide, model = _guide(conditioning, skip_early=0.1)
    assert [guide(X, LEVEL).mean().item() for _ in range(3)] == [1.0, 1.0, 2.0]
    assert [rows for rows, _, _ in model.batches] == [1, 1, 2]


def test_low_noise_levels_can_skip_the_negative_every_other_time() -> None:
    conditioning = Conditioning((EncodedBranch(1.0, (_entry(1.0),)),), EncodedBranch(1.0, (_entry(0.0),)))
    guide, _ = _guide(conditioning, ngms=2.0)
    assert [guide(X, LEVEL).mean().item() for _ in range(4)] == [2.0, 1.0, 2.0, 1.0]
    assert guide(X, torch.tensor(3.0)).mean().item() == 2.0


def test_images_of_a_batch_share_their_prompts() -> None:
    conditioning = Conditioning((EncodedBranch(1.0, (_entry(1.0),)),), EncodedBranch(1.0, (_entry(0.0),)))
    guide, model = _guide(conditioning)
    x = torch.arange(3.0).view(3, 1, 1, 1).expand(3, 4, 2, 2)
    assert guide(x, LEVEL).mean(dim=(1, 2, 3)).tolist() == [2.0, 3.0, 4.0]
    assert model.batches == [(6, 1, 2)]


def test_a_negative_of_another_length_can_be_cut_or_extended() -> None:
    for tokens in (1, 5):
        branch, negative = EncodedBranch(1.0, (_entry(1.0, 3),)), EncodedBranch(1.0, (_entry(0.0, tokens),))
        guide, model = _guide(Conditioning((branch,), negative), pad_negative=True)
        guide(X, LEVEL)
        assert model.batches == [(2, 3, 2)]


def test_the_shorter_prompt_can_be_padded_by_empty_ones() -> None:
    empty = torch.full((2, 2), 7.0)
    for tokens, expected in ((2, 6), (4, 6), (6, 6), (8, 8)):
        branches = (EncodedBranch(1.0, (_entry(1.0, 6),)), EncodedBranch(1.0, (_entry(1.0, 2),)))
        negative = EncodedBranch(1.0, (_entry(0.0, tokens),))
        guide, model = _guide(Conditioning(branches, negative), empty=empty, pad=True)
        guide(X, LEVEL)
        assert model.batches == [(3, expected, 2)]


def test_old_padding_goes_before_new() -> None:
    branch, negative = EncodedBranch(1.0, (_entry(1.0, 2),)), EncodedBranch(1.0, (_entry(0.0, 4),))
    guide, model = _guide(
        Conditioning((branch,), negative), empty=torch.zeros(2, 2), pad=True, pad_negative=True
    )
    guide(X, LEVEL)
    assert model.batches == [(2, 2, 2)]


def test_rescaling_gives_the_spread_of_the_positive_back() -> None:
    positive, of_input = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1)), torch.ones(1)
    guided = positive * 3 + 1
    full = rescaled(guided, positive, of_input, 1.0)
    assert torch.allclose((full - 1).std(dim=(1, 2, 3)), (positive - 1).std(dim=(1, 2, 3)))
    assert torch.equal(rescaled(guided, positive, of_input, 0.0), guided)
    half = rescaled(guided, positive, of_input, 0.5)
    assert torch.allclose(half, (full + guided) / 2, atol=1e-6)


def test_rescaling_acts_on_the_sum_of_all_branches() -> None:
    x = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(2))
    conditioning = Conditioning((EncodedBranch(1.0, (_entry(1.0),)),), EncodedBranch(1.0, (_entry(0.0),)))
    plain, _ = _guide(conditioning)
    guide, _ = _guide(conditioning, rescale=1.0)
    assert torch.allclose(guide(x, LEVEL), plain(x, LEVEL), atol=1e-6)  # a shift has no spread of its own
