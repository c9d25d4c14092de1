"""Every rule, once, in the order of the codes."""

from mezzotint.compiler.lint.registry import Rule
from mezzotint.compiler.lint.rules import (
    and_in_group,
    bad_weight,
    bracket_number,
    break_in_group,
    editing_disabled,
    network_in_negative,
    prompt_weight,
    ratio_weight,
    step_overflow,
    stray_bracket,
)

RULES: tuple[Rule, ...] = (
    bad_weight.RULE,
    step_overflow.RULE,
    stray_bracket.RULE,
    editing_disabled.RULE,
    prompt_weight.RULE,
    ratio_weight.RULE,
    bracket_number.RULE,
    break_in_group.RULE,
    and_in_group.RULE,
    network_in_negative.RULE,
)
