"""What `import mezzotint` and the light commands cost over bare Python.

Runs each in fresh processes, interleaved so that a busy machine slows all alike, and prints medians in
milliseconds and the ratio to `python -c pass`. Run it with the Python of an environment that a wheel was
installed in, as users have it: an editable install and a checkout take longer to find their modules. With an
argument, writes the figures there as JSON.
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15


def measure(commands: dict[str, list[str]], folder: str) -> dict[str, float]:
    """Median wall time of each command in milliseconds, away from any checkout."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run(arguments, check=True, capture_output=True, cwd=folder)
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Print the table."""
    python, script = sys.executable, str(Path(sys.executable).with_name("mezzotint"))
    with tempfile.TemporaryDirectory() as folder:
        prompts = Path(folder, "prompts.txt")
        prompts.write_text("masterpiece, (red:1.2) circle, [cat:dog:0.5]\n" * 10, encoding="utf-8")
        medians = measure(
            {
                "python -c pass": [python, "-c", "pass"],
                "import mezzotint": [python, "-c", "import mezzotint"],
                "mezzotint --version": [script, "--version"],
                "mezzotint check, 10 lines": [script, "check", str(prompts)],
            },
            folder,
        )
    bare = medians["python -c pass"]
    for name, value in medians.items():
        print(f"{name:28} {value:7.1f} ms   {value / bare:5.2f} x   +{value - bare:6.1f} ms")
    if len(sys.argv) > 1:
        result = {"python": platform.python_version(), "rounds": ROUNDS, "median_ms": medians}
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
