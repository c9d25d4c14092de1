"""Infotexts in other programs' words, and back."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.interchange.forms import FORMS, export_text, form_of, import_text
from mezzotint.runtime.interchange.recipe import InterchangeError
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.sampler_table import SAMPLERS, SCHEDULERS, resolve

SAMPLES = Path(__file__).parents[2] / "golden" / "meta_samples"
SETTINGS = (
    "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 123456789, Size: 512x768, "
    "Model hash: 879db523c3, Model: dreamshaper_8"
)
SECOND = "Denoising strength: 0.5, Clip skip: 2, Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent"
TEXT = f"a (red:1.3) cat, [sad] <lora:foo:0.8> BREAK here\nNegative prompt: (bad:1.2)\n{SETTINGS}, {SECOND}"
KEPT = ("Steps", "CFG scale", "Seed", "Size", "Model")
HOSTILE = st.sampled_from(
    [
        '"""',
        "'''",
        "\\",
        '\\"',
        "\n",
        "{x}",
        "{{",
        "%s",
        "#",
        "\x00",
        "\x1b[2J",
        "\u202e",
        "import os",
        "(",
        ")",
        ":1.2",
    ]
)
PROMPTS = st.lists(HOSTILE | st.text(max_size=5), max_size=6).map("".join)


def infotext(prompt: str, negative: str = "") -> str:
    return f"{prompt}\nNegative prompt: {negative}\n{SETTINGS}"


def nodes(text: str, kind: str) -> list[dict[str, Any]]:
    graph = json.loads(export_text(text, "comfyui").text)
    return [node["inputs"] for node in graph.values() if node["class_type"] == kind]


@pytest.mark.parametrize("form", FORMS)
@given(PROMPTS, PROMPTS)
@example('"""\nimport os; os.abort()  # \\', "\\")
@example("(a:nan), (b:1e999)", "[x:y:1e400]")
def test_what_is_exported_is_imported(form: str, prompt: str, negative: str) -> None:
    text = infotext(prompt, negative)
    asked = parse(text)
    written = export_text(text, form)
    if form == "diffusers":
        compile(written.text, "script", "exec")
    assert form_of(written.text) == form or form == "a1111"
    back = parse(import_text(written.text, form).text)
    assert back.prompt == asked.prompt
    assert back.negative_prompt == asked.negative_prompt
    for key in (*KEPT, "Sampler", "Schedule type"):
        assert back.get(key) == asked.get(key)


@pytest.mark.parametrize("form", FORMS)
def test_second_passes_come_back(form: str) -> None:
    back = parse(import_text(export_text(TEXT, form).text).text)
    for key in (*KEPT, "Denoising strength", "Hires steps", "Hires upscaler", "Clip skip"):
        assert back.get(key) == parse(TEXT).get(key)


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_programs_pictures(path: Path) -> None:
    if path.suffix == ".jsonl" or path.name.startswith("truncated"):
        return
    made = describe(path).generation
    if made is None or made.infotext is None:
        return
    for form in FORMS:
        written = export_text(made.infotext, form).text
        if form == "diffusers":
            compile(written, "script", "exec")
        back = parse(import_text(written, form).text)
        assert back.prompt == parse(made.infotext).prompt


def test_a_graph_that_was_changed_is_traced() -> None:
    graph = json.loads(export_text(TEXT, "comfyui").text)
    for node in graph.values():
        if node["class_type"] == "KSampler":
            node["inputs"]["seed"] = 5
    back = parse(import_text(json.dumps(graph)).text)
    assert (back["Seed"], back["Steps"], back["Sampler"], back["Size"]) == ("5", "25", "DPM++ 2M", "512x768")
    assert (back["Hires steps"], back["Clip skip"], back["Model"]) == ("10", "2", "dreamshaper_8")
    assert "(red:1.3) cat, (sad:0.9091)" in back.prompt
    assert "<lora:foo:0.8>" in back.prompt


