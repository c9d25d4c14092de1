"""Which seeds the pictures of a batch get."""

import secrets
from dataclasses import replace

import pytest

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.runtime.batch import MAX_SEED, batch, with_seeds
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.job_infotext import infotext_items, missing
from mezzotint.runtime.request import Request, read_request

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


@pytest.mark.parametrize("seed", ["Seed: -1, ", "", "Seed: , "])
def test_a_seed_that_nothing_names_is_random(seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda limit: limit - 1)
    document = read_document(f"a\nSteps: 20, {seed}Sampler: Euler, CFG scale: 7", Dialect.INFOTEXT)
    request = with_seeds(read_request(document), document.infotext, (), {})
    assert (request.settings.seed, request.settings.variation_seed) == (MAX_SEED, 0)
    given = with_seeds(read_request(document, options={"seed": 3}), document.infotext, (), {"seed": 3})
    assert given.settings.seed == 3


def test_so_is_that_of_a_variation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda limit: limit - 1)
    text = "a\nSteps: 20, Sampler: Euler, Seed: 5, Variation seed: {}, Variation seed strength: 0.1"
    for seed, expected in ((-1, MAX_SEED), (9, 9)):
        document = read_document(text.format(seed), Dialect.INFOTEXT)
        request = with_seeds(read_request(document), document.infotext, (), {})
        assert (request.settings.seed, request.settings.variation_seed) == (5, expected)


def test_without_a_seed_no_picture_can_be_made_again() -> None:
    assert missing({"Steps": "20", "Sampler": "Euler", "CFG scale": "7", "Size": "8x8", "Seed": "-1"}) == [
        "Seed"
    ]
