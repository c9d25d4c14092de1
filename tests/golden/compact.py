"""Make the copies of the reference's suites that stand in this repository.

``python tests/golden/compact.py SUITES mezzotint/conformance/vectors --few`` makes what the package ships:
whole suites of text, and of the suites of tensors a few cases that together have every feature. Without
``--few``, and with ``tests/golden`` as the target, it makes the rest: every case of the suites of tensors,
and the pictures. Of the text models' token tables, by far the most of each model, only the rows that the
cases read are kept.
"""

import argparse
import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from mezzotint.conformance import conditioning
from mezzotint.conformance.result import Opener, Row, Skip, Source
from mezzotint.conformance.suite import read_rows

# What differs from row to row without being a feature of it.
_PLAIN = {
    *(
        "conds",
        "file",
        "finite",
        "id",
        "infotext_extra",
        "model_calls",
        "n_tokens",
        "noise0_head",
        "noise_calls",
    ),
    *(
        "nonpad",
        "out_std",
        "pooled_shape",
        "prompt",
        "prompts",
        "seed",
        "seeds",
        "sigma_max",
        "sigma_min",
        "sigmas",
    ),
    *(
        "encoder_calls",
        "shape",
        "shapes",
        "steps",
        "t_log",
        "tag",
        "tensors",
        "timesteps",
        "val",
        "mid_sigmas",
    ),
}
WHOLE = (
    *("active", "attention", "chunks", "chunks_old", "chunks_ti", "comfy_tokens", "extra_networks", "hashes"),
    *("img_uint8", "infotext_build", "infotext_parse", "infotext_quote", "midjourney", "misc", "multicond"),
    *("nondeterministic_schedule", "schedule", "sigmas", "steps", "styles"),
)
_STAGE = re.compile(r"_(first|upscaled|final)$")
_CLIP, _T5 = "text_model.embeddings.token_embedding.weight", "shared.weight"


def features(row: Row) -> set[str]:
    """What a case shows: each setting, the values of those with few, and each setting with each sampler."""
    found = set()
    for key, value in {**row, **row.get("options", {})}.items():
        if key in _PLAIN:
            continue
        found.add(f"{key}={value}" if isinstance(value, str | bool) or key == "clip_skip" else key)
    if "mode" in row:
        found |= {
            f"{row['sampler']}+{key}"
            for key in ("img2img", "options", row["mode"])
            if key in row or key == row["mode"]
        }
    if any(weight != 1 for _, weight in row.get("nonpad", ())):
        found.add("weights")
    if "prompts" in row:
        texts, tokens, *_ = row["shape"]
        facts = {"several texts": texts > 1, "several chunks": tokens > 77}
        facts[f"weights, {row['emphasis']}"] = "(" in str(row["prompts"])
        found |= {name for name, is_so in facts.items() if is_so}
    return found


def few(rows: list[Row], size: Callable[[Row], int]) -> list[Row]:
    """Cases that together have every feature, chosen greedily by features a byte; in their order."""
    missing = set().union(*map(features, rows))
    chosen: list[Row] = []
    while missing:
        best = max(rows, key=lambda row: len(features(row) & missing) / (size(row) + 256))
        chosen.append(best)
        missing -= features(best)
    return [row for row in rows if row in chosen]


def names_of(row: Row, names: Iterable[str]) -> list[str]:
    """The tensors of a case."""
    listed = set(row.get("tensors", [row.get("id")]))
    return [name for name in names if {name, name.partition(".")[0], _STAGE.sub("", name)} & listed]


def write_cases(
    source: Path, target: Path, tensors: str, is_few: bool, keep: Callable[[Row], bool] = lambda _: True
) -> list[Row]:
    """Copy the cases of one suite with their tensors."""
    data = load_file(source.parent / tensors)
    rows = [row for row in read_rows(source) if keep(row)]

    def size(row: Row) -> int:
        return sum(data[name].nbytes for name in names_of(row, data))

    bare = [row for row in rows if not size(row)]  # these cost next to nothing
    chosen = bare + few([row for row in rows if size(row)], size) if is_few else rows
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(json.dumps(row) + "\n" for row in chosen), encoding="utf-8")
    write_tensors(
        {n: data[n].contiguous() for row in chosen for n in names_of(row, data)}, target.parent / tensors
    )
    return chosen


