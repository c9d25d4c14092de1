"""Other programs' names of samplers and schedules, in A1111's words.

Source: ComfyUI ``comfy/samplers.py``; InvokeAI ``SCHEDULER_MAP``; Easy Diffusion ``samplers.py``; NovelAI's
and Stability Matrix' files.
"""

from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.samplers import SCHEDULE_NAMES
from mezzotint.runtime.metadata.generation import Confidence, Field
from mezzotint.runtime.metadata.tools.fields import text_of
from mezzotint.runtime.sampler_table import find_sampler

_SAMPLERS = {
    "euler": "Euler",
    "euler_a": "Euler a",
    "euler_ancestral": "Euler a",
    "heun": "Heun",
    "lms": "LMS",
    "dpm2": "DPM2",
    "dpm_2": "DPM2",
    "kdpm_2": "DPM2",
    "dpm2_a": "DPM2 a",
    "dpm_2_a": "DPM2 a",
    "dpm_2_ancestral": "DPM2 a",
    "kdpm_2_a": "DPM2 a",
    "dpm_fast": "DPM fast",
    "dpm_adaptive": "DPM adaptive",
    "dpmpp_2s": "DPM++ 2S a",
    "dpmpp_2s_a": "DPM++ 2S a",
    "dpmpp_2s_ancestral": "DPM++ 2S a",
    "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_2m_sde_heun": "DPM++ 2M SDE Heun",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "dpmpp_sde": "DPM++ SDE",
    "restart": "Restart",
    "ddim": "DDIM",
    "plms": "PLMS",
    "lcm": "LCM",
    "unipc": "UniPC",
    "uni_pc": "UniPC",
}
# Behind a sampler's name: "_k" is InvokeAI's, the others are those of ComfyUI's saving nodes.
_SUFFIXES = ("k", "karras", "normal", "simple", "exponential", "sgm_uniform", "ddim_uniform", "beta")
_SCHEDULES = {
    "k": "Karras",
    "sgm_uniform": "SGM Uniform",
    "ddim_uniform": "DDIM",
    "native": "Automatic",  # NovelAI: the sampler's own
    "discrete": "Uniform",  # stable-diffusion.cpp
    "ays": "Align Your Steps",
    "kl_optimal": "KL Optimal",
}


def sampler(name: object, schedule: object = None, confidence: Confidence = Confidence.STATED) -> list[Field]:
    """The fields of a sampler and its schedule; names that A1111 has no word for stay as they are."""
    written = text_of(name)
    if not written:
        return schedule_type(schedule, confidence)
    bare = (
        "_".join(written.lower().replace("+", "p").split())
        .replace("dpmpp2", "dpmpp_2")  # stable-diffusion.cpp
        .removeprefix("k_")
        .removeprefix("sample_")
        .removesuffix("_gpu")
    )
    suffix = next((end for end in _SUFFIXES if bare.endswith(f"_{end}")), "")
    known = _SAMPLERS.get(bare) or _known(written)
    if known is None and suffix:
        known, schedule = _SAMPLERS.get(bare.removesuffix(f"_{suffix}")), schedule or suffix
    return [Field("Sampler", known or written, written, confidence), *schedule_type(schedule, confidence)]


def _known(name: str) -> str | None:
    try:
        return find_sampler(name).name
    except MezzotintError:
        return None


def schedule_type(name: object, confidence: Confidence = Confidence.STATED) -> list[Field]:
    """The field of a schedule; none for an empty name."""
    written = text_of(name)
    if not written:
        return []
    label = (
        SCHEDULE_NAMES.get(written) or SCHEDULE_NAMES.get(written.lower()) or _SCHEDULES.get(written.lower())
    )
    return [Field("Schedule type", label or written, written, confidence)]