def test_a_script_that_was_changed_is_parsed() -> None:
    script = export_text(TEXT, "diffusers").text.replace("SEED = 123456789", "SEED = 5")
    back = parse(import_text(script).text)
    assert (back["Seed"], back["Sampler"], back["Schedule type"], back["Hires resize"]) == (
        "5",
        "DPM++ 2M",
        "Karras",
        "1024x1536",
    )
    assert back.prompt == parse(TEXT).prompt


def test_scripts_are_never_run() -> None:
    with pytest.raises(InterchangeError, match="no constant PROMPT"):
        import_text("from diffusers import XPipeline\nPROMPT = open('/etc/passwd').read()")
    with pytest.raises(InterchangeError, match="no Python"):
        import_text("from diffusers import XPipeline\nPROMPT = (")


def test_graph() -> None:
    texts = [node["text"] for node in nodes(TEXT, "CLIPTextEncode")]
    assert texts == ["a (red:1.3) cat, (sad:0.9091)", "here", "(bad:1.2)"]
    assert nodes(TEXT, "CLIPSetLastLayer")[0]["stop_at_clip_layer"] == -2
    assert nodes(TEXT, "LoraLoader")[0]["lora_name"] == "foo.safetensors"
    first, second = nodes(TEXT, "KSampler")
    assert (first["sampler_name"], first["scheduler"], first["denoise"], first["cfg"]) == (
        "dpmpp_2m",
        "karras",
        1,
        6.5,
    )
    assert (second["steps"], second["denoise"]) == (10, 0.5)
    assert nodes(TEXT, "LatentUpscale")[0] | {"samples": 0} == {
        "samples": 0,
        "upscale_method": "bilinear",
        "width": 1024,
        "height": 1536,
        "crop": "disabled",
    }
    for node in json.loads(export_text(TEXT, "comfyui").text).values():
        for value in node["inputs"].values():
            if isinstance(value, list):
                assert value[0] in json.loads(export_text(TEXT, "comfyui").text)


def test_prompts_that_change() -> None:
    ranges = nodes(infotext("[dog:fox:0.5] here"), "ConditioningSetTimestepRange")
    assert [(one["start"], one["end"]) for one in ranges] == [(0, 0.52), (0.52, 1)]


def test_brackets_are_escaped() -> None:
    (positive, _) = nodes(infotext(r"cat \(animal\) ((x))"), "CLIPTextEncode")
    assert positive["text"] == r"cat \(animal\) (x:1.21)"


@pytest.mark.parametrize(
    ("prompt", "more", "form", "told"),
    [
        ("a AND b", "", "comfyui", "takes the mean"),
        ("(a:1.2)", "", "comfyui", "weights act differently"),
        ("a", "ENSD: 31337", "comfyui", "no place for: Model hash, ENSD"),
        ("a", "Refiner: x, Odd key: y", "diffusers", "no place for: Refiner, Odd key"),
        ("a", "Odd key: y", "a1111-api", "no place for: Odd key"),
        ("a", "Version: v1.5.2", "a1111-api", "no place for: Version"),
        ("a", "Size: 8x8`;", "a1111-api", "Size is left out: '8x8`;' is no size such as 512x768"),
        ("a", "Clip skip: 1.5", "a1111-api", "Clip skip is cut off to 1: '1.5' is no whole number"),
        ("a", "Denoising strength: 0.4", "a1111-api", "/sdapi/v1/img2img"),
        ("[a:b:0.5]", "", "diffusers", "only its first text"),
        ("a", "CFG scale: lots", "a1111-api", "is no number"),
    ],
)
def test_what_cannot_be_said_is_told(prompt: str, more: str, form: str, told: str) -> None:
    notes = export_text(infotext(prompt) + f", {more}", form).notes
    assert any(told in note for note in notes), notes


def test_request() -> None:
    body = json.loads(export_text(TEXT, "a1111-api").text)
    assert body["enable_hr"] is True
    assert body["override_settings"] == {
        "CLIP_stop_at_last_layers": 2,
        "sd_model_checkpoint": "dreamshaper_8 [879db523c3]",
    }


