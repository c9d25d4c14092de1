"""The parts that scripts for diffusers are put together from; only ``LOAD`` and ``WEIGHED`` are formats."""

LOAD = """
if not os.path.exists(MODEL):
    raise SystemExit(f"there is no {{MODEL}}: set MODEL to the checkpoint's file or folder")
load = {kind}.from_pretrained if os.path.isdir(MODEL) else {kind}.from_single_file
pipeline = load(MODEL, torch_dtype=torch.float32)
prediction = pipeline.scheduler.config.get("prediction_type", "epsilon")
pipeline.scheduler = {scheduler}(
    {betas}, prediction_type=prediction, **SCHEDULER_OPTIONS
)
for number, (name, _) in enumerate(NETWORKS):
    path = os.path.join(LORA_FOLDER, name + ".safetensors")
    if not os.path.isfile(path):
        raise SystemExit(f"there is no {{path}}: set LORA_FOLDER")
    pipeline.load_lora_weights(path, adapter_name=str(number))
if NETWORKS:
    pipeline.set_adapters([str(n) for n in range(len(NETWORKS))], [strength for _, strength in NETWORKS])
pipeline.to("cuda" if torch.cuda.is_available() else "cpu")
"""
WEIGHED = """
with torch.inference_mode():  # weights as A1111 applies them
{encode}
"""
SD_ENCODE = """\
    encoder = ClipEncoder(pipeline.text_encoder)
    conditioning = encode_program(compile_prompt(PROMPT, NEGATIVE_PROMPT), encoder, clip_skip=CLIP_SKIP)
    empty = encode_program(compile_prompt(""), encoder, clip_skip=CLIP_SKIP).positive[0].at(0).hidden_states
positive, negative = conditioning.positive[0].at(0), conditioning.negative.at(0)
arguments = {"prompt_embeds": positive.hidden_states, "negative_prompt_embeds": negative.hidden_states}"""
XL_ENCODE = """\
    encoder = SdxlEncoder(pipeline.text_encoder, pipeline.text_encoder_2)
    conditioning = encode_program(compile_prompt(PROMPT, NEGATIVE_PROMPT), encoder)
    empty = encode_program(compile_prompt(""), encoder).positive[0].at(0).hidden_states
positive, negative = conditioning.positive[0].at(0), conditioning.negative.at(0)
arguments = {
    "prompt_embeds": positive.hidden_states,
    "pooled_prompt_embeds": positive.pooled,
    "negative_prompt_embeds": negative.hidden_states,
    "negative_pooled_prompt_embeds": negative.pooled,
}"""
PADDED = """
longest = max(len(arguments["prompt_embeds"]), len(arguments["negative_prompt_embeds"]))
for key in ("prompt_embeds", "negative_prompt_embeds"):  # the pipeline wants both of one length
    missing = (longest - len(arguments[key])) // len(empty)
    arguments[key] = torch.cat([arguments[key], *[empty] * missing])
arguments = {key: value.unsqueeze(0) for key, value in arguments.items()}
"""
NOISE = """
settings = NoiseSettings(
    SEED, source=RNG, variation_seed=VARIATION_SEED, variation_strength=VARIATION_STRENGTH
)
noise = ImageNoise((pipeline.unet.config.in_channels, HEIGHT // 8, WIDTH // 8), settings).first()
arguments["latents"] = noise.unsqueeze(0).to(pipeline.device)
"""
FIRST_ONLY = """
result = pipeline(
    num_inference_steps=STEPS,
    guidance_scale=CFG_SCALE,
    width=WIDTH,
    height=HEIGHT,
    generator=torch.Generator("cpu").manual_seed(SEED),
    **arguments,
)
result.images[0].save(sys.argv[1] if len(sys.argv) > 1 else "picture.png")
"""
WITH_SECOND = """
generator = torch.Generator("cpu").manual_seed(SEED)
first = pipeline(
    num_inference_steps=STEPS,
    guidance_scale=CFG_SCALE,
    width=WIDTH,
    height=HEIGHT,
    generator=generator,
    output_type="latent" if HIRES_LATENT else "pil",
    **arguments,
).images
if HIRES_LATENT:
    cells = (HIRES_SIZE[1] // 8, HIRES_SIZE[0] // 8)
    image = torch.nn.functional.interpolate(first, cells, mode="bilinear")
else:
    image = first[0].resize(HIRES_SIZE, 1)  # Lanczos
arguments.pop("latents", None)
second = {second}(**pipeline.components)
result = second(
    image=image,
    strength=STRENGTH,
    num_inference_steps=int(HIRES_STEPS / min(max(STRENGTH, 0.001), 0.999)),
    guidance_scale=CFG_SCALE,
    generator=generator,
    **arguments,
)
result.images[0].save(sys.argv[1] if len(sys.argv) > 1 else "picture.png")
"""
