"""Changes are accepted together where they can be, and few comparisons find those that cannot."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from mezzotint.compiler.lint.fixes import fix_prompt
from mezzotint.compiler.proof import Budget, accepted


@given(st.sets(st.integers(0, 199), max_size=8))
def test_all_but_the_bad_ones_are_accepted(bad: set[int]) -> None:
    asked: list[int] = []

    def is_same(chosen: Sequence[int]) -> bool:
        asked.append(len(chosen))
        return not bad & set(chosen)

    assert sorted(accepted(range(200), is_same)) == sorted(set(range(200)) - bad)
    assert len(asked) <= 1 + 2 * 8 * len(bad)


@given(st.sets(st.tuples(st.integers(0, 19), st.integers(0, 19))))
def test_changes_that_cannot_be_made_together_are_not(pairs: set[tuple[int, int]]) -> None:
    def is_same(chosen: Sequence[int]) -> bool:
        return not any({a, b} <= set(chosen) for a, b in pairs)

    kept = accepted(range(1, 20), is_same, [0] if (0, 0) not in pairs else [])
    assert not kept or is_same(kept)
    for one in set(range(1, 20)) - set(kept):
        assert not is_same([*kept, one])


def test_a_spent_budget_stays_spent() -> None:
    budget = Budget(10)
    assert budget.take(10)
    assert not budget.take(1)
    assert not budget.take(0)


def test_a_refused_fix_does_not_keep_others_from_being_applied() -> None:
    prompt = "a \\b, ( ) x, " * 300
    fixed = fix_prompt(prompt)
    assert fixed.source == prompt.replace("\\", "")
    assert {one.code for one in fixed.applied} == {"MZ006"}
