"""Every rule, once, in the order of the codes."""

from functools import cache

from mezzotint.compiler.lint.registry import Listed

_DIGITS = tuple("0123456789")

RULES: tuple[Listed, ...] = (
    Listed("MZ001", "syntax.bad_weight", (".",), ("Weight",)),
    Listed("MZ002", "syntax.step_overflow", nodes=("Scheduled",)),
    Listed("MZ003", "syntax.stray_bracket", nodes=("Stray",)),
    Listed("MZ004", "syntax.editing_disabled", nodes=("Stray",)),
    Listed("MZ201", "meaning.prompt_weight", nodes=("BranchWeight",)),
    Listed("MZ202", "meaning.ratio_weight", _DIGITS, ("Weight",)),
    Listed("MZ203", "meaning.bracket_number", (".",), ("Scheduled",)),
    Listed("MZ204", "meaning.break_in_group", nodes=("Break",)),
    Listed("MZ205", "meaning.and_in_group", ("AND",), ("Stray",)),
    Listed("MZ206", "meaning.network_in_negative", ("<",)),
)


@cache
def default_rules() -> tuple[Listed, ...]:
    """The rules that run without being asked for, ours and those of other packages."""
    return tuple(row for row in all_rules() if row.is_default)


@cache
def all_rules() -> tuple[Listed, ...]:
    """The rules that there are, ours and those of other packages."""
    from mezzotint.compiler.lint.plugins import plugin_rules

    return (*RULES, *plugin_rules())
