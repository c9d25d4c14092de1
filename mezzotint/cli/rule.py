"""``mezzotint rule``."""

import click

from mezzotint.cli.terminal import echo, print_json
from mezzotint.compiler.lint.catalogue import Entry, condition, entries, find_entry, markdown
from mezzotint.compiler.lint.registry import Example
from mezzotint.grammar.diagnostics import printable


@click.command("rule")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "is_all", is_flag=True, help="List every rule.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="With --all: print the page docs/rules.md.")
def rule_command(codes: tuple[str, ...], is_all: bool, as_json: bool, as_markdown: bool) -> None:
    """Explain what a rule finds, why it is bad, and what shows it.

    CODE is a rule's code or its name, such as MZ201 or prompt-weight.
    """
    if bool(codes) == is_all:
        raise click.UsageError("name a rule, such as MZ201, or give --all")
    if as_markdown:
        echo(markdown().rstrip("\n"))
        return
    chosen = entries() if is_all else [find_entry(code) for code in codes]
    if as_json:
        print_json([_row(entry) for entry in chosen])
    elif is_all:
        _list(chosen)
    else:
        for entry in chosen:
            _explain(entry)


def _list(chosen: list[Entry]) -> None:
    name_width = max(len(entry.name) for entry in chosen)
    for entry in chosen:
        fix = f", {entry.fix} fix" if entry.fix else ""
        echo(f"{entry.code}  {entry.name:{name_width}}  {entry.severity:7}  {entry.status}{fix}")


def _explain(entry: Entry) -> None:
    echo(f"{click.style(f'{entry.code} {entry.name}', bold=True)}  {' · '.join(entry.facts)}")
    sentences = (("What it does", entry.what), ("Why it is bad", entry.why), ("Evidence", entry.evidence))
    for title, text in sentences:
        if text:
            echo("")
            echo(click.wrap_text(f"{title}: {text}", 100, subsequent_indent="  "))
    for title, examples in (("Bad", entry.bad), ("Good", entry.good)):
        if examples:
            echo(f"\n{title}:")
        for example in examples:
            _show(example)


def _show(example: Example) -> None:
    said = condition(example)
    *lines, last = map(printable, example.text.split("\n"))
    for line in lines:
        echo(f"    {line}")
    echo(f"    {last}" + (f"    ({said})" if said else ""))


def _row(entry: Entry) -> dict[str, object]:
    return {
        **entry._asdict(),
        "families": dict(entry.families),
        "bad": [_example_row(example) for example in entry.bad],
        "good": [_example_row(example) for example in entry.good],
    }


def _example_row(example: Example) -> dict[str, object]:
    return {"text": example.text, "when": condition(example)}
