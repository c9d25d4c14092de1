"""What programs write in versions and forms that the samples do not have."""

import json
from pathlib import Path

import pytest

from mezzotint.runtime.metadata.c2pa import summarise
from mezzotint.runtime.metadata.describe import describe
from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.record import Entry, Metadata, Place
from mezzotint.runtime.metadata.tools.registry import identify


def read(parameters: str | None = None, /, **texts: str) -> Generation:
    entries = tuple(Entry(key, text) for key, text in texts.items())
    result = identify(Metadata("png", parameters, entries=entries, place=Place.KEYWORD))
    assert result is not None
    return result


SDCPP = (
    "a cat\nSteps: 4, CFG scale: 1.000000, Guidance: 3.500000, Seed: 42, Size: 64x64, Model: {model}, "
    "RNG: cuda, Sampler: {sampler}, TE: clip_l.safetensors, Unet: flux1.gguf, VAE: ae.sft, "
    "Version: stable-diffusion.cpp"
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dpm++2m karras", ("DPM++ 2M", "Karras")),
        ("dpm++2s_a discrete", ("DPM++ 2S a", "Uniform")),
        ("dpm2 simple", ("DPM2", "Simple")),
        ("euler_a", ("Euler a", None)),
    ],
)
def test_samplers_of_sdcpp(name: str, expected: tuple[str, str | None]) -> None:
    result = read(SDCPP.format(model="m.gguf", sampler=name))
    assert (result.get("Sampler"), result.get("Schedule type"), result.get("Model")) == (*expected, "m")


def test_models_in_parts_of_sdcpp() -> None:
    assert read(SDCPP.format(model="", sampler="euler simple")).get("Model") == "flux1"


MRE = {
    "prompt": "a cat",
    "negative_prompt": "a dog",
    "seed": 5,
    "width": 832,
    "height": 1216,
    "sampler_name": "dpmpp_2m",
    "scheduler": "karras",
    "steps": 30,
    "cfg": 7.5,
    "base_clip_skip": -2,
    "base_model_name": "xl.safetensors",
}


def test_fooocus_mre() -> None:
    result = read(Comment=json.dumps(MRE))
    found = [result.get(key) for key in ("Sampler", "CFG scale", "Size", "Clip skip", "Model")]
    assert (result.tool, found) == ("fooocus", ["DPM++ 2M", "7.5", "832x1216", "2", "xl"])


def test_vae_of_invokeai() -> None:
    data = {"positive_prompt": "a cat", "vae": {"model_name": "ft-mse", "base_model": "sd-1"}}
    assert read(invokeai_metadata=json.dumps(data)).get("VAE") == "ft-mse"


def test_the_older_flag_for_the_sampler() -> None:
    assert read(Dream='"a cat" -s50 -W512 -H512 -C7.5 -mk_lms -S1').get("Sampler") == "LMS"


LABELS = {
    "Prompt": "a cat,\nSeed: of doubt",
    "Seed": "42",
    "Stable Diffusion model": "sub/sd.ckpt",
    "Clip Skip": "True",
    "VAE model": "None",
    "Sampler": "euler_a",
    "Width": "512",
    "Height": "768",
    "Steps": "31",
    "Guidance Scale": "7.5",
    "LoRA model": "None",
    "Negative Prompt": "a dog",
    "Use Face Correction": "None",
}


def check_labels(result: Generation) -> None:
    keys = ("Negative prompt", "Sampler", "Size", "Steps", "CFG scale", "Model", "Clip skip", "VAE")
    assert result.tool == "easydiffusion"
    assert [result.get(key) for key in keys] == [
        "a dog", "Euler a", "512x768", "31", "7.5", "sd", "2", None,
    ]  # fmt: skip


def test_easy_diffusion_says_none() -> None:
    check_labels(read(**LABELS))


def test_a_text_file_of_easy_diffusion(tmp_path: Path) -> None:
    lines = LABELS | {"Prompt": "a cat,\nasleep"}
    path = tmp_path / "a.txt"
    path.write_text("\n".join(f"{label}: {value}" for label, value in lines.items()), encoding="utf-8")
    result = describe(path).generation
    assert result is not None
    check_labels(result)
    assert (result.prompt, result.get("Seed")) == ("a cat,\nasleep", "42")


def test_models_of_spaces() -> None:
    data = {
        "prompt": "a cat",
        "resolution": "832 x 1216",
        "num_inference_steps": 28,
        "Model": {"Model": "Animagine XL 4.0", "Model hash": "e3c4"},
    }
    result = read(json.dumps(data))
    assert (result.tool, result.get("Model"), result.get("Model hash")) == (
        "hf-space",
        "Animagine XL 4.0",
        "e3c4",
    )


def test_a_graph_of_civitai_in_a_png() -> None:
    extra = json.dumps({"prompt": "a cat", "steps": 30})
    graph = {"4": {"class_type": "CheckpointLoaderSimple", "inputs": {}}, "extraMetadata": extra}
    result = read(prompt=json.dumps(graph))
    assert (result.tool, result.prompt, result.get("Steps")) == ("civitai", "a cat", "30")


def cbor(text: str) -> bytes:
    return bytes([0x60 + len(text)]) + text.encode()


def test_names_in_a_manifest() -> None:
    program = cbor("softwareAgent") + b"\xa1" + cbor("name") + cbor("gpt-image")
    plain = summarise(cbor("claim_generator") + cbor("API 1.0") + program)
    assert json.loads(plain) == {"claim_generator": "API 1.0", "softwareAgent": "gpt-image"}
    info = cbor("claim_generator_info") + b"\x81\xa1" + cbor("name") + cbor("Tool")
    assert json.loads(summarise(info)) == {"claim_generator": "Tool"}
