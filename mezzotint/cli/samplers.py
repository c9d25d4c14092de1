"""``mezzotint samplers``."""

from collections.abc import Iterator
from typing import Any

import click

from mezzotint.cli.terminal import console, echo, is_terminal, paint, print_json
from mezzotint.grammar.diagnostics import printable
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.samplers import split_schedule
from mezzotint.runtime import sampler_aliases, sampler_facts
from mezzotint.runtime.sampler_diffusers import Meaning
from mezzotint.runtime.sampler_table import (
    A1111,
    SAMPLERS,
    SCHEDULERS,
    SamplerInfo,
    SchedulerInfo,
    find_sampler,
    own_names,
    resolve,
    sampler_meanings,
    schedule_meanings,
)

_FACTS = {
    "schedule": "default schedule",
    "evaluations": "evaluations",
    "noise": "noise on the way",
    "options": "options",
    "source": "source",
}
_SIGN = {"exact": "", "close": "~", "none": "-"}


@click.command("samplers")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def samplers_command(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """List samplers and schedules, and what other programs call them.

    With NAME, say what that name means here, whichever program it is from: A1111, ComfyUI, diffusers,
    InvokeAI, NovelAI or SD.Next. Where it means different things, put the program first, as in comfy:ddim.
    A name with ~ in front means nearly the same there, and NAME tells the difference. Exit status: 0 the
    name means something, 1 several things or nothing of A1111's, 2 no program has it.
    """
    if name is None:
        _list(as_json)
        return
    samplers, schedules = _meanings(name)
    if as_json:
        print_json({"name": name, "samplers": samplers, "schedules": schedules})
    else:
        for title, rows in (("sampler", samplers), ("schedule", schedules)):
            for line in _explanation(title, name, rows):
                echo(line)
    rows = samplers or schedules
    ctx.exit(0 if len({row["is"] for row in rows}) == 1 and rows[0]["is"] else 1)


def _list(as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "samplers": [_sampler_row(info) for info in SAMPLERS],
                "schedules": [_schedule_row(info) for info in SCHEDULERS],
            }
        )
    elif is_terminal():
        _tables()
    else:
        for info in SAMPLERS:
            row = _sampler_row(info)
            echo("\t".join([info.name, row["schedule"] or "-", *_columns(row)]))
        for scheduler in SCHEDULERS:
            echo("\t".join([scheduler.label, "schedule", *_columns(_schedule_row(scheduler))]))


def _sampler_row(info: SamplerInfo) -> dict[str, Any]:
    facts = sampler_facts.SAMPLERS[info.name]
    return {
        "name": info.name,
        "schedule": info.schedule if info.family == "sigma" else None,
        "family": info.family,
        "evaluations": facts.evaluations,
        "noise": facts.noise,
        "options": list(info.options),
        "source": facts.source,
        "names": [
            _name_row(one)
            for one in (*own_names(), *sampler_aliases.sampler_names())
            if one.target == info.name
        ],
    }


def _schedule_row(info: SchedulerInfo) -> dict[str, Any]:
    return {
        "name": info.label,
        "source": sampler_facts.SCHEDULES[info.label],
        "names": [_name_row(Meaning(A1111, alias, info.label)) for alias in (info.name, *info.aliases)]
        + [_name_row(one) for one in sampler_aliases.schedule_names() if one.target == info.label],
    }


def _name_row(one: Meaning) -> dict[str, str]:
    return {
        "tool": one.tool,
        "name": one.name,
        "schedule": one.schedule,
        "match": one.match,
        "reason": one.reason,
    }


def _columns(row: dict[str, Any]) -> Iterator[str]:
    """The names in each program, its key in front."""
    for tool in sampler_aliases.TOOLS:
        names = [f"{_SIGN[one['match']]}{one['name']}" for one in row["names"] if one["tool"] == tool]
        if names:
            yield f"{tool}: {', '.join(names)}"


def _tables() -> None:
    from rich.table import Table
    from rich.text import Text

    screen = console()
    samplers = Table("Sampler", "Schedule", "Noise on the way", "Elsewhere", show_lines=True)
    for info in SAMPLERS:
        row = _sampler_row(info)
        elsewhere = Text("\n".join(_columns(row)))
        elsewhere.overflow = "fold"
        samplers.add_row(Text(info.name, "bold"), row["schedule"] or "its own", row["noise"], elsewhere)
    schedules = Table("Schedule", "What it is", "Elsewhere", show_lines=True)
    for scheduler in SCHEDULERS:
        row = _schedule_row(scheduler)
        schedules.add_row(Text(scheduler.label, "bold"), row["source"], Text("\n".join(_columns(row))))
    screen.print(samplers)
    screen.print(schedules)
    screen.print("~ nearly the same; mezzotint samplers NAME tells the difference")


def _meanings(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the name means as a sampler, and as a schedule.

    Raises:
        MezzotintError: it is neither.
    """
    word, suffix = split_schedule(name)
    samplers = [{**_meaning_row(one, suffix), "name": name} for one in sampler_meanings(word)]
    schedules = [_meaning_row(one, "") for one in schedule_meanings(name)]
    if not samplers and not schedules:
        try:
            find_sampler(name)
        except MezzotintError as error:
            raise MezzotintError(f"{error}; schedules: {', '.join(s.label for s in SCHEDULERS)}") from None
    return samplers, schedules


def _meaning_row(one: Meaning, suffix: str) -> dict[str, Any]:
    row: dict[str, Any] = {"is": one.target, **_name_row(one)}
    row["schedule"] = suffix or row["schedule"]
    row["note"] = sampler_aliases.TOOLS[one.tool].note
    return row


def _explanation(title: str, name: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Lines for people: what each program means, then what our sampler is."""
    targets = list(dict.fromkeys(row["is"] for row in rows))
    if not rows:
        return
    if len(targets) > 1:
        shown = printable(name)
        yield paint(f'"{shown}" means different {title}s; put the program in front to say which', "yellow")
    for row in rows:
        yield from _meaning_lines(title, row)
    if len(targets) == 1 and targets[0]:
        yield from _facts(title, targets[0])


def _meaning_lines(title: str, row: dict[str, Any]) -> Iterator[str]:
    name = f"{sampler_aliases.TOOLS[row['tool']].title}: {printable(row['name'])}"
    if row["is"] is None:
        yield f"{name} has no counterpart among A1111's {title}s: {row['reason']}"
        return
    schedule = f", schedule {row['schedule']}" if row["schedule"] else ""
    reason = f": {row['reason']}" if row["reason"] else ""
    ours = paint(row["is"], "green", bold=True)
    yield f"{name} is the {title} {ours}{schedule} ({row['match']}{reason})"
    if row["note"]:
        yield f"  {row['note']}"


def _facts(title: str, target: str) -> Iterator[str]:
    if title == "schedule":
        lines = _schedule_row(next(one for one in SCHEDULERS if one.label == target))
    else:
        lines = _sampler_row(resolve(target).sampler)
    for key, label in _FACTS.items():
        if value := lines.get(key):
            shown = ", ".join(value) if isinstance(value, list) else value
            yield f"  {paint(label, 'cyan')}: {shown}"
    for names in _columns(lines):
        yield f"  {names}"
