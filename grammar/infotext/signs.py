"""Signs that a text is an infotext, found without reading it as one.

Most texts are prompts, and checking one should not wait for the infotext reader to be imported.
"""

# Keys that some program writes in nearly every text. A line with none of them is hardly a settings line.
COMMON = ("Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model hash", "Model", "Version")
KNOWN = {key.casefold(): key for key in (*COMMON, "Denoising strength", "Clip skip", "VAE", "RNG", "ENSD")}


def may_have_settings(text: str) -> bool:
    """Whether a settings line is possible at all: its last line names a setting that programs write."""
    body = text.rstrip()
    line = body[body.rfind("\n") + 1 :].casefold()
    return ":" in line and any(key in line for key in KNOWN)
