"""Reading, quoting and writing, against records of the reference program."""

import json
from pathlib import Path
from typing import Any

import pytest

from mezzotint.compiler.passes.attention import attention
from mezzotint.grammar.infotext.build import Job, build
from mezzotint.grammar.infotext.effective import InfotextError, ReadOptions, effective, enables_hires
from mezzotint.grammar.infotext.items import scan_items
from mezzotint.grammar.infotext.quoting import quote, unquote
from mezzotint.grammar.infotext.samplers import resolve_hires_sampler, resolve_sampler
from mezzotint.grammar.infotext.text import is_infotext, parse, render

GOLDEN = Path(__file__).parents[2] / "golden" / "infotext"
Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    return [json.loads(line) for line in (GOLDEN / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def options(case: Case) -> ReadOptions:
    opts = case.get("opts", {})
    return ReadOptions(
        backcompat=opts.get("auto_backcompat", True),
        old_hires_size=opts.get("use_old_hires_fix_width_height", False),
        skip=frozenset(opts.get("infotext_skip_pasting", ())),
    )


@pytest.mark.parametrize("case", cases("parse"), ids=lambda case: case["id"])
def test_items(case: Case) -> None:
    record = parse(case["text"])
    assert [[s.key, s.raw] for s in record.settings] == case["raw"]
    assert sum(s.value is None for s in record.settings) == case["dropped"]
    assert is_infotext(case["text"]) == (case["lastline_matches"] >= 3)
    assert len(list(scan_items(case["text"].strip().split("\n")[-1]))) == case["lastline_matches"]
    assert parse(render(record)) == record


@pytest.mark.parametrize("case", cases("parse"), ids=lambda case: case["id"])
def test_effective(case: Case) -> None:
    if "error" in case:
        with pytest.raises(InfotextError):
            effective(parse(case["text"]), attention, options(case))
        return
    settings = effective(parse(case["text"]), attention, options(case))
    assert settings == case["expect"]
    assert {k: type(v) for k, v in settings.items()} == {k: type(v) for k, v in case["expect"].items()}
    pair = settings.get("Sampler"), settings.get("Schedule type")
    names = [None if name is None else str(name) for name in pair]
    assert list(resolve_sampler(*names, fold=True)) == case["sampler"]
    assert list(resolve_sampler(*names, fold=False)) == case["run_sampler"]
    assert list(resolve_hires_sampler(settings)) == case["hr_sampler"]
    assert enables_hires(settings) == case["txt2img_hires_enabled"]


@pytest.mark.parametrize("case", cases("quote"), ids=lambda case: repr(case["value"]))
def test_quote(case: Case) -> None:
    value = case["value"]
    assert quote(value) == case["written"]
    items = scan_items(f"aa: 1, bb: 2, Key: {quote(value)}, End: x")
    assert [[s.key, s.raw] for s in items] == case["regex_roundtrip"]
    if isinstance(value, str):
        assert unquote(value) == case["unquote_of_value"]
        assert unquote(case["quoted"]) == case["unquoted"]


def job(case: Case) -> Job:
    params, opts = case["params"], case["opts"]
    return Job(
        steps=params["steps"],
        sampler=params["sampler_name"],
        schedule_type=params["scheduler"],
        cfg_scale=params["cfg_scale"],
        size=(params["width"], params["height"]),
        prompts=params["all_prompts"],
        negative_prompts=params["all_negative_prompts"],
        seeds=params["all_seeds"],
        subseeds=params["all_subseeds"],
        subseed_strength=params["subseed_strength"],
        seed_resize_from=(params["seed_resize_from_w"], params["seed_resize_from_h"]),
        image_cfg_scale=params.get("image_cfg_scale"),
        face_restoration=opts["face_restoration_model"] if params["restore_faces"] else None,
        model_hash=params["sd_model_hash"],
        model=params["sd_model_name"],
        fp8_weight=opts["fp8_storage"] if case["fp8"] else None,
        cache_fp16_weight=opts["cache_fp16_weight"] if case["fp8"] else None,
        vae_hash=params["sd_vae_hash"] if opts.get("add_vae_hash_to_info", True) else None,
        vae=params["sd_vae_name"],
        conditional_mask_weight=1.0 if params["is_using_inpainting_conditioning"] else None,
        clip_skip=opts.get("CLIP_stop_at_last_layers", 1),
        ensd=opts.get("eta_noise_seed_delta", 0),
        eta=params["eta"],
        token_merging_ratio=params["token_merging_ratio"],
        token_merging_ratio_hr=params["token_merging_ratio_hr"],
        enable_hr=params["enable_hr"],
        init_image_hash=params.get("init_img_hash"),
        rng=opts.get("randn_source", "GPU"),
        tiling=params["tiling"],
        extras=params["extra_generation_params"],
        version=case["program_version"],
    )


@pytest.mark.parametrize("case", cases("build"), ids=range(len(cases("build"))))
def test_build(case: Case) -> None:
    index = case["index"]
    if index is None:
        index = case["position_in_batch"] + case["iteration"] * case["params"]["batch_size"]
    assert build(job(case), index) == case["expect"]