def write_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    """Save tensors where everybody may read them."""
    save_file(tensors, path)
    path.chmod(0o644)


@contextmanager
def reading(name: str) -> Iterator[dict[Path, set[int]]]:
    """Notes which token ids each model that is loaded in the block reads."""
    seen: dict[Path, set[int]] = {}
    load = getattr(conditioning, name)

    def watched(folder: Path, device: str) -> nn.Module:
        model: nn.Module = load(folder, device)
        ids = seen.setdefault(folder, set())

        def note(_module: nn.Module, args: tuple[Any, ...]) -> None:
            ids.update(args[0].flatten().tolist())

        largest = max(
            (m for m in model.modules() if isinstance(m, nn.Embedding)), key=lambda m: m.num_embeddings
        )
        for module in model.modules():
            if isinstance(module, nn.Embedding) and module.num_embeddings == largest.num_embeddings:
                module.register_forward_pre_hook(note)
        return model

    with patch.object(conditioning, name, watched):
        yield seen


def write_model(folder: Path, target: Path, table: str, token_ids: Collection[int]) -> None:
    """Copy a text model with the rows of these tokens only."""
    target.mkdir(parents=True, exist_ok=True)
    weights: dict[str, Tensor] = load_file(folder / "model.safetensors")
    ids = torch.tensor(sorted(token_ids), dtype=torch.int32)
    weights[table] = weights[table][ids.long()].contiguous()
    write_tensors(weights | {"token_ids": ids}, target / "model.safetensors")
    shutil.copyfile(folder / "config.json", target / "config.json")


def write_conditioning(suites: Path, target: Path, name: str, opener: Opener, is_few: bool) -> None:
    """Copy a suite of text conditioning with its models."""
    source, is_t5 = suites / name / "cases.jsonl", name == "misc_cond"
    loader = "load_t5" if is_t5 else "load_clip"
    check = opener(Source(source))
    copy = target / name / "cases.jsonl"
    rows = write_cases(
        source, copy, "tensors.safetensors", is_few, lambda row: not isinstance(check(row), Skip)
    )
    with reading(loader) as seen:
        check = opener(Source(source))  # of its own, so that nothing has been read and remembered
        for row in rows:
            check(row)
    for folder, ids in seen.items():
        write_model(folder, target / folder.relative_to(suites), _T5 if is_t5 else _CLIP, ids)
    if not is_t5:
        shutil.copyfile(source.parent / "embeddings.safetensors", copy.parent / "embeddings.safetensors")


def main() -> None:
    """Write the copies."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suites", type=Path, help="folder of the whole suites")
    parser.add_argument("target", type=Path)
    parser.add_argument("--few", action="store_true", help="keep few cases of each suite, and leave SDXL out")
    args = parser.parse_args()
    suites, target = args.suites.resolve(), args.target
    for name, tensors in (
        ("samplers", "samplers.safetensors"),
        ("philox", "noise.safetensors"),
        ("hires", "hires.safetensors"),
    ):
        write_cases(suites / f"{name}.jsonl", target / f"{name}.jsonl", tensors, args.few)
    write_conditioning(suites, target, "cond_sd1", conditioning.sd1, args.few)
    write_conditioning(suites, target, "misc_cond", conditioning.misc, args.few)
    if args.few:
        for name in WHOLE:
            shutil.copyfile(suites / f"{name}.jsonl", target / f"{name}.jsonl")
    else:  # the two models of SDXL alone would be most of the package's share
        write_conditioning(suites, target, "cond_sdxl", conditioning.sdxl, is_few=False)
        shutil.copyfile(suites / "images.jsonl", target / "images.jsonl")
        for folder in ("images", "meta_samples"):
            shutil.copytree(
                suites / folder, target / folder, dirs_exist_ok=True, copy_function=shutil.copyfile
            )


if __name__ == "__main__":
    main()
