"""What single programs write, where the samples do not show it."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.metadata import tools
from mezzotint.runtime.metadata.generation import Confidence, Generation
from mezzotint.runtime.metadata.record import C2PA, XMP, Entry, Metadata, Place
from mezzotint.runtime.metadata.tools.invokeai import split_brackets
from mezzotint.runtime.metadata.tools.items import parse_leniently
from mezzotint.runtime.metadata.tools.registry import READERS, identify
from mezzotint.runtime.metadata.tools.samplers import sampler
from mezzotint.runtime.metadata.tools.weights import from_compel, from_novelai
from mezzotint.runtime.metadata.tools.xmp import value_of


def read(parameters: str | None = None, place: Place = Place.KEYWORD, **texts: str) -> Generation:
    entries = tuple(Entry(key.replace("__", "-"), text) for key, text in texts.items())
    result = identify(Metadata("png", parameters, entries=entries, place=place, size=(640, 448)))
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("version", "tool"),
    [
        ("v1.10.1", "a1111"),
        ("1.6.0", "a1111"),
        ("f2.0.1v1.10.1-previous-530-g8bd7e056", "forge"),
        ("f0.0.17v1.8.0rc", "forge"),
        ("neo", "forge"),
        ("8570e4c", "sdnext"),
        ("mezzotint 0.1.0", "mezzotint"),
        ("Fooocus v2.5.5", "fooocus"),
    ],
)
def test_who_wrote_an_infotext(version: str, tool: str) -> None:
    assert read(f"x\nSteps: 1, Sampler: Euler, Seed: 1, Version: {version}").tool == tool


@pytest.mark.parametrize("place", [Place.COMMENT, Place.USER_COMMENT, Place.FILE, Place.SIDE_FILE])
def test_notes_are_no_prompts(place: Place) -> None:
    for text in ("Created with GIMP", "Screenshot", "OLYMPUS DIGITAL CAMERA"):
        assert identify(Metadata("jpeg", text, place=place)) is None


def test_a_prompt_alone_is_a_guess() -> None:
    (prompt, _) = read("a cat").fields
    assert prompt.confidence is Confidence.GUESSED


def test_prompts_may_be_json() -> None:
    text = '{\n  "subject": "a cat, asleep"\n}\nSteps: 5, Sampler: Euler, Seed: 3'
    result = read(text)
    assert (result.prompt, result.get("Seed")) == ('{\n"subject": "a cat, asleep"\n}', "3")
    assert identify(Metadata("png", '{"Steps": 5}', place=Place.KEYWORD)) is None


def test_settings_that_are_not_on_the_last_line() -> None:
    result = read("a\nNegative prompt: b\nSteps: 5, Sampler: Euler,\nSeed: 3, Size: 8x8\nTemplate: {a|b}")
    assert [result.get(key) for key in ("Steps", "Sampler", "Seed", "Size", "Template")] == [
        "5",
        "Euler",
        "3",
        "8x8",
        "{a|b}",
    ]
    assert (result.prompt, result.negative_prompt) == ("a", "b")
    assert parse(result.infotext or "")["Seed"] == "3"


def test_json_among_the_settings_stays_whole() -> None:
    text = 'a\nSteps: 5, Hashes: {"model": "1, 2", "vae": "3"}, Sampler: Euler, Seed: 1'
    found = parse_leniently(text)
    assert found.is_exact
    assert found.settings["Hashes"] == '{"model": "1, 2", "vae": "3"}'
    assert found.settings["Sampler"] == "Euler"
    assert "vae" not in found.settings


def test_capitals_do_not_matter() -> None:
    result = read("a\nsteps: 5, Sampler: Euler, CFG Scale: 4, CFG scale: 7, seed: 1, Distilled CFG Scale: 3")
    assert [result.get(key) for key in ("Steps", "CFG scale", "CFG Scale", "Seed")] == ["5", "7", "4", "1"]
    assert parse(result.infotext or "")["Steps"] == "5"
    assert result.get("Distilled CFG Scale") == "3"


@given(st.text(max_size=80))
def test_any_text_is_read_like_the_reference_reads_it(text: str) -> None:
    ours, exact = parse_leniently(text), parse(text)
    if ours.is_exact:
        assert (ours.prompt, ours.negative_prompt) == (exact.prompt, exact.negative_prompt)


@pytest.mark.parametrize(
    ("name", "schedule", "expected"),
    [
        ("euler_ancestral", "karras", ["Euler a", "Karras"]),
        ("dpmpp_2m_sde_gpu", "sgm_uniform", ["DPM++ 2M SDE", "SGM Uniform"]),
        ("k_dpmpp_2s_ancestral", "native", ["DPM++ 2S a", "Automatic"]),
        ("dpmpp_2m_k", None, ["DPM++ 2M", "Karras"]),
        ("sample_dpmpp_2m", "normal", ["DPM++ 2M", "Normal"]),
        ("euler_ancestral_karras", None, ["Euler a", "Karras"]),
        ("DPM++ 2M Karras", None, ["DPM++ 2M", "Karras"]),
        ("uni_pc_bh2", "beta", ["uni_pc_bh2", "Beta"]),
        ("k_", None, ["k_"]),
        ("er_sde", "linear_quadratic", ["er_sde", "linear_quadratic"]),
        (None, "karras", ["Karras"]),
        (None, None, []),
    ],
)
def test_samplers(name: str | None, schedule: str | None, expected: list[str]) -> None:
    fields = sampler(name, schedule)
    assert [field.value for field in fields] == expected
    assert [field.written for field in fields[:1]] == [name or schedule][: len(fields)]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("a {cat}, [dog]", "a (cat:1.05), (dog:0.9524)"),
        ("{{x}}", "((x:1.05):1.05)"),
        ("1.2::a, b::, c", "(a, b:1.2), c"),
        ("-1::hat::", "(hat:-1)"),
        ("0.5::to the end", "(to the end:0.5)"),
        ("(plain) \\", r"\(plain\) \\"),
        ("a } b ] c ::", r"a } b \] c ::"),
        ("{open [", r"{open \["),
    ],
)
def test_weights_of_novelai(theirs: str, ours: str) -> None:
    assert from_novelai(theirs) == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("a cat++, dog-- here", "a (cat:1.21), (dog:0.81) here"),
        ("(two words)1.3 and (more)-", "(two words:1.3) and (more:0.9)"),
        ("C++20, well-known, 5-6", "C++20, well-known, 5-6"),
        ("(plain)", "(plain)"),
    ],
)
def test_weights_of_compel(theirs: str, ours: str) -> None:
    assert from_compel(theirs) == ours


@given(st.text("ab {}[]()1.:+-,\\", max_size=40))
def test_any_weights(text: str) -> None:
    from_novelai(text)
    from_compel(text)


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("a [b] c [d]", ("a c", "b d")),
        ("a [b [c] d]", ("a", "b [c] d")),
        ("a ] b [c", ("a ] b", "c")),
        ("", ("", "")),
    ],
)
def test_negative_prompts_in_brackets(prompt: str, parts: tuple[str, str]) -> None:
    assert split_brackets(prompt) == parts


def test_dream_without_spaces_or_quotes() -> None:
    for text in (
        '"a [b]" -s50 -S123 -W512 -H448 -C7.5 -Ak_lms',
        "a [b] -s 50 -S 123 -W 512 -H 448 -C 7.5 -A k_lms",
    ):
        found = {field.key: field.value for field in read(Dream=text).fields}
        assert found == {
            "Prompt": "a",
            "Negative prompt": "b",
            "Steps": "50",
            "Seed": "123",
            "CFG scale": "7.5",
            "Sampler": "LMS",
            "Size": "512x448",
        }


def test_invokeai_of_version_3() -> None:
    data = {
        "positive_prompt": "a cat++",
        "seed": 1,
        "scheduler": "dpmpp_2m_k",
        "model": {"model_name": "dream", "base_model": "sd-1"},
        "clip_skip": 1,
        "rand_device": "cpu",
        "width": 512,
        "height": 512,
    }
    result = read(invokeai_metadata=json.dumps(data))
    found = {field.key: field.value for field in result.fields}
    assert (found["Model"], found["Clip skip"], found["RNG"]) == ("dream", "2", "CPU")
    assert found["Prompt"] == "a cat++"
    assert (result.infotext or "").startswith("a (cat:1.21)\n")
    assert result.missing == ("Steps", "CFG scale")


def test_the_first_novelai() -> None:
    comment = {"steps": 28, "sampler": "k_euler_ancestral", "seed": 1, "scale": 11.0, "uc": "bad"}
    result = read(
        Description="{a}", Software="NovelAI", Source="Stable Diffusion 81274D13", Comment=json.dumps(comment)
    )
    assert result.tool == "novelai"
    assert result.prompt == "{a}"
    assert result.get("Size") == "640x448"
    assert (result.infotext or "").startswith("(a:1.05)\nNegative prompt: bad\nSteps: 28, Sampler: Euler a")


def test_random_seeds_come_from_the_graph() -> None:
    graph = {
        "1": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}},
        "2": {
            "class_type": "KSampler",
            "inputs": {
                "seed": 55,
                "steps": 3,
                "sampler_name": "euler",
                "positive": ["3", 0],
                "latent_image": ["4", 0],
            },
        },
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "graph"}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64}},
    }
    data = {"prompt": "stated", "seed": "-1", "steps": 25}
    result = read(prompt=json.dumps(graph), generation_data=json.dumps(data))
    assert (result.prompt, result.get("Seed"), result.get("Steps")) == ("stated", "55", "25")


def test_swarm_knows_its_layers_and_models() -> None:
    data = {
        "sui_image_params": {"prompt": "a", "clipstopatlayer": -2, "loras": ["b"]},
        "sui_extra_data": {"original_prompt": "<random:a|c>"},
        "sui_models": [{"name": "m.safetensors", "hash": "0x1"}],
    }
    result = read(json.dumps(data))
    assert result.get("Clip skip") == "2"
    assert {field.key for field in result.others} == {"loras", "original_prompt", "models"}


def test_midjourney_with_a_seed() -> None:
    result = read(Description="a -- cat --ar 2:3 --seed 42 --v 6 Job ID: 1-2")
    assert (result.prompt, result.get("Seed")) == ("a -- cat", "42")
    assert result.others[0].value == "--ar 2:3 --seed 42 --v 6"


@pytest.mark.parametrize(
    "packet",
    [
        '<x a:Type="one &amp; two"/>',
        "<x a:Type='one &amp; two'/>",
        "<a:Type>one &amp; two</a:Type>",
        '<a:Type rdf:resource="one &amp; two"/>',
        '<a:Type><rdf:Alt><rdf:li xml:lang="x">one &amp; two</rdf:li></rdf:Alt></a:Type>',
        "about a:Type here <a:Type>one &amp; two</a:Type>",
    ],
)
def test_values_of_xmp(packet: str) -> None:
    assert value_of(packet, "a:Type") == "one & two"


@given(st.text("<>/\"'= a:Typerdflio", max_size=80))
def test_any_xmp(packet: str) -> None:
    value_of(packet, "a:Type")


def test_labels() -> None:
    packet = (
        '<r xmlns="" Iptc4xmpExt:DigitalSourceType="http://x/trainedAlgorithmicMedia" photoshop:Credit="Y"/>'
    )
    result = identify(Metadata("jpeg", entries=(Entry(XMP, packet),)))
    assert result is not None
    assert result.tool == "iptc-ai"
    assert {field.key: field.value for field in result.others} == {
        "digital_source_type": "trainedAlgorithmicMedia",
        "credit": "Y",
    }
    camera = packet.replace("trainedAlgorithmicMedia", "digitalCapture")
    assert identify(Metadata("jpeg", entries=(Entry(XMP, camera),))) is None
    manifest = '{"claim_generator": "g", "softwareAgent": "a", "digitalSourceType": "t"}'
    result = identify(Metadata("png", entries=(Entry(C2PA, manifest),)))
    assert result is not None
    assert result.tool == "c2pa"


def test_labels_beside_a_program() -> None:
    result = read("a\nSteps: 1, Sampler: Euler, Seed: 1", c2pa='{"claim_generator": "g"}')
    assert result.tool == "a1111"
    assert {field.key: field.value for field in result.others} == {
        "content_credentials": "present, not verified",
        "claim_generator": "g",
    }


# No infotext can hold white space around a value, or quotes that are part of it.
VALUES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters='"'), min_size=1
)


@given(VALUES, st.text(max_size=20), VALUES, VALUES, st.integers(), st.floats(allow_nan=False))
def test_infotexts_of_other_programs_read_back(
    prompt: str, negative: str, name: str, vae: str, seed: int, scale: float
) -> None:
    data = {"prompt": prompt, "negativeprompt": negative, "model": name, "vae": vae, "seed": seed, "steps": 3}
    result = read(json.dumps({"sui_image_params": data | {"cfgscale": scale, "sampler": "euler"}}))
    back = parse(result.infotext or "")
    assert {setting.key: setting.value for setting in back.settings} == {
        field.key: field.value for field in result.settings
    }
    if "negative prompt" not in (prompt + negative).lower():
        assert back.prompt.split() == prompt.split()
        assert back.negative_prompt.split() == (result.negative_prompt or "").split()


def test_every_program_is_asked() -> None:
    modules = Path(tools.__file__).parent.glob("*.py")
    found = [import_module(f"{tools.__name__}.{path.stem}") for path in modules]
    readers = [module.read for module in found if hasattr(module, "read")]
    assert sorted(map(id, readers)) == sorted(map(id, READERS))


SETTINGS = "Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 8x8"


@pytest.mark.parametrize(
    ("text", "prompt", "negative", "settings"),
    [
        (f"a car in the rain Negative prompt: dull {SETTINGS}", "a car in the rain", "dull", {"Seed": "5"}),
        (f"a car, FOG. Negative prompt: {SETTINGS}, Model: x", "a car, FOG.", "", {"Model": "x"}),
        (f"a car. {SETTINGS}", "a car.", "", {"Steps": "20"}),
        (
            "a car\nSteps: 20, Sampler: DPM++\n2M Karras, Seed:\n5, Token merging\nratio: 0.2, Model:\nx, "
            'Control: "Model: a-\nb, Low\nVram: no", Hires upscaler:\nR-ESRGAN 4x+, Version: v1.5.2',
            "a car",
            "",
            {
                "Sampler": "DPM++ 2M Karras",
                "Seed": "5",
                "Token merging ratio": "0.2",
                "Model": "x",
                "Control": "Model: a-b, Low Vram: no",
                "Hires upscaler": "R-ESRGAN 4x+",
                "Version": "v1.5.2",
            },
        ),
        (f"a car\n{SETTINGS}\n\nThis is what I like, you know", "a car", "", {"Size": "8x8"}),
        (
            f"(a:1.2), (bb:1.3), (cc:1.4), (dd:1)\n{SETTINGS}\nTemplate: x",
            "(a:1.2), (bb:1.3), (cc:1.4), (dd:1)",
            "",
            {"Template": "x"},
        ),
        (f"Prompt: a car\nNegative prompt: dull\nParameters: {SETTINGS}", "a car", "dull", {"Steps": "20"}),
        (f"    parameters\n\n    {SETTINGS}", "", "", {"Seed": "5"}),
        (f"parameters\r\na car\nNegative prompt: dull\n{SETTINGS}", "a car", "dull", {"Seed": "5"}),
        (
            f"a car\nNegative prompt: dull\nTemplate: a car\n\nin the rain\n{SETTINGS}, App: SD.Next",
            "a car",
            "dull",
            {"Template": "a car\n\nin the rain"},
        ),
        (
            f"a car\nNegative prompt: \nTemplate: a car\n{SETTINGS}, Pipeline: X",
            "a car",
            "",
            {"Template": "a car"},
        ),
    ],
)
def test_repairs(text: str, prompt: str, negative: str, settings: dict[str, str]) -> None:
    result = read(text)
    assert (result.prompt, result.negative_prompt) == (prompt, negative)
    found = {field.key: field.value for field in result.settings}
    assert found == found | settings
    assert len(result.notes) == 1
    again = parse(result.infotext or "")
    assert (again.prompt, again.negative_prompt, again.get("Seed")) == (prompt, negative, "5")


@pytest.mark.parametrize(
    "text",
    [
        f"parameters of a car\n{SETTINGS}",
        "a car in Steps: 20 of them",
        f"a car\nNegative prompt: dull\nTemplate: a car\n{SETTINGS}",
        f"the words (Steps: 3, Sampler: x) in a prompt\n{SETTINGS}",
    ],
)
def test_what_is_not_repaired(text: str) -> None:
    result = read(text)
    assert result.notes == ()
    assert result.infotext == text
