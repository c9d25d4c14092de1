"""What our denoising loop costs beyond the model's own forwards, beside diffusers' pipeline.

A UNet of Stable Diffusion 1.x's size (860 million random weights, float32) on the CPU; one picture with
guidance, so two rows a forward; the same noise, prompts, steps and schedule for both. In each round the
bare forwards, our `sample_latents` and `StableDiffusionPipeline` (`output_type="latent"`) take turns, so
that a busy machine slows all alike:

* own time: what a loop spends outside the UNet's forward, in per cent of the time inside it;
* ratios of processor time, of each round, then the median: noise of the machine shows in their spread;
* apart: how far the two results are from each other, in standard deviations. They do the same work.

Peak memory (`ru_maxrss`) is of a process for each that builds the UNet and runs one loop.

    python benchmarks/sampling.py [--threads 1] [--steps 3] [--size 256] [--rounds 3] [--json FILE]
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
from pathlib import Path

import torch
from loops import SAMPLERS, Work, build, compare, on_threads, ours, show, theirs

SD1 = {"cross_attention_dim": 768, "attention_head_dim": 8, "sample_size": 64}
TINY = {**SD1, "block_out_channels": (32, 64, 64, 64), "layers_per_block": 1}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--size", type=int, default=256, help="pixels a side")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="a small UNet, to try the script")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--peak-of", choices=("mezzotint", "diffusers"), help=argparse.SUPPRESS)
    return parser.parse_args()


def peak_of(name: str, options: argparse.Namespace) -> None:
    """Build, run one loop, and print the process's peak in bytes."""
    work = Work(
        build(TINY if options.tiny else SD1), "Euler", 2, (options.size, options.size), options.threads
    )
    with on_threads(options.threads):
        (ours if name == "mezzotint" else theirs)(work)()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def peaks() -> dict[str, float]:
    """Peak memory of each in GB, measured twice in turn, and their ratio."""
    found: dict[str, list[int]] = {"mezzotint": [], "diffusers": []}
    for name in [*found, *reversed(found)]:
        command = [sys.executable, *sys.argv, "--peak-of", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[name].append(int(done.stdout.split()[-1]))
    least = {name: min(values) for name, values in found.items()}
    ratio = least["mezzotint"] / least["diffusers"]
    return {**{f"{name}_gb": value / 1e9 for name, value in least.items()}, "ratio": ratio}


def main() -> None:
    """Print the tables."""
    options = arguments()
    if options.peak_of:
        peak_of(options.peak_of, options)
        return
    memory = peaks()  # before this process holds a UNet, too
    unet = build(TINY if options.tiny else SD1)
    weights = sum(parameter.numel() for parameter in unet.parameters())
    print(f"{weights / 1e6:.0f} million weights, {options.size} pixels, {options.steps} steps")
    rows = {}
    for name in SAMPLERS:
        work = Work(unet, name, options.steps, (options.size, options.size), options.threads)
        rows[name] = compare(work, options.rounds)
        show(name, rows[name])
    print("peak memory: " + "  ".join(f"{key} {value:.3f}" for key, value in memory.items()))
    if options.json:
        result = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "threads": options.threads,
            "weights": weights,
            "size": options.size,
            "steps": options.steps,
            "rounds": options.rounds,
            "samplers": rows,
            "peak": memory,
        }
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
