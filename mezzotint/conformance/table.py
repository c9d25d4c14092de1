"""Every suite with a check: its name, and the module and function that open it."""

_CONDITIONING = "mezzotint.conformance.conditioning"
_E2E = "mezzotint.conformance.e2e"
_HASHES = "mezzotint.conformance.hashes"
_HIRES = "mezzotint.conformance.hires"
_IMAGES = "mezzotint.conformance.images"
_INFOTEXT = "mezzotint.conformance.infotext"
_LANGUAGE = "mezzotint.conformance.language"
_META_SAMPLES = "mezzotint.conformance.meta_samples"
_MIDJOURNEY = "mezzotint.conformance.midjourney"
_NOISE = "mezzotint.conformance.noise"
_SAMPLERS = "mezzotint.conformance.samplers"
_SCHEDULES = "mezzotint.conformance.schedules"
_STYLES = "mezzotint.conformance.styles"
_TOKENS = "mezzotint.conformance.tokens"

SUITES = {
    "active": (_LANGUAGE, "active"),
    "attention": (_LANGUAGE, "attention"),
    "chunks": (_TOKENS, "chunks"),
    "chunks_old": (_TOKENS, "chunks_old"),
    "chunks_ti": (_TOKENS, "chunks"),
    "comfy_tokens": (_TOKENS, "comfy_tokens"),
    "cond_sd1": (_CONDITIONING, "sd1"),
    "cond_sdxl": (_CONDITIONING, "sdxl"),
    "e2e_sd1": (_E2E, "end_to_end"),
    "e2e_sd1_more": (_E2E, "end_to_end"),
    "e2e_sd2": (_E2E, "end_to_end"),
    "e2e_sdxl": (_E2E, "end_to_end"),
    "e2e_sdxl_more": (_E2E, "end_to_end"),
    "extra_networks": (_LANGUAGE, "extra_networks"),
    "hashes": (_HASHES, "hashes"),
    "hires": (_HIRES, "hires"),
    "images": (_IMAGES, "images"),
    "img_uint8": (_SCHEDULES, "img_uint8"),
    "infotext_build": (_INFOTEXT, "infotext_build"),
    "infotext_parse": (_INFOTEXT, "infotext_parse"),
    "infotext_quote": (_INFOTEXT, "infotext_quote"),
    "meta_samples": (_META_SAMPLES, "meta_samples"),
    "midjourney": (_MIDJOURNEY, "midjourney"),
    "misc": (_LANGUAGE, "misc"),
    "misc_cond": (_CONDITIONING, "misc"),
    "multicond": (_LANGUAGE, "multicond"),
    "nondeterministic_schedule": (_LANGUAGE, "nondeterministic_schedule"),
    "philox": (_NOISE, "philox"),
    "samplers": (_SAMPLERS, "samplers"),
    "schedule": (_LANGUAGE, "schedule"),
    "sigmas": (_SCHEDULES, "sigmas"),
    "steps": (_SCHEDULES, "steps"),
    "styles": (_STYLES, "StyleCheck"),
}
"""Suite to the module and the :data:`mezzotint.conformance.result.Opener` in it. The modules are imported
when their suite runs: those of tensors need torch, those of the language do not."""
