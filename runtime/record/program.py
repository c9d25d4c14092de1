"""The compiled prompts in a record: bounded when written, checked when read."""

from mezzotint.compiler.ir import Program
from mezzotint.compiler.ir_json import digest, from_json, to_json
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import MAX_STEPS
from mezzotint.runtime.record.canonical import canonical
from mezzotint.runtime.record.plain import is_of

MAX_PROGRAM = 1 << 20
"""Bytes of a program's JSON in a record; a larger one is left out, and its digest stays.

Prompts of a thousand words take a tenth of it. A reader takes eight times as much for the whole record.
"""
_MAX_EVALUATIONS = 2 * MAX_STEPS  # of a sampler of second order


def program_json(program: Program) -> dict[str, object] | None:
    """The program as JSON holds it; ``None`` where it is too large for a record."""
    plain = to_json(program)
    return plain if _fits(plain) else None


def _fits(plain: dict[str, object]) -> bool:
    return len(canonical(plain).encode("utf-8", "surrogatepass")) <= MAX_PROGRAM


def read_program(data: object, expected: str) -> Program | None:
    """A stranger's program, if it is one, and the one that the record has the digest of."""
    if not isinstance(data, dict):
        return None
    try:
        program = from_json(data) if _fits(data) else None
    except (MezzotintError, ValueError, TypeError, OverflowError, RecursionError):
        return None
    if program is None or not (is_of(program, Program) and _is_sane(program)):
        return None
    return program if digest(program) == expected else None


def _is_sane(program: Program) -> bool:
    """Whether it can be followed: it ends, and something is in force at each evaluation."""
    second = program.hires
    if second is not None and (second.hires is not None or not _is_sane(second)):
        return False
    branches = (*program.positive, program.negative)
    steps = [program.steps, *(entry.end_step for branch in branches for entry in branch.timeline)]
    return (
        bool(program.positive)
        and all(branch.timeline for branch in branches)
        and all(0 <= step <= _MAX_EVALUATIONS for step in steps)
    )
