"""The suites of the infotext: each function gives what a row expects and what we get."""

from typing import Any

from mezzotint.compiler.passes.attention import attention
from mezzotint.conformance.result import Pair, Row, exact
from mezzotint.grammar.errors import PromptError
from mezzotint.grammar.infotext.build import Job, build
from mezzotint.grammar.infotext.effective import InfotextError, ReadOptions, effective, enables_hires
from mezzotint.grammar.infotext.items import scan_items
from mezzotint.grammar.infotext.quoting import quote, unquote
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.infotext.samplers import resolve_hires_sampler, resolve_sampler
from mezzotint.grammar.infotext.text import is_infotext, parse

ERROR = "an error"
_MIN_ITEMS = 3  # fewer in the last line are no settings


@exact
def infotext_parse(row: Row) -> Pair:
    """Reading: the items as they stand, the settings in force, and the samplers that they name."""
    record = parse(row["text"])
    got = {
        "raw": [[s.key, s.raw] for s in record.settings],
        "dropped": sum(s.value is None for s in record.settings),
        "lastline_matches": len(list(scan_items(row["text"].strip().split("\n")[-1]))),
        "is_infotext": is_infotext(row["text"]),
        **_effective(record, row),
    }
    asked = {key: row.get(key) for key in got}
    asked["is_infotext"] = row["lastline_matches"] >= _MIN_ITEMS
    asked["error"] = ERROR if "error" in row else None
    return asked, got


def _effective(record: Infotext, row: Row) -> dict[str, Any]:
    try:
        settings = effective(record, attention, _options(row))
    except (InfotextError, PromptError):
        return {"error": ERROR}
    pair = settings.get("Sampler"), settings.get("Schedule type")
    names = [None if name is None else str(name) for name in pair]
    return {
        "error": None,
        "expect": settings,
        "sampler": resolve_sampler(*names, fold=True),
        "run_sampler": resolve_sampler(*names, fold=False),
        "hr_sampler": resolve_hires_sampler(settings),
        "txt2img_hires_enabled": enables_hires(settings),
    }


def _options(row: Row) -> ReadOptions:
    opts = row.get("opts", {})
    return ReadOptions(
        backcompat=opts.get("auto_backcompat", True),
        old_hires_size=opts.get("use_old_hires_fix_width_height", False),
        skip=frozenset(opts.get("infotext_skip_pasting", ())),
    )


@exact
def infotext_quote(row: Row) -> Pair:
    """Quoting of a value, alone and among others."""
    value = row["value"]
    items = scan_items(f"aa: 1, bb: 2, Key: {quote(value)}, End: x")
    got = {"written": quote(value), "regex_roundtrip": [[s.key, s.raw] for s in items]}
    if isinstance(value, str):
        got |= {"unquote_of_value": unquote(value), "unquoted": unquote(row["quoted"])}
    return {key: row[key] for key in got}, got


@exact
def infotext_build(row: Row) -> Pair:
    """Writing."""
    index = row["index"]
    if index is None:
        index = row["position_in_batch"] + row["iteration"] * row["params"]["batch_size"]
    return row["expect"], build(_job(row), index)


def _job(row: Row) -> Job:
    params, opts = row["params"], row["opts"]
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
        fp8_weight=opts["fp8_storage"] if row["fp8"] else None,
        cache_fp16_weight=opts["cache_fp16_weight"] if row["fp8"] else None,
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
        version=row["program_version"],
    )
