"""Which seeds the pictures of a batch get."""

from dataclasses import replace

from mezzotint.runtime.batch import batch
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.job_infotext import infotext_items
from mezzotint.runtime.request import Request

REQUEST = Request("a", "", RenderSettings(seed=7, variation_seed=40))


def test_seeds_count_up_over_all_batches() -> None:
    found = [one.settings for one in batch(REQUEST, 2, 3)]
    assert [one.seed for one in found] == [7, 8, 9, 10, 11, 12]
    assert [(one.batch_size, one.batch_pos) for one in found] == [(3, 0), (3, 1), (3, 2)] * 2
    assert {one.variation_seed for one in found} == {40}


def test_with_a_variation_only_its_seed_counts_up() -> None:
    varied = replace(REQUEST, settings=replace(REQUEST.settings, variation_strength=0.2))
    found = [one.settings for one in batch(varied, 3)]
    assert [one.seed for one in found] == [7, 7, 7]
    assert [one.variation_seed for one in found] == [40, 41, 42]


def test_a_batch_of_one_says_nothing_of_it() -> None:
    (one,) = batch(REQUEST, 1)
    assert "Batch size" not in dict(infotext_items(one.settings))
    *_, last = batch(REQUEST, 1, 2)
    items = dict(infotext_items(last.settings))
    assert (items["Batch size"], items["Batch pos"]) == ("2", "1")
