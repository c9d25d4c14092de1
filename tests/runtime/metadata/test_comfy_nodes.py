"""Graphs of ComfyUI with nodes of many authors: switches, joined texts, pipes, stacks of LoRAs."""

import json

import pytest

from mezzotint.runtime.metadata.generation import Generation
from mezzotint.runtime.metadata.record import Entry, Metadata
from mezzotint.runtime.metadata.tools.registry import identify

Inputs = dict[str, object]
Nodes = dict[str, dict[str, object]]

SETTINGS: Inputs = {"seed": 7, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "karras"}
LINKS: Inputs = {"model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}


def node(kind: str, **inputs: object) -> dict[str, object]:
    return {"class_type": kind, "inputs": inputs}


def encoder(text: object) -> dict[str, object]:
    return node("CLIPTextEncode", text=text, clip=["4", 1])


def sampler(**changes: object) -> dict[str, object]:
    return node("KSampler", **(SETTINGS | LINKS | changes))


def graph(changes: Nodes) -> Nodes:
    return {
        "3": sampler(),
        "4": node("CheckpointLoaderSimple", ckpt_name="dream.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=768),
        "6": encoder("a cat"),
        "7": encoder("a dog"),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", images=["8", 0]),
        **changes,
    }


def read(nodes: Nodes) -> Generation:
    result = identify(Metadata("png", entries=(Entry("prompt", json.dumps(nodes)),)))
    assert result is not None
    assert result.tool == "comfyui"
    return result


def check_all(result: Generation) -> None:
    """Everything as in the plain graph."""
    keys = ("Prompt", "Negative prompt", "Steps", "Sampler", "CFG scale", "Seed", "Size", "Model")
    assert [result.get(key) for key in keys] == [
        "a cat", "a dog", "20", "Euler", "6.5", "7", "512x768", "dream",
    ]  # fmt: skip


TEXT = encoder(["60", 0])
CAT, OTHER = node("CR Text", text="a cat"), node("CR Text", text="other")


@pytest.mark.parametrize(
    "nodes",
    [
        {"60": node("JoinStrings", string1="a", string2="cat", delimiter=" ")},
        {
            "60": node("JoinStringMulti", inputcount=2, string_2="cat", string_1=["61", 0], delimiter=" "),
            "61": node("StringConstant", string="a"),
        },
        {"60": node("StringFunction|pysssss", action="append", tidy_tags="no", text_a="a ", text_b="cat")},
        {"60": node("ImpactSwitch", select=2, input1=["61", 0], input2=["62", 0]), "61": OTHER, "62": CAT},
        {
            "60": node("CR Text Input Switch", Input=1, text1=["62", 0], text2=["61", 0]),
            "61": OTHER,
            "62": CAT,
        },
        {"60": node("easy textSwitch", input=2, text1="other", text2="a cat")},
        {"60": node("Any Switch (rgthree)", any_01=["62", 0], any_02=["61", 0]), "61": OTHER, "62": CAT},
        {
            "60": node("ImpactConditionalBranch", cond=["63", 0], tt_value=["61", 0], ff_value=["62", 0]),
            "61": OTHER,
            "62": CAT,
            "63": node("PrimitiveBoolean", value=False),
        },
        {
            "60": node("easy anythingIndexSwitch", index=1, value0=["61", 0], value1=["62", 0]),
            "61": OTHER,
            "62": CAT,
        },
    ],
)
def test_texts(nodes: Nodes) -> None:
    check_all(read(graph({"6": TEXT} | nodes)))


def test_tags_are_joined_by_commas() -> None:
    joined = node(
        "StringFunction|pysssss", action="append", tidy_tags="yes", text_a="a", text_b="b", text_c=""
    )
    assert read(graph({"6": TEXT, "60": joined})).prompt == "a, b"


def test_one_text_for_each_role() -> None:
    styler = node("SDXLPromptStyler", text_positive="a cat", text_negative="a dog", style="base")
    check_all(read(graph({"6": TEXT, "7": encoder(["60", 1]), "60": styler})))
    pair = {"60": node("easy positive", positive="a cat"), "61": node("easy negative", negative="a dog")}
    check_all(read(graph({"6": TEXT, "7": encoder(["61", 0]), **pair})))


@pytest.mark.parametrize("kind", ["CLIPTextEncodeLumina2", "CLIPTextEncodeHunyuanDiT"])
def test_encoders_with_names_of_their_own(kind: str) -> None:
    texts = {"user_prompt": "a cat"} if "Lumina" in kind else {"bert": "a cat", "mt5xl": "a cat"}
    check_all(read(graph({"6": node(kind, clip=["4", 1], **texts)})))


@pytest.mark.parametrize(
    ("name", "output", "other"),
    [
        ("model", 0, node("CheckpointLoaderSimple", ckpt_name="other.safetensors")),
        ("latent_image", 0, node("EmptyLatentImage", width=8, height=8)),
        ("positive", 0, encoder("other")),
    ],
)
def test_switches(name: str, output: int, other: dict[str, object]) -> None:
    switch = node("CR Input Switch", Input=2, input1=["51", 0], input2=LINKS[name])
    check_all(read(graph({"3": sampler(**{name: ["50", output]}), "50": switch, "51": other})))


def test_contexts() -> None:
    inner = node("Context (rgthree)", model=["4", 0], negative=["7", 0], latent=["5", 0], seed=["41", 0])
    outer = node("Context (rgthree)", base_ctx=["40", 0], positive=["6", 0])
    inputs = {"model": ["44", 1], "positive": ["44", 4], "negative": ["44", 5], "latent_image": ["44", 6]}
    nodes = {
        "3": sampler(seed=["41", 0], **inputs),
        "40": inner,
        "41": node("Seed (rgthree)", seed=7),
        "42": node("Context (rgthree)", positive=["43", 0]),
        "43": encoder("other"),
        "44": node("Context Switch (rgthree)", ctx_01=["45", 0], ctx_02=["42", 0]),
        "45": outer,
    }
    check_all(read(graph(nodes)))
    big = node("Context Big (rgthree)", steps=["46", 0], **(LINKS | {"seed": ["41", 0], "latent": ["5", 0]}))
    check_all(read(graph(nodes | {"45": big, "46": node("PrimitiveInt", value=20)})))


def test_pipes() -> None:
    pipe = node("ToBasicPipe", model=["4", 0], clip=["4", 1], positive=["6", 0], negative=["7", 0])
    short = node("ImpactKSamplerBasicPipe", basic_pipe=["20", 0], latent_image=["5", 0], **SETTINGS)
    check_all(read(graph({"3": short, "20": pipe})))
    abbreviated = node("easy pipeIn", model=["4", 0], pos=["6", 0], neg=["7", 0], latent=["5", 0])
    check_all(read(graph({"3": node("easy fullkSampler", pipe=["20", 0], **SETTINGS), "20": abbreviated})))


LOADER: Inputs = {
    "ckpt_name": "dream.safetensors",
    "clip_skip": -2,
    "lora_name": "a.safetensors",
    "lora_model_strength": 0.6,
    "empty_latent_width": 512,
    "empty_latent_height": 768,
}


def test_loaders_with_linked_texts() -> None:
    loader = node("Efficient Loader", positive=["61", 0], negative=["62", 0], lora_stack=["63", 0], **LOADER)
    stack = node(
        "LoRA Stacker",
        lora_count=2,
        lora_name_1="b.safetensors",
        lora_wt_1=0.7,
        model_str_1=1,
        lora_name_2="None",
        lora_name_3="c.safetensors",
        lora_wt_3=1,
    )
    inputs = {"model": ["1", 0], "positive": ["1", 1], "negative": ["1", 2], "latent_image": ["1", 3]}
    result = read(
        {
            "1": loader,
            "2": node("KSampler (Efficient)", **(SETTINGS | inputs)),
            "3": node("SaveImage", images=["2", 5]),
            "61": node("Text Multiline", text="a cat"),
            "62": node("Text Multiline", text="a dog"),
            "63": stack,
        }
    )
    check_all(result)
    assert result.get("Clip skip") == "2"
    assert result.others[0].value == "b: 0.7, a: 0.6"


@pytest.mark.parametrize(("resolution", "size"), [("832 x 1216", "832x1216"), ("自定义 x 自定义", "512x768")])
def test_loaders_with_pipes(resolution: str, size: str) -> None:
    loader = node("easy fullLoader", positive="a cat", negative="a dog", resolution=resolution, **LOADER)
    settings = node("easy preSampling", pipe=["1", 0], **SETTINGS)
    last = node("easy kSampler", pipe=["2", 0], image_output="Save")
    result = read({"1": loader, "2": settings, "3": last})
    assert (result.prompt, result.negative_prompt, result.get("Model")) == ("a cat", "a dog", "dream")
    assert result.get("Size") == size


def test_a_tuple_of_two_models() -> None:
    loader = node(
        "Eff. Loader SDXL",
        base_ckpt_name="dream.safetensors",
        base_clip_skip=-2,
        positive="a cat",
        negative="a dog",
        empty_latent_width=512,
        empty_latent_height=768,
    )
    last = node("KSampler SDXL (Eff.)", sdxl_tuple=["1", 0], latent_image=["1", 1], **SETTINGS)
    check_all(read({"1": loader, "2": last, "3": node("SaveImage", images=["2", 3])}))


@pytest.mark.parametrize(
    "inputs",
    [
        {"lora_name": {"content": "a.safetensors", "image": None}, "strength_model": 0.7},
        {"lora_01": "a.safetensors", "strength_01": 0.7, "lora_02": "None", "strength_02": 1},
        {
            "lora_1_name": "a.safetensors",
            "lora_1_strength": 0.7,
            "num_loras": 1,
            "lora_2_name": "b.safetensors",
        },
        {"loras": {"__value__": [{"name": "a", "strength": 0.7}, {"name": "b", "active": False}, 5]}},
        {
            "switch_1": "On",
            "lora_name_1": "a.safetensors",
            "model_weight_1": 0.7,
            "switch_2": "Off",
            "lora_name_2": "b",
        },
    ],
)
def test_loras(inputs: Inputs) -> None:
    loader = node("A LoRA Loader", model=["4", 0], clip=["4", 1], **inputs)
    result = read(graph({"3": sampler(model=["20", 0]), "20": loader}))
    assert [field.value for field in result.others] == ["a: 0.7"]


def test_a_checkpoint_with_a_preview() -> None:
    name = {"content": "dream.safetensors", "image": None}
    check_all(read(graph({"4": node("CheckpointLoader|pysssss", ckpt_name=name)})))


@pytest.mark.parametrize(
    ("inputs", "size"),
    [
        ({"resolution": "portrait - 832x1216 (13:19)"}, "832x1216"),
        ({"dimensions": "1216 x 832", "invert": True}, "832x1216"),
        ({"aspect_ratio": "3:4 portrait 896x1152", "width": 8, "height": 8}, "896x1152"),
        ({"aspect_ratio": "custom", "width": 832, "height": 1216}, "832x1216"),
    ],
)
def test_named_sizes(inputs: Inputs, size: str) -> None:
    assert read(graph({"5": node("Some Sizes", **inputs)})).get("Size") == size
    linked = node("EmptyLatentImage", width=["50", 0], height=["50", 1])
    assert read(graph({"5": linked, "50": node("Some Sizes", **inputs)})).get("Size") == size


def test_a_sampler_around_another() -> None:
    custom = node("SamplerCustom", noise_seed=7, cfg=6.5, sampler=["20", 0], sigmas=["22", 0], **LINKS)
    wrapped = {
        "20": node("DetailDaemonSamplerNode", sampler=["21", 0]),
        "21": node("KSamplerSelect", sampler_name="euler"),
    }
    check_all(read(graph({"3": custom, "22": node("KarrasScheduler", steps=20), **wrapped})))


def test_a_sampler_with_its_own_guidance() -> None:
    inputs = {"model": ["4", 0], "conditioning": ["6", 0], "latent_image": ["5", 0]}
    flux = node("FluxSamplerParams+", seed="7", sampler="euler", steps="20", guidance="3.2", **inputs)
    result = read(graph({"3": flux}))
    assert (result.get("Sampler"), result.get("Distilled CFG Scale")) == ("Euler", "3.2")


def test_video() -> None:
    result = read(
        {
            "1": node("WanVideoModelLoader", model="wan.safetensors"),
            "2": node("WanVideoTextEncode", positive_prompt="a cat", negative_prompt="a dog"),
            "3": node("WanVideoEmptyEmbeds", width=832, height=480),
            "4": node(
                "WanVideoSampler",
                model=["1", 0],
                text_embeds=["2", 0],
                image_embeds=["3", 0],
                seed=7,
                steps=20,
            ),
            "5": node("SaveImage", images=["4", 0]),
        }
    )
    assert (result.prompt, result.negative_prompt) == ("a cat", "a dog")
    assert (result.get("Size"), result.get("Model")) == ("832x480", "wan")


def test_a_node_with_thousands_of_inputs_is_not_walked_again_and_again() -> None:
    tangle = node("X", **{f"i{number}": ["60", 0] for number in range(2000)})
    ends: Nodes = {str(number): sampler(positive=["60", 0], images=["60", 0]) for number in range(100, 400)}
    assert any("too tangled" in text for text in read({"60": tangle, **ends}).missing)
