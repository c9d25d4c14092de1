"""JUnit's XML, which most servers of continuous integration show."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from mezzotint.cli.report.checked import Checked, place
from mezzotint.grammar.diagnostics import Diagnostic, printable

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def write(files: Sequence[Checked]) -> str:
    """A suite for each file, a failed case for each finding, one passed case for a file without any."""
    found, unread = sum(len(one.diagnostics) for one in files), sum(bool(one.error) for one in files)
    cases = sum(max(1, len(one.diagnostics)) for one in files)
    lines = [_HEAD, f'<testsuites name="mezzotint" tests="{cases}" failures="{found}" errors="{unread}">']
    for one in files:
        lines += _suite(one)
    return "\n".join([*lines, "</testsuites>"])


def _suite(one: Checked) -> Iterator[str]:
    name, number = _attribute(one.name), len(one.diagnostics)
    yield (
        f'  <testsuite name={name} tests="{max(1, number)}" failures="{number}" '
        f'errors="{int(bool(one.error))}">'
    )
    for found in one.diagnostics:
        yield from _case(found, one)
    if one.error:
        yield f"    <testcase name={name}><error message={_attribute(one.error)}/></testcase>"
    elif not number:
        yield f"    <testcase name={name}/>"
    yield "  </testsuite>"


def _case(found: Diagnostic, one: Checked) -> Iterator[str]:
    at = place(found, one.text)
    title = _attribute(f"{found.code} at {at.line}:{at.column}")
    told = f"{one.name}:{at.line}:{at.column}: {found.message}" + (found.help and f"; {found.help}")
    yield f"    <testcase name={title} classname={_attribute(one.name)}>"
    yield f'      <failure type="{found.severity}" message={_attribute(found.message)}>'
    yield f"        {_text(told)}"
    yield "      </failure>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_spelled(text))


def _text(text: str) -> str:
    return escape(_spelled(text))


def _spelled(text: str) -> str:
    """What XML can hold: no control characters, and no half of a surrogate pair."""
    return printable(text)