def test_civitai_lists_resources() -> None:
    meta = json.loads(export_text(f'{TEXT}, Lora hashes: "foo: abcdef"', "civitai").text)
    assert meta["resources"] == [
        {"type": "model", "name": "dreamshaper_8", "hash": "879db523c3"},
        {"type": "lora", "name": "foo", "hash": "abcdef", "weight": 0.8},
    ]
    assert meta["hashes"] == {"model": "879db523c3", "lora:foo": "abcdef"}


def test_paths_in_prompts_lead_nowhere() -> None:
    script = export_text(infotext("<lora:../../etc/x:1> cat <lora:a\\b:1>"), "diffusers").text
    assert "NETWORKS = [('x', 1.0), ('b', 1.0)]" in script


@pytest.mark.parametrize("text", ["{}", '{"a": 1}', '{"prompt": 1}'])
def test_unknown_json(text: str) -> None:
    with pytest.raises(InterchangeError, match="no form"):
        import_text(text)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "a1111"])
@given(
    st.text(max_size=40)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["prompt", "settings", "inputs", "class_type", "cfgScale", "1", "resources"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ).map(json.dumps)
)
def test_any_text_is_read_or_refused(form: str, text: str) -> None:
    try:
        import_text(text, form)
    except InterchangeError:
        return


def test_every_sampler_has_a_name_or_a_note() -> None:
    for sampler in SAMPLERS:
        for schedule in SCHEDULERS:
            text = (
                f"a\nSteps: 9, Sampler: {sampler.name}, Schedule type: {schedule.label}, Seed: 1, Size: 64x64"
            )
            graph, script = export_text(text, "comfyui"), export_text(text, "diffusers")
            for written in (graph, script):
                back = parse(import_text(written.text).text)
                assert resolve(back["Sampler"], back.get("Schedule type")) == resolve(
                    sampler.name, schedule.label
                )


def test_scheduler_classes_take_their_options() -> None:
    code = "\n".join(
        [
            "import diffusers, inspect",
            "from mezzotint.runtime.interchange.names import diffusers_scheduler",
            "from mezzotint.runtime.sampler_table import SAMPLERS, SCHEDULERS, resolve",
            "for a in SAMPLERS:",
            "    for b in SCHEDULERS:",
            "        named = diffusers_scheduler(resolve(a.name, b.label))",
            "        known = inspect.signature(getattr(diffusers, named.name).__init__).parameters",
            "        assert set(named.options) <= set(known), named",
        ]
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_stays_light() -> None:
    code = (
        "import sys, mezzotint.runtime.interchange.forms\n"
        "print([m for m in ('torch', 'numpy', 'PIL', 'diffusers') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("form", ["a1111-api", "civitai"])
def test_too_few_settings_are_told(form: str) -> None:
    exported = export_text("a cat\nSteps: 20, Sampler: Euler a, Version: x", form)
    told = import_text(exported.text, form)
    assert told.text == "a cat" if form == "a1111-api" else told.notes == ()
    assert form != "a1111-api" or told.notes[0].startswith("Steps, Sampler left out")


def test_a_hash_alone_comes_back() -> None:
    text = "a cat\nSteps: 20, Sampler: Euler a, Seed: 5, Model hash: 81761151"
    assert import_text(export_text(text, "a1111-api").text, "a1111-api").text == text


def test_the_vae_of_a_graph_is_traced() -> None:
    text = "a cat\nSteps: 20, Sampler: Euler, Seed: 1, Size: 512x512, Model: m, VAE: kl.safetensors"
    nodes = json.loads(export_text(text, "comfyui").text)
    nodes["6"]["inputs"]["steps"] = 21  # so that it is traced
    assert parse(import_text(json.dumps(nodes)).text).get("VAE") == "kl.safetensors"


@pytest.mark.parametrize("text", ['{"1": {"class_type": "KSam', ' {\n "prompt": "a'])
def test_what_is_cut_off_is_no_infotext(text: str) -> None:
    with pytest.raises(InterchangeError, match="cut off"):
        import_text(text)
    assert form_of('{red|blue} "cat"') == "a1111"
