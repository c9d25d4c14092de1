"""Fuzz the readers of files and texts, guided by coverage: ``make fuzz``.

    python tests/fuzz/run.py --seconds 60               # each target for a minute
    python tests/fuzz/run.py --seconds 600 file texts   # two of them, ten minutes each

Inputs that reach new code are kept in ``out/fuzz/TARGET`` and serve the next run; one that breaks a promise
is written to ``out/fuzz/TARGET-crash-...``: it becomes a test in ``tests/fuzz/test_targets.py``.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out" / "fuzz"
ONE = "--one"  # this process is to fuzz a target, not to start those that do
MAX_LENGTH = 32_768  # bytes of an input
MEMORY = 2048  # MiB

sys.path.insert(0, str(ROOT))  # "tests" is no installed package


def fuzz_one(name: str, options: list[str]) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["mezzotint"]):
        from tests.fuzz.targets import TARGETS, seeds
    corpus = OUT / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Fuzz targets one after the other, each in a process of its own; 1 when one of them broke."""
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all, if none is given")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    arguments = parser.parse_args()
    failed = []
    for name in arguments.targets or TARGETS:
        OUT.mkdir(parents=True, exist_ok=True)
        options = [
            f"-max_total_time={arguments.seconds}",
            f"-max_len={MAX_LENGTH}",
            f"-rss_limit_mb={MEMORY}",
            "-timeout=20",
            "-print_final_stats=1",
            f"-artifact_prefix={OUT / name}-",
        ]
        sys.stdout.write(f"fuzzing {name} for {arguments.seconds} s\n")
        sys.stdout.flush()
        run = subprocess.run([sys.executable, __file__, ONE, name, *options], check=False)
        failed += [name] if run.returncode else []
    sys.stdout.write(f"broken: {', '.join(failed)}\n" if failed else "nothing was found\n")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == [ONE]:
        fuzz_one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
