"""Other programs' names, and how near their samplers come to ours: measured against diffusers itself."""

import inspect
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime import sampler_aliases
from mezzotint.runtime.denoiser import Context, noise_predictor, sigma_denoiser
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.job_infotext import infotext_items
from mezzotint.runtime.passes.settings import HiresSettings
from mezzotint.runtime.sampler_aliases import TOOLS, sampler_names, schedule_names
from mezzotint.runtime.sampler_diffusers import Match, Meaning, meaning_of, read_spelling
from mezzotint.runtime.sampler_table import (
    SAMPLERS,
    SCHEDULERS,
    find_sampler,
    find_scheduler,
    resolve,
    resolve_recorded,
    sampler_meanings,
)
from mezzotint.runtime.samplers import load_sampler
from mezzotint.runtime.schedulers import schedule_sigmas
from mezzotint.runtime.sigmas import model_table
from mezzotint.runtime.timesteps import Timesteps, ddim_timesteps

STEPS = 20
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
NOISE = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
MIX = torch.randn(4, 4, generator=torch.Generator().manual_seed(1)) * 0.5
TABLE = model_table()
NOTHING = Context(torch.zeros(1, 1, 1))


def network(x: Tensor, t: Tensor, _context: Context = NOTHING) -> Tensor:
    """A smooth network of no use."""
    wave = 0.3 * torch.sin(6 * t.float().reshape(-1, 1, 1, 1) / 1000)
    return torch.tanh(torch.einsum("ij,bjhw->bihw", MIX, x) + wave) * 0.9 + 0.1 * x


def by_diffusers(spelling: str) -> Tensor:
    read = read_spelling(spelling)
    assert read is not None
    scheduler: Any = getattr(diffusers, read[0])(**BETAS, **read[1])
    scheduler.set_timesteps(STEPS)
    draws = torch.Generator().manual_seed(5)
    takes = {"generator": draws} if "generator" in inspect.signature(scheduler.step).parameters else {}
    x: Tensor = NOISE * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        output = network(scheduler.scale_model_input(x, t), t)
        x = scheduler.step(output, t, x, **takes).prev_sample
    return x


def by_us(meaning: Meaning, **options: float) -> Tensor:
    info = find_sampler(meaning.target or "")
    draws = torch.Generator().manual_seed(5)

    def noise(_sigma: Tensor, _next: Tensor) -> Tensor:
        return torch.randn(NOISE.shape, generator=draws)

    if info.family == "timestep":
        predict = noise_predictor(network, TABLE, "epsilon")
        steps = Timesteps(ddim_timesteps(STEPS), TABLE.alphas_cumprod)
        return load_sampler(info)(lambda x, t: predict(x, t, NOTHING), NOISE, steps, noise, **options)  # type: ignore[no-any-return]
    sigmas = schedule_sigmas(
        meaning.schedule or "Uniform", STEPS // (2 if options else 1), TABLE, discard=info.discard
    )
    denoise = sigma_denoiser(network, TABLE, "epsilon")
    return load_sampler(info)(  # type: ignore[no-any-return]
        lambda x, s: denoise(x, s, NOTHING), NOISE * sigmas[0], sigmas, noise, **options
    )


EULER, MULTI = "EulerDiscreteScheduler", "DPMSolverMultistepScheduler"
NOISY = 'algorithm_type="sde-dpmsolver++"'


