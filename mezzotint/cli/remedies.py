"""What ``mezzotint fix`` has remedies for, said below the findings."""

from collections import Counter
from collections.abc import Collection, Iterable

from mezzotint.cli.terminal import echo
from mezzotint.compiler.lint.rules import all_rules
from mezzotint.grammar.diagnostics import Diagnostic, Severity


def tell_remedies(found: Iterable[Diagnostic], tried: Collection[bool] = ()) -> None:
    """Say on standard error how many findings have rules with safe remedies, and with others.

    Whether a remedy can be applied at its place is seen, and proven, only when that is tried.

    Args:
        found: in files that can be written to; mild ones do not count, as in the sum above.
        tried: the kinds of fixes that were applied already: ``True`` safe ones, ``False`` others.
    """
    codes = Counter(one.code for one in found if one.severity is not Severity.INFO)
    counts = Counter[bool]()
    for row in all_rules() if codes else ():
        if row.code in codes and (remedy := row.load().remedy):
            counts[remedy.is_safe] += codes[row.code]
    safe, others = (0 if kind in tried else counts[kind] for kind in (True, False))
    if safe:
        more = f", and with --unsafe-fixes for {others} more" if others else ""
        echo(f"mezzotint fix has remedies for {safe} of these{more}", err=True)
    elif others:
        echo(f"mezzotint fix --unsafe-fixes has remedies for {others} of these", err=True)
