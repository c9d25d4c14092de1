"""Use A1111 weights in a stock diffusers pipeline, which takes the conditioning as `prompt_embeds`.

python examples/diffusers_prompt_embeds.py [OUT.png]. With another model, give its folder to
`from_pretrained`: everything else stays the same.
"""

import sys

import torch
from diffusers import StableDiffusionPipeline

from mezzotint.compiler.conditioning.clip import ClipEncoder, encode_program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.builtin import model_path

PROMPT = "a (red:1.3) circle, (white background:0.9)"
NEGATIVE = "blurry, (green:1.2)"


def main(output: str) -> None:
    """Compile the prompts, encode them with the pipeline's own text encoder, and run the pipeline."""
    pipeline = StableDiffusionPipeline.from_pretrained(model_path(), torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    program = compile_prompt(PROMPT, NEGATIVE)
    with torch.inference_mode():
        conditioning = encode_program(program, ClipEncoder(pipeline.text_encoder))
    # A stock pipeline has one text for all steps: take what is in force at the first.
    (branch,) = conditioning.positive
    positive, negative = branch.at(0).hidden_states, conditioning.negative.at(0).hidden_states
    result = pipeline(
        prompt_embeds=positive.unsqueeze(0),  # (1, tokens, channels)
        negative_prompt_embeds=negative.unsqueeze(0),
        num_inference_steps=20,
        guidance_scale=6.0,
        generator=torch.Generator().manual_seed(7),
    )
    result.images[0].save(output)
    print(f"{output}: {tuple(positive.shape)} conditioning of {PROMPT!r}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "prompt_embeds.png")