@pytest.mark.parametrize(
    ("spelling", "expected", "match", "options"),
    [
        (EULER, ("Euler", "Uniform"), "exact", {}),
        (f"{EULER}(use_karras_sigmas=True)", ("Euler", "Karras"), "exact", {}),
        (f"{EULER}(use_exponential_sigmas=True)", ("Euler", "Exponential"), "exact", {}),
        (f"{EULER}(use_beta_sigmas=True)", ("Euler", "Beta"), "exact", {}),
        ("EulerAncestralDiscreteScheduler", ("Euler a", "Uniform"), "exact", {}),
        ("HeunDiscreteScheduler(use_karras_sigmas=True)", ("Heun", "Karras"), "exact", {}),
        ("LMSDiscreteScheduler", ("LMS", "Uniform"), "exact", {}),
        (f"{EULER}(timestep_spacing='leading', steps_offset=1)", ("Euler", "DDIM"), "close", {}),
        (MULTI, ("DPM++ 2M", "SGM Uniform"), "close", {}),
        (f"{MULTI}(use_karras_sigmas=True)", ("DPM++ 2M", "Karras"), "close", {}),
        (f"{MULTI}(use_lu_lambdas=True)", ("DPM++ 2M", "Exponential"), "close", {}),
        (f"{MULTI}(solver_order=1)", ("Euler", "SGM Uniform"), "close", {}),
        (f"{MULTI}({NOISY}, solver_order=1)", ("Euler a", "SGM Uniform"), "close", {}),
        (f"{MULTI}({NOISY}, use_karras_sigmas=True)", ("DPM++ 2M SDE", "Karras"), "close", {}),
        (f"{MULTI}({NOISY}, solver_type='heun')", ("DPM++ 2M SDE Heun", "SGM Uniform"), "close", {}),
        ("DPMSolverSinglestepScheduler", ("DPM++ 2S a", "SGM Uniform"), "close", {"eta": 0.0}),
        ("KDPM2DiscreteScheduler", ("DPM2", "Uniform"), "close", {}),
        ("UniPCMultistepScheduler", ("UniPC", ""), "close", {}),
        (
            "DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1)",
            ("DDIM", ""),
            "close",
            {},
        ),
        ("PNDMScheduler(skip_prk_steps=True, steps_offset=1)", ("PLMS", ""), "close", {}),
    ],
)
@pytest.mark.filterwarnings("ignore")  # what the schedulers say of their options
def test_what_is_called_exact_is_and_what_is_called_close_is_not(
    spelling: str, expected: tuple[str, str], match: Match, options: dict[str, float]
) -> None:
    (meaning,) = sampler_meanings(f"diffusers:{spelling}")
    assert (meaning.target, meaning.schedule, meaning.match) == (*expected, match)
    theirs = by_diffusers(spelling)
    distance = ((by_us(meaning, **options) - theirs).square().mean().sqrt() / theirs.std()).item()
    low, high = (0, 1e-5) if match == "exact" else (5e-5, 5e-3)
    assert low <= distance < high


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("comfy:ddim", ("Euler", "Automatic")),
        ("ComfyUI:euler_ancestral", ("Euler a", "Automatic")),
        ("comfy:dpmpp_2m karras", ("DPM++ 2M", "Karras")),
        ("dpmpp_3m_sde_gpu", ("DPM++ 3M SDE", "Automatic")),
        ("dpmpp_2m", ("DPM++ 2M", "Automatic")),
        ("invokeai:dpmpp_2m", ("DPM++ 2M", "SGM Uniform")),
        ("dpmpp_2m_k", ("DPM++ 2M", "Karras")),
        ("euler_k", ("Euler", "Karras")),
        ("novelai:k_dpmpp_2s_ancestral", ("DPM++ 2S a", "Automatic")),
        ("ddim_v3", ("DDIM", "Automatic")),
        ("a1111:ddim", ("DDIM", "Automatic")),
        ("SD.Next:DPM++ SDE", ("Euler a", "SGM Uniform")),
        ("DPM++ SDE", ("DPM++ SDE", "Automatic")),  # A1111's spelling is A1111's
        ("dpm++ sde", ("DPM++ SDE", "Automatic")),
        ("KDPM2 a", ("DPM2 a", "Uniform")),
        ("EULER_ANCESTRAL", ("Euler a", "Automatic")),
        ("eulerdiscretescheduler ( use_karras_sigmas = True )", ("Euler", "Karras")),
    ],
)
def test_names_of_other_programs_are_resolved(name: str, expected: tuple[str, str]) -> None:
    resolved = resolve(name)
    assert (resolved.sampler.name, resolved.scheduler) == expected


def test_infotexts_say_it_in_a1111s_words() -> None:
    hires = HiresSettings(sampler="euler_ancestral", scheduler="comfy:sgm_uniform")
    settings = RenderSettings(sampler="comfy:dpmpp_2m", scheduler="comfy:karras", hires=hires)
    items = dict(infotext_items(settings))
    assert (items["Sampler"], items["Schedule type"]) == ("DPM++ 2M", "Karras")
    assert (items["Hires sampler"], items["Hires schedule type"]) == ("Euler a", "SGM Uniform")
    implied = dict(infotext_items(RenderSettings(sampler="euler_k")))
    assert (implied["Sampler"], implied["Schedule type"]) == ("Euler", "Karras")
    with pytest.raises(MezzotintError, match="say which"):
        HiresSettings(sampler="ddim")


