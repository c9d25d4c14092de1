"""What our denoising loop costs on a GPU, beside the bare forwards and diffusers' pipeline.

A UNet of SDXL's size (2.6 billion random weights, bfloat16), one picture of 1024x1024, 30 steps with
guidance, so two rows a forward; the same noise, prompts, steps and schedule for both; first eager, then
with `torch.compile`, the compiled forward being the same for all. In each round the bare forwards, our
`sample_latents` and `StableDiffusionXLPipeline` (`output_type="latent"`) take turns; whole times, with the
GPU waited for at both ends; ratios of each round, then the median. "Own" is the host's time outside the
calls, in which the GPU may be busy. The results are further apart than on the CPU: between the forwards
the pipeline computes in bfloat16, our loop in float32. Peak memory is torch's own count, of
one run of each, weights included.

    python benchmarks/gpu.py [--steps 30] [--size 1024] [--rounds 5] [--json FILE]

Without CUDA it says so and ends; `--tiny` tries its logic on the CPU with a small UNet.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# The engine asks for deterministic algorithms; cuBLAS has them only with this, read when it starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch
from loops import SAMPLERS, Work, build, compare, ours, show, theirs

SDXL: dict[str, Any] = {
    "sample_size": 128,
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
TINY: dict[str, Any] = {
    **SDXL,
    "block_out_channels": (32, 32, 64),
    "transformer_layers_per_block": (1, 1, 1),
    "attention_head_dim": (2, 2, 4),
    "cross_attention_dim": 64,
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 64 + 6 * 8,
}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--size", type=int, default=1024, help="pixels a side")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tiny", action="store_true", help="a small UNet on the CPU, to try the script")
    parser.add_argument("--no-compile", action="store_true", help="eager only")
    parser.add_argument("--json", type=Path, help="write the figures there")
    return parser.parse_args()


def peak_of(run: Callable[[], object]) -> float:
    """The most memory that torch holds on the GPU during a run, in GB; 0 without one."""
    if not torch.cuda.is_available():
        return 0.0
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    run()
    return torch.cuda.max_memory_allocated() / 1e9


def measure_both(work: Work, rounds: int) -> dict[str, Any]:
    """Times, and the peaks of both."""
    row = compare(work, rounds, warm=True)
    peaks = {"mezzotint_gb": peak_of(ours(work)), "diffusers_gb": peak_of(theirs(work))}
    ratio = peaks["mezzotint_gb"] / peaks["diffusers_gb"] if peaks["diffusers_gb"] else 1.0
    return {**row, "peak": {**peaks, "ratio": ratio}}


def measure_all(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Each sampler, eager and compiled."""
    device = "cpu" if options.tiny else "cuda"
    dtype = torch.float32 if options.tiny else torch.bfloat16
    unet = build(TINY if options.tiny else SDXL, device, dtype)
    weights = sum(parameter.numel() for parameter in unet.parameters())
    print(f"{weights / 1e6:.0f} million weights, {options.size} pixels, {options.steps} steps, {device}")
    found: dict[str, dict[str, Any]] = {}
    for mode in ("eager",) if options.no_compile else ("eager", "compiled"):
        if mode == "compiled":
            unet.compile()
        for sampler in SAMPLERS:
            work = Work(unet, sampler, options.steps, (options.size, options.size))
            found[f"{sampler}, {mode}"] = row = measure_both(work, options.rounds)
            show(f"{sampler}, {mode}", row)
            print("  peak " + "  ".join(f"{key} {value:.3f}" for key, value in row["peak"].items()))
    return found


def main() -> int:
    """Print the tables; the exit status."""
    options = arguments()
    if options.tiny:
        options.size, options.steps = min(options.size, 128), min(options.steps, 4)
    elif not torch.cuda.is_available():
        print(
            "this benchmark needs a CUDA GPU, and torch sees none: try its logic with --tiny", file=sys.stderr
        )
        return 2
    rows = measure_all(options)
    if options.json:
        result = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "device": "cpu" if options.tiny else torch.cuda.get_device_name(),
            "tiny": options.tiny,
            "size": options.size,
            "steps": options.steps,
            "rounds": options.rounds,
            "runs": rows,
        }
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
