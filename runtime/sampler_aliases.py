"""Other programs' names of samplers and schedules, and how near each comes to A1111's.

A data module without heavy imports. :mod:`mezzotint.runtime.sampler_table` resolves names with it.

Source: ComfyUI ``comfy/samplers.py`` and ``comfy/sampler_names.py``; InvokeAI
``backend/stable_diffusion/schedulers/schedulers.py``; SD.Next ``modules/sd_samplers_diffusers.py``; of
NovelAI the names in its files and in its documentation, for its code is closed. What each name of the last
two does follows from the scheduler class that it stands for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from mezzotint.runtime.sampler_diffusers import Meaning, Options, meaning_of, read_spelling, spelled


@dataclass(frozen=True, slots=True)
class Tool:
    """A program.

    Attributes:
        title: what it calls itself.
        keys: what may stand before the colon of ``comfy:ddim``; the first is ours.
        note: what it does differently for all of its samplers, and no name tells.
    """

    title: str
    keys: tuple[str, ...]
    note: str = ""


TOOLS: Mapping[str, Tool] = {
    tool.keys[0]: tool
    for tool in (
        Tool("AUTOMATIC1111", ("a1111", "webui", "automatic1111")),
        Tool("ComfyUI", ("comfy", "comfyui"), "Noise is drawn on the CPU, for a batch at once and scaled a "
             "little higher; the model is told whole time steps."),
        Tool("diffusers", ("diffusers",), "Options that are left out are the class's, not those of a "
             "checkpoint's scheduler_config.json; one generator draws all noise."),
        Tool("InvokeAI", ("invokeai", "invoke"), "Noise is drawn on the CPU; a checkpoint's scheduler "
             "config may change the time steps' spacing."),
        Tool("NovelAI", ("novelai", "nai"), "Its code is closed: only the names are known."),
        Tool("SD.Next", ("sdnext", "sd.next"), "Options of its settings page, which its infotexts do not all "
             "mention, change every sampler."),
    )
}  # fmt: skip
_KEYS = {key: name for name, tool in TOOLS.items() for key in tool.keys}
_MAX_NAME = 400

_ANOTHER = "no sampler of A1111"
_FLOW = "for flow matching models"
_GPU = "noise drawn on the GPU"
# Name, A1111's, why it is not exact.
_COMFY: tuple[tuple[str, str | None, str], ...] = (
    ("euler", "Euler", ""),
    ("euler_ancestral", "Euler a", ""),
    ("heun", "Heun", ""),
    ("dpm_2", "DPM2", ""),
    ("dpm_2_ancestral", "DPM2 a", ""),
    ("lms", "LMS", "ends on the last estimate itself"),
    ("dpm_fast", "DPM fast", "ends where the schedule does"),
    ("dpm_adaptive", "DPM adaptive", "ends where the schedule does"),
    ("dpmpp_2s_ancestral", "DPM++ 2S a", ""),
    ("dpmpp_sde", "DPM++ SDE", ""),
    ("dpmpp_sde_gpu", "DPM++ SDE", _GPU),
    ("dpmpp_2m", "DPM++ 2M", ""),
    ("dpmpp_2m_sde", "DPM++ 2M SDE", ""),
    ("dpmpp_2m_sde_gpu", "DPM++ 2M SDE", _GPU),
    ("dpmpp_2m_sde_heun", "DPM++ 2M SDE Heun", ""),
    ("dpmpp_2m_sde_heun_gpu", "DPM++ 2M SDE Heun", _GPU),
    ("dpmpp_3m_sde", "DPM++ 3M SDE", "no sigma is discarded"),
    ("dpmpp_3m_sde_gpu", "DPM++ 3M SDE", f"no sigma is discarded, {_GPU}"),
    ("lcm", "LCM", "without the consistency scalings"),
    ("ddim", "Euler", ""),  # it is Euler's method on the schedule's sigmas, whatever the name
    ("uni_pc", "UniPC", "goes by the schedule's sigmas"),
    ("uni_pc_bh2", "UniPC", "goes by the schedule's sigmas, variant bh2"),
    *((name, None, _ANOTHER) for name in (
        "euler_cfg_pp", "euler_ancestral_cfg_pp", "heunpp2", "exp_heun_2_x0", "exp_heun_2_x0_sde",
        "dpmpp_2s_ancestral_cfg_pp", "dpmpp_2m_cfg_pp", "ddpm", "ipndm", "ipndm_v", "deis", "res_multistep",
        "res_multistep_cfg_pp", "res_multistep_ancestral", "res_multistep_ancestral_cfg_pp",
        "gradient_estimation", "gradient_estimation_cfg_pp", "er_sde", "seeds_2", "seeds_3", "sa_solver",
        "sa_solver_pece")),
)  # fmt: skip
_CLOSED = "closed source: by its name alone"
_NOVELAI: tuple[tuple[str, str | None, str], ...] = (
    ("k_euler", "Euler", _CLOSED),
    ("k_euler_ancestral", "Euler a", _CLOSED),
    ("k_heun", "Heun", _CLOSED),
    ("k_lms", "LMS", _CLOSED),
    ("k_dpm_2", "DPM2", _CLOSED),
    ("k_dpm_2_ancestral", "DPM2 a", _CLOSED),
    ("k_dpm_fast", "DPM fast", _CLOSED),
    ("k_dpm_adaptive", "DPM adaptive", _CLOSED),
    ("k_dpmpp_2s_ancestral", "DPM++ 2S a", _CLOSED),
    ("k_dpmpp_sde", "DPM++ SDE", _CLOSED),
    ("k_dpmpp_2m", "DPM++ 2M", _CLOSED),
    ("k_dpmpp_2m_sde", "DPM++ 2M SDE", _CLOSED),
    ("ddim", "DDIM", _CLOSED),
    ("ddim_v3", "DDIM", _CLOSED),
    ("plms", "PLMS", _CLOSED),
    ("nai_smea", None, "NovelAI's own"),
    ("nai_smea_dyn", None, "NovelAI's own"),
)
_EULER, _EULER_A = "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler"
_HEUN, _LMS = "HeunDiscreteScheduler", "LMSDiscreteScheduler"
_KDPM, _KDPM_A = "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler"
_MULTI, _SINGLE, _SDE = "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "DPMSolverSDEScheduler"
_UNIPC, _DDIM, _PNDM, _LCM = "UniPCMultistepScheduler", "DDIMScheduler", "PNDMScheduler", "LCMScheduler"
_K: Options = {"use_karras_sigmas": True}
_NOISY: Options = {"algorithm_type": "sde-dpmsolver++"}
_SD_DDIM: Options = {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
_SD_PNDM: Options = {"skip_prk_steps": True, "steps_offset": 1}
_DIFFUSERS: tuple[tuple[str, Options], ...] = (
    (_EULER, {}), (_EULER_A, {}), (_HEUN, {}), (_LMS, {}), (_KDPM, {}), (_KDPM_A, {}),
    (_MULTI, {}), (_MULTI, _K), (_MULTI, _NOISY), (_MULTI, {**_NOISY, "solver_type": "heun"}),
    (_SINGLE, {}), (_SDE, {}), (_UNIPC, {}),
    (_DDIM, _SD_DDIM), (_PNDM, _SD_PNDM), (_LCM, {}),
)  # fmt: skip
_INVOKE: Mapping[str, tuple[str, Options]] = {
    "euler": (_EULER, {}),
    "euler_k": (_EULER, _K),
    "euler_a": (_EULER_A, {}),
    "heun": (_HEUN, {}),
    "heun_k": (_HEUN, _K),
    "lms": (_LMS, {}),
    "lms_k": (_LMS, _K),
    "kdpm_2": (_KDPM, {}),
    "kdpm_2_k": (_KDPM, _K),
    "kdpm_2_a": (_KDPM_A, {}),
    "kdpm_2_a_k": (_KDPM_A, _K),
    "dpmpp_2s": (_SINGLE, {}),
    "dpmpp_2s_k": (_SINGLE, _K),
    "dpmpp_2m": (_MULTI, {}),
    "dpmpp_2m_k": (_MULTI, _K),
    "dpmpp_2m_sde": (_MULTI, _NOISY),
    "dpmpp_2m_sde_k": (_MULTI, {**_NOISY, **_K}),
    "dpmpp_3m": (_MULTI, {"solver_order": 3}),
    "dpmpp_3m_k": (_MULTI, {"solver_order": 3, **_K}),
    "dpmpp_sde": (_SDE, {}),
    "dpmpp_sde_k": (_SDE, _K),
    "unipc": (_UNIPC, {}),
    "unipc_k": (_UNIPC, _K),
    "ddim": (_DDIM, _SD_DDIM),
    "pndm": (_PNDM, _SD_PNDM),
    "lcm": (_LCM, {}),
    "ddpm": ("DDPMScheduler", {}),
    "deis": ("DEISMultistepScheduler", {}),
    "deis_k": ("DEISMultistepScheduler", _K),
    "tcd": ("TCDScheduler", {}),
}
_SDNEXT: Mapping[str, tuple[str, Options]] = {
    "Euler": (_EULER, {}),
    "Euler a": (_EULER_A, {}),
    "Euler SGM": (_EULER, {"timestep_spacing": "trailing"}),
    "Euler EDM": ("EDMEulerScheduler", {}),
    "Euler FlowMatch": ("FlowMatchEulerDiscreteScheduler", {}),
    "DPM++": (_MULTI, {"solver_order": 1}),
    "DPM++ 1S": (_SINGLE, {"final_sigmas_type": "sigma_min"}),
    "DPM++ 2M": (_MULTI, {}),
    "DPM++ 3M": (_MULTI, {"solver_order": 3}),
    "DPM++ SDE": (_MULTI, {**_NOISY, "solver_order": 1}),
    "DPM++ 2M SDE": (_MULTI, _NOISY),
    "DPM++ 3M SDE": (_MULTI, {**_NOISY, "solver_order": 3}),
    "DPM++ 2M EDM": ("EDMDPMSolverMultistepScheduler", {}),
    "DPM++ Cosine": ("CosineDPMSolverMultistepScheduler", {}),
    "DPM SDE": (_SDE, {}),
    "UniPC": (_UNIPC, {}),
    "DEIS": ("DEISMultistepScheduler", {}),
    "SA Solver": ("SASolverScheduler", {}),
    "Heun": (_HEUN, {}),
    "Heun FlowMatch": ("FlowMatchHeunDiscreteScheduler", {}),
    "KDPM2": (_KDPM, {}),
    "KDPM2 a": (_KDPM_A, {}),
    "LMSD": (_LMS, {}),
    "DDIM": (_DDIM, _SD_DDIM),
    "DDPM": ("DDPMScheduler", {}),
    "PNDM": (_PNDM, _SD_PNDM),
    "IPNDM": ("IPNDMScheduler", {}),
    "LCM": (_LCM, {}),
    "TCD": ("TCDScheduler", {}),
}

_WHERE_DIVIDES = "the same where the steps divide 1000"
_TRAINED_QUANTILES = "quantiles over the time steps, not over sigma"
# Tool, name, A1111's label, why it is not exact.
_SCHEDULES: tuple[tuple[str, str, str | None, str], ...] = (
    ("comfy", "normal", "Normal", ""),
    ("comfy", "karras", "Karras", ""),
    ("comfy", "exponential", "Exponential", ""),
    ("comfy", "sgm_uniform", "SGM Uniform", ""),
    ("comfy", "simple", "Simple", ""),
    ("comfy", "ddim_uniform", "DDIM", ""),
    ("comfy", "beta", "Beta", _TRAINED_QUANTILES),
    ("comfy", "kl_optimal", "KL Optimal", "ends at 0, not at the smallest sigma"),
    ("comfy", "linear_quadratic", None, "no schedule of A1111"),
    ("diffusers", "linspace", "Uniform", ""),
    ("diffusers", "leading", "DDIM", _WHERE_DIVIDES),
    ("diffusers", "trailing", "Simple", _WHERE_DIVIDES),
    ("diffusers", "use_karras_sigmas", "Karras", ""),
    ("diffusers", "use_exponential_sigmas", "Exponential", ""),
    ("diffusers", "use_lu_lambdas", "Exponential", ""),
    ("diffusers", "use_beta_sigmas", "Beta", ""),
    ("diffusers", "use_flow_sigmas", None, _FLOW),
    ("novelai", "native", "Automatic", _CLOSED),
    ("novelai", "karras", "Karras", _CLOSED),
    ("novelai", "exponential", "Exponential", _CLOSED),
    ("novelai", "polyexponential", "Polyexponential", _CLOSED),
    ("sdnext", "karras", "Karras", ""),
    ("sdnext", "exponential", "Exponential", ""),
    ("sdnext", "lambdas", "Exponential", ""),
    ("sdnext", "betas", "Beta", ""),
    ("sdnext", "flowmatch", None, _FLOW),
)


def split_tool(name: str) -> tuple[str | None, str]:
    """Cut the program off ``comfy:ddim``: its key in :data:`TOOLS`, or ``None``, and the rest."""
    before, colon, after = name.partition(":")
    tool = _KEYS.get(before.strip().casefold()) if colon else None
    return (None, name.strip()) if tool is None else (tool, after.strip())


@cache
def sampler_names() -> tuple[Meaning, ...]:
    """Every name of a sampler, of all programs but A1111."""
    return (
        *(_meaning("comfy", *row) for row in _COMFY),
        *(meaning_of("diffusers", spelled(*row), *row) for row in _DIFFUSERS),
        *(meaning_of("invokeai", name, *row) for name, row in _INVOKE.items()),
        *(_meaning("novelai", *row) for row in _NOVELAI),
        *(meaning_of("sdnext", name, *row) for name, row in _SDNEXT.items()),
    )


@cache
def schedule_names() -> tuple[Meaning, ...]:
    """Every name of a schedule, of all programs but A1111."""
    return tuple(_meaning(*row) for row in _SCHEDULES)


def sampler_meanings(name: str, tool: str | None = None, *, fold: bool = False) -> list[Meaning]:
    """What other programs mean by a sampler's name.

    Args:
        name: such as ``dpmpp_2m``, or a diffusers class with its options in brackets.
        tool: only this one; ``None`` is all.
        fold: in any case of the letters.

    Raises:
        MezzotintError: a diffusers class has options that cannot be read.
    """
    found = list(_matching(sampler_names(), name, tool, fold))
    if not found and tool in (None, "diffusers") and (read := read_spelling(name)) is not None:
        found.append(meaning_of("diffusers", spelled(*read), *read))
    return found


def schedule_meanings(name: str, tool: str | None = None, *, fold: bool = False) -> list[Meaning]:
    """The same of a schedule's name."""
    return list(_matching(schedule_names(), name, tool, fold))


def _matching(names: tuple[Meaning, ...], name: str, tool: str | None, fold: bool) -> Iterator[Meaning]:
    if len(name) > _MAX_NAME:
        return
    wanted = name.casefold()
    for one in names:
        same = one.name.casefold() == wanted if fold else one.name == name
        if same and tool in (None, one.tool):
            yield one


def _meaning(tool: str, name: str, target: str | None, reason: str) -> Meaning:
    if target is None:
        return Meaning(tool, name, None, match="none", reason=reason)
    return Meaning(tool, name, target, match="close" if reason else "exact", reason=reason)