def test_a_schedule_in_the_name_wins_as_in_joined_names() -> None:
    assert resolve("dpmpp_2m_k", "Exponential").scheduler == "Karras"
    assert resolve("dpmpp_2m", "Exponential").scheduler == "Exponential"


def test_a_word_with_several_meanings_is_not_guessed() -> None:
    with pytest.raises(MezzotintError, match="comfy:ddim is Euler"):
        resolve("ddim")
    assert resolve("DDIM").sampler.name == "DDIM"
    assert resolve_recorded("ddim", None).sampler.name == "DDIM"  # in A1111's own files it is A1111's word


@pytest.mark.parametrize("name", ["heunpp2", "nai_smea", "sdnext:DPM++ 3M SDE", "DEISMultistepScheduler"])
def test_samplers_without_a_counterpart_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(MezzotintError, match="has no counterpart in A1111: "):
        resolve(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("comfy:ddim_uniform", "DDIM"),
        ("ddim_uniform", "DDIM"),
        ("comfy:beta", "Beta"),
        ("use_karras_sigmas", "Karras"),
        ("diffusers:trailing", "Simple"),
        ("sdnext:lambdas", "Exponential"),
        ("native", "Automatic"),
    ],
)
def test_schedules_of_other_programs_are_resolved(name: str, expected: str) -> None:
    assert find_scheduler(name) == expected


def test_schedules_without_a_counterpart_are_refused() -> None:
    with pytest.raises(MezzotintError, match="has no counterpart"):
        find_scheduler("linear_quadratic")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("EulerDiscreteScheduler(karras)", "is not an option"),
        ("EulerDiscreteScheduler(x=__import__('os'))", "is not an option"),
        ("EulerDiscreteScheduler(beta_start=1)", "'beta_start' of EulerDiscreteScheduler says nothing"),
        ("comfy:nonsense", "unknown sampler"),
        ("EulerDiscreteScheduler" + "(" * 5000, "unknown sampler"),
        ("eular_ancestra", "did you mean 'euler_ancestral'"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, message: str) -> None:
    with pytest.raises(MezzotintError, match=message):
        resolve(text)


def test_every_name_leads_to_what_there_is() -> None:
    labels, samplers = {info.label for info in SCHEDULERS}, {info.name for info in SAMPLERS}
    for one in sampler_names():
        assert one.tool in TOOLS
        assert one.target is None or one.target in samplers
        assert one.schedule == "" or one.schedule in labels
        assert (one.match == "exact") == (one.reason == "")
        assert (one.match == "none") == (one.target is None)
        if one.target:
            assert resolve(f"{one.tool}:{one.name}").sampler.name == one.target
    for one in schedule_names():
        assert one.target is None or find_scheduler(f"{one.tool}:{one.name}") == one.target


@pytest.mark.parametrize("name", list(sampler_aliases._INVOKE))
def test_names_with_a_k_behind_are_those_without_on_karras(name: str) -> None:
    (one,) = sampler_meanings(f"invokeai:{name}")
    if name.endswith("_k") and one.target and one.target != "UniPC":
        (bare,) = sampler_meanings(f"invokeai:{name[:-2]}")
        assert (one.target, one.schedule) == (bare.target, "Karras")


def test_sigmas_that_stop_early_are_said() -> None:
    one = meaning_of("diffusers", "x", EULER, {"final_sigmas_type": "sigma_min"})
    assert (one.match, one.reason) == ("close", "stops at the smallest sigma")
    assert meaning_of("diffusers", "x", EULER, {"use_flow_sigmas": True}).match == "none"
    assert meaning_of("diffusers", "x", "DPMSolverSinglestepScheduler", {"solver_order": 3}).match == "none"
    assert meaning_of("diffusers", "x", MULTI, {"algorithm_type": "dpmsolver"}).match == "none"
    assert "clipped" in meaning_of("diffusers", "x", "DDIMScheduler", {}).reason
