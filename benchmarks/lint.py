"""How fast `mezzotint check` is: on one core, on several, and as files and findings grow.

Makes 10,000 prompts of those in `prompts.txt` beside this file, as one list and as a folder of small files,
and runs the command itself in fresh processes, so start and output are counted. Of each run: processor time
of all its processes, and wall time. Kinds of run take turns, the best of some rounds counts. Then, in this
process, how the time grows with the size: of prompts, and of files full of findings, as the exponent of the
length. With an argument, writes the figures there as JSON.
"""

import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from mezzotint.cli.report.checked import Checked, place
from mezzotint.compiler.format import format_prompt
from mezzotint.compiler.lint.fixes import fix_prompt
from mezzotint.compiler.lint.lint import lint
from mezzotint.grammar.diagnostics import render

PROMPTS = Path(__file__).with_name("prompts.txt").read_text(encoding="utf-8").splitlines()
COUNT, FILES = 10_000, 2_000
ROUNDS = 5
SIZES = (20_000, 40_000, 80_000, 160_000)

Run = dict[str, float]


def prompts(count: int) -> list[str]:
    """So many, over and over the same."""
    return list(islice(cycle(PROMPTS), count))


def measured(arguments: list[str], folder: str) -> Run:
    """Seconds of one run of the command: by the clock, and of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, "-m", "mezzotint", "check", "--isolated", *arguments]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": wall, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def runs(folder: str) -> dict[str, Run]:
    """The best times of each kind of run; ideal are two processes in half the wall time of one."""
    kinds = {
        f"{what}, {form}, {jobs} process{'es' * (jobs > 1)}": [
            *("--output-format", form, "--jobs", str(jobs)),
            *(("--line-mode", "list.txt") if what == "list" else ("files",)),
        ]
        for what in ("list", "files")
        for form in ("text", "json")
        for jobs in (1, 2)
    }
    kinds["one prompt, text, 2 processes"] = ["--jobs", "2", "files/0.txt"]
    best: dict[str, Run] = {}
    for _ in range(ROUNDS):
        for name, arguments in kinds.items():
            run = measured(arguments, folder)
            known = best.setdefault(name, run)
            best[name] = {key: min(run[key], known[key]) for key in run}
    for name in best:
        if name.endswith("2 processes") and (alone := name.replace("2 processes", "1 process")) in best:
            best[name]["of_ideal"] = best[alone]["wall"] / 2 / best[name]["wall"]
    return best


def write_files(folder: str) -> None:
    """The list, and the same prompts in files of their own."""
    Path(folder, "list.txt").write_text("\n".join(prompts(COUNT)) + "\n", encoding="utf-8")
    Path(folder, "files").mkdir()
    for number, prompt in enumerate(prompts(FILES)):
        Path(folder, "files", f"{number}.txt").write_text(prompt + "\n", encoding="utf-8")


def told(text: str) -> None:
    """Find everything in a text, and lay it out as a person, and as a program, would get it."""
    checked = Checked("a.txt", text, tuple(lint(text)))
    for diagnostic in checked.diagnostics:
        render(diagnostic, text, "a.txt")
        place(diagnostic, text)


WORK: dict[str, tuple[Callable[[str], object], Callable[[int], str]]] = {
    "check, real prompts as one": (lint, lambda size: "\n".join(prompts(size // 150))[:size]),
    "check and show, a finding in every other line": (told, lambda size: "(cat\na dog\n" * (size // 11)),
    "check and show, findings in one line": (told, lambda size: "(cat, " * (size // 6)),
    "format, real prompts as one": (format_prompt, lambda size: "\n".join(prompts(size // 150))[:size]),
    "format, one line": (format_prompt, lambda size: "red cat ,blue  dog, " * (size // 20)),
    "fix, many fixes": (fix_prompt, lambda size: "a \\b, " * (size // 6)),
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """Processor time, best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        times.append(time.process_time() - start)
    return min(times)


def growth() -> dict[str, dict[str, float]]:
    """The power of the length that time grows with, by least squares of logarithms; and the longest time."""
    rows = {}
    for name, (work, make) in WORK.items():
        work(make(1000))  # loads what it needs
        pairs = [(math.log(size), math.log(seconds(work, make(size)))) for size in SIZES]
        mean_x, mean_y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
        slope = sum((x - mean_x) * (y - mean_y) for x, y in pairs) / sum((x - mean_x) ** 2 for x, _ in pairs)
        rows[name] = {"exponent": slope, f"seconds_for_{SIZES[-1]}": math.exp(pairs[-1][1])}
    return rows


def main() -> None:
    """Print the tables."""
    # The command is run in another folder, where a checkout is not on the path.
    os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(one).absolute()) for one in sys.path if one)
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder)
        table = runs(folder)
    for name, run in table.items():
        ideal = f"   {run['of_ideal']:4.0%} of ideal" if "of_ideal" in run else ""
        print(f"{name:36} wall {run['wall']:6.2f} s   processors {run['cpu']:6.2f} s{ideal}")
    grown = growth()
    for name, row in grown.items():
        exponent, longest = row.values()
        print(f"{name:48} time ~ length^{exponent:.2f}, {longest:6.2f} s for {SIZES[-1]:,} characters")
    if len(sys.argv) > 1:
        result = {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "prompts": COUNT,
            "files": FILES,
            "runs": table,
            "growth": grown,
        }
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
