"""Graphs of ComfyUI: what is connected counts, whatever the nodes are called and numbered."""

import json

import pytest

from mezzotint.runtime.metadata.generation import Confidence, Generation
from mezzotint.runtime.metadata.record import Entry, Metadata, Place
from mezzotint.runtime.metadata.tools.registry import identify

Nodes = dict[str, dict[str, object]]


def node(kind: str, **inputs: object) -> dict[str, object]:
    return {"class_type": kind, "inputs": inputs}


def link(target: str, slot: int = 0) -> list[object]:
    return [target, slot]


def base(**changes: dict[str, object]) -> Nodes:
    """The graph that ComfyUI opens with; keyword ``n6`` replaces or adds node 6, ``n4_1`` node ``4:1``."""
    nodes = {
        "3": node(
            "KSampler",
            seed=7,
            steps=20,
            cfg=6.5,
            sampler_name="dpmpp_2m",
            scheduler="karras",
            denoise=1.0,
            model=link("4"),
            positive=link("6"),
            negative=link("7"),
            latent_image=link("5"),
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name="sub\\dream.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text="a cat", clip=link("4", 1)),
        "7": node("CLIPTextEncode", text="a dog", clip=link("4", 1)),
        "8": node("VAEDecode", samples=link("3"), vae=link("4", 2)),
        "9": node("SaveImage", images=link("8")),
    }
    return nodes | {key[1:].replace("_", ":"): value for key, value in changes.items()}


def read(nodes: Nodes, parameters: str | None = None) -> Generation:
    text = json.dumps(nodes)
    found = Metadata(
        "png",
        parameters,
        entries=(Entry("prompt", text), Entry("workflow", "{}")),
        place=Place.KEYWORD if parameters else None,
    )
    result = identify(found)
    assert result is not None
    assert result.tool == "comfyui"
    return result


def values(result: Generation) -> dict[str, str]:
    return {field.key: field.value for field in result.fields}


def test_the_usual_graph() -> None:
    result = read(base())
    assert values(result) == {
        "Prompt": "a cat",
        "Negative prompt": "a dog",
        "Steps": "20",
        "Sampler": "DPM++ 2M",
        "Schedule type": "Karras",
        "CFG scale": "6.5",
        "Seed": "7",
        "Size": "512x768",
        "Model": "dream",
        "RNG": "CPU",
        "Emphasis": "No norm",
    }
    assert result.missing == ()
    assert {field.confidence for field in result.fields} == {Confidence.DERIVED}
    assert result.infotext == (
        "a cat\nNegative prompt: a dog\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, "
        "Seed: 7, Size: 512x768, Model: dream, RNG: CPU, Emphasis: No norm"
    )


@pytest.mark.parametrize(
    ("changes", "prompt"),
    [
        ({"n6": node("CLIPTextEncodeSDXL", text_g="g", text_l="g", clip=link("4", 1))}, "g"),
        ({"n6": node("CLIPTextEncodeSDXL", text_g="g", text_l="l", clip=link("4", 1))}, "g\nl"),
        ({"n6": node("CLIPTextEncodeFlux", clip_l="x", t5xxl="x", guidance=3.5, clip=link("4", 1))}, "x"),
        ({"n6": node("TextEncodeQwenImageEdit", prompt="edit", clip=link("4", 1))}, "edit"),
        ({"n6": node("Reroute", **{"": link("60")}), "n60": node("Any", text="behind")}, "behind"),
        (
            {
                "n6": node("ConditioningCombine", conditioning_1=link("60"), conditioning_2=link("61")),
                "n60": node("CLIPTextEncode", text="one"),
                "n61": node("CLIPTextEncode", text="two"),
            },
            "one\ntwo",
        ),
        ({"n6": node("CLIPTextEncode", text=link("60")), "n60": node("PrimitiveString", value="v")}, "v"),
        ({"n6": node("CLIPTextEncode", text=link("4_1")), "n4_1": node("Unheard Of", text="t")}, "a cat"),
        (
            {
                "n6": node("CLIPTextEncode", text=link("60")),
                "n60": node("StringConcatenate", string_a="a", string_b=link("61"), delimiter=", "),
                "n61": node("easy positive", positive="b"),
            },
            "a, b",
        ),
        (
            {
                "n6": node("CLIPTextEncode", text=link("60")),
                "n60": node("ShowText|pysssss", text=link("61"), text_0="shown"),
                "n61": node("Random", seed=1),
            },
            "shown",
        ),
        (
            {
                "n6": node("CLIPTextEncode", text=link("60")),
                "n60": node("ImpactWildcardProcessor", wildcard_text="__a__", populated_text="chosen"),
            },
            "chosen",
        ),
        (
            {
                "n6": node("CLIPTextEncode", text=link("60")),
                "n60": node("Switch", switch=link("61"), on_true=link("62"), on_false="no"),
                "n61": node("PrimitiveBoolean", value=True),
                "n62": node("Text", text="yes"),
            },
            "yes",
        ),
    ],
)
def test_words(changes: Nodes, prompt: str) -> None:
    if "n4_1" in changes:  # a link to a node that is not there counts as a literal that is no text
        changes = changes | {"n6": node("CLIPTextEncode", text="a cat", clip=link("nowhere"))}
    assert read(base(**changes)).prompt == prompt


def test_roles_follow_the_outputs_of_a_node_with_both() -> None:
    both = node("ControlNetApplyAdvanced", positive=link("6"), negative=link("7"), control_net=link("50"))
    sampler = base()["3"]
    inputs = sampler["inputs"]
    assert isinstance(inputs, dict)
    crossed = node("KSampler", **(inputs | {"positive": link("40", 0), "negative": link("40", 1)}))
    result = read(base(n3=crossed, n40=both, n50=node("ControlNetLoader")))
    assert (result.prompt, result.negative_prompt) == ("a cat", "a dog")


def test_one_loader_for_everything() -> None:
    loader = node(
        "Efficient Loader",
        ckpt_name="a.safetensors",
        clip_skip=-2,
        lora_name="None",
        positive="up",
        negative="down",
        empty_latent_width=640,
        empty_latent_height=512,
    )
    sampler = node(
        "KSampler (Efficient)",
        seed=link("2"),
        steps=9,
        cfg=1,
        sampler_name="euler",
        scheduler="normal",
        model=link("4"),
        positive=link("4", 1),
        negative=link("4", 2),
        latent_image=link("4", 3),
    )
    result = read(base(n4=loader, n3=sampler, n2=node("Seed (rgthree)", seed=2**64 - 1)))
    assert values(result)["Prompt"] == "up"
    assert values(result)["Negative prompt"] == "down"
    assert values(result)["Size"] == "640x512"
    assert values(result)["Seed"] == "18446744073709551615"


def test_zeroed_negative_is_empty() -> None:
    assert read(base(n7=node("ConditioningZeroOut", conditioning=link("6")))).negative_prompt == ""


def test_custom_sampling() -> None:
    result = read(
        base(
            n3=node(
                "SamplerCustomAdvanced",
                noise=link("25"),
                guider=link("22"),
                sampler=link("16"),
                sigmas=link("18"),
                latent_image=link("5"),
            ),
            n16=node("SamplerEulerAncestral", eta=1),
            n17=node("KarrasScheduler", steps=11, sigma_max=14.6),
            n18=node("SplitSigmas", sigmas=link("17"), step=3),
            n22=node("CFGGuider", model=link("30"), positive=link("26"), negative=link("7"), cfg=2),
            n25=node("RandomNoise", noise_seed=99),
            n26=node("FluxGuidance", guidance=3.5, conditioning=link("6")),
            n30=node("ModelSamplingFlux", shift=1.15, model=link("31")),
            n31=node(
                "Power Lora Loader (rgthree)",
                lora_1={"on": True, "lora": "b.safetensors", "strength": 0.5},
                lora_2={"on": False, "lora": "c.safetensors", "strength": 1},
                model=link("32"),
            ),
            n32=node("LoraLoaderModelOnly", lora_name="a.safetensors", strength_model=0.8, model=link("33")),
            n33=node("UNETLoader", unet_name="flux.safetensors"),
        )
    )
    found = values(result)
    assert [found[key] for key in ("Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Model")] == [
        "11", "Euler a", "Karras", "2", "99", "flux",
    ]  # fmt: skip
    assert (found["Distilled CFG Scale"], found["Shift"]) == ("3.5", "1.15")
    assert result.others[0].value == "a: 0.8, b: 0.5"


def second_pass() -> Nodes:
    first = base()["3"]["inputs"]
    assert isinstance(first, dict)
    return base(
        n2=node("KSampler", **(first | {"denoise": 0.5, "steps": 12, "seed": 8, "latent_image": link("1")})),
        n1=node("LatentUpscaleBy", samples=link("3"), scale_by=1.5, upscale_method="bislerp"),
        n8=node("VAEDecode", samples=link("2"), vae=link("4", 2)),
    )


def test_the_sampler_next_to_the_empty_latent_is_the_first() -> None:
    found = values(read(second_pass()))
    assert found["Seed"] == "7"
    assert found["Hires steps"] == "12"
    assert found["Denoising strength"] == "0.5"
    assert found["Hires upscale"] == "1.5"
    assert found["Hires upscaler"] == "Latent (bislerp)"
    assert read(second_pass()).missing == ("1 later pass of the graph, which only ComfyUI can run",)


def test_image_to_image_names_what_is_missing() -> None:
    result = read(base(n5=node("VAEEncode", pixels=link("50")), n50=node("LoadImage", image="in.png")))
    assert result.missing == ("Size", "the picture in.png that it was made from")


def test_several_pictures_are_a_guess() -> None:
    other = base()["3"]["inputs"]
    assert isinstance(other, dict)
    result = read(
        base(
            n30=node("KSampler", **(other | {"seed": 1000})),
            n31=node("VAEDecode", samples=link("30")),
            n32=node("SaveImage", images=link("31")),
        )
    )
    assert result.get("Seed") == "7"
    assert "more than one picture" in result.notes[0]


@pytest.mark.parametrize(
    "graph",
    [
        {},
        {"1": 5},
        {"1": {"class_type": "X"}},
        {"1": node("SaveImage", images=link("1"))},
        {"1": node("KSampler", positive=link("1"), negative=link("1"), seed=1, steps=link("1"))},
    ],
)
def test_graphs_without_sense(graph: Nodes) -> None:
    identify(Metadata("png", entries=(Entry("prompt", json.dumps(graph)),)))


INFOTEXT = (
    "a cat\nNegative prompt: a dog\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 6.5, Seed: {seed}, Version: ComfyUI"
)


def test_an_infotext_beside_the_graph() -> None:
    agreeing = read(base(), INFOTEXT.format(seed=7))
    assert agreeing.get("Sampler") == "Euler a"
    assert agreeing.notes == ()
    contradicting = read(base(), INFOTEXT.format(seed=8))
    assert contradicting.get("Seed") == "8"
    assert contradicting.notes == ("Seed: the infotext says '8', the graph that ran says '7'",)
    unknowing = read(base(), INFOTEXT.replace("a cat", "unknown").format(seed=0))
    assert unknowing.prompt == "a cat"


def test_names_of_a_saving_node_are_put_right() -> None:
    text = "a cat\nSteps: 20, Sampler: euler_ancestral_karras, Seed: 1, Model: x.safetensors"
    result = identify(Metadata("jpeg", text, place=Place.USER_COMMENT))
    assert result is not None
    assert result.tool == "comfyui"
    assert (result.get("Sampler"), result.get("Schedule type"), result.get("Model")) == (
        "Euler a",
        "Karras",
        "x",
    )


@pytest.mark.parametrize(
    "found",
    [
        Metadata("webp", entries=(Entry("exif:Model", "prompt:" + json.dumps(base())),)),
        Metadata("jpeg", entries=(Entry("exif:Make", "Prompt: " + json.dumps(base())),)),
        Metadata("jpeg", json.dumps({"prompt": base(), "workflow": {}}), place=Place.USER_COMMENT),
        Metadata("jpeg", json.dumps({"prompt": json.dumps(base())}), place=Place.USER_COMMENT),
    ],
)
def test_other_places(found: Metadata) -> None:
    result = identify(found)
    assert result is not None
    assert result.get("Seed") == "7"


def test_the_editors_graph_alone() -> None:
    result = identify(Metadata("png", entries=(Entry("workflow", '{"nodes": []}'),)))
    assert result is not None
    assert result.missing == ("the graph that ran: only the editor's is here",)
