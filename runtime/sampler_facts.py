"""What there is to know of each sampler and schedule beside its names; for people to read.

A data module. The numbers of evaluations are counted in ``tests/runtime/test_sampler_facts.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """One sampler.

    Attributes:
        evaluations: of the guided model, for a number of steps.
        noise: whether fresh noise gets into the picture on the way.
        source: of the formula.
    """

    evaluations: str
    noise: str
    source: str


_ONE = "1 a step"
_TWO = "2 a step, 1 in the last"
_ONE_LESS = "1 a step, none in the last; more where the steps do not divide 1000"
_NO = "no"
_EACH = "at every step but the last"
_BROWNIAN = "at every step but the last, along a Brownian path"
_CHURN = "only with churn"
_ETA = "only with Eta DDIM"
_KARRAS = "T. Karras et al., 2022, algorithm 2"
_K_DIFFUSION = "k-diffusion (K. Crowson)"
_PLUS = "C. Lu et al., DPM-Solver++, 2022"
_DPM = "C. Lu et al., DPM-Solver, 2022"

SAMPLERS: Mapping[str, Facts] = {
    "DPM++ 2M": Facts(_ONE, _NO, f"{_PLUS}, algorithm 2"),
    "DPM++ SDE": Facts(_TWO, _BROWNIAN, f"{_PLUS}; {_K_DIFFUSION}"),
    "DPM++ 2M SDE": Facts(_ONE, _BROWNIAN, f"{_PLUS}; {_K_DIFFUSION}"),
    "DPM++ 2M SDE Heun": Facts(_ONE, _BROWNIAN, f"{_PLUS}; {_K_DIFFUSION}"),
    "DPM++ 2S a": Facts(_TWO, _EACH, f"{_PLUS}, algorithm 1; {_K_DIFFUSION}"),
    "DPM++ 3M SDE": Facts(_ONE, _BROWNIAN, _K_DIFFUSION),
    "Euler a": Facts(_ONE, _EACH, _K_DIFFUSION),
    "Euler": Facts(_ONE, _CHURN, f"{_KARRAS}, one stage"),
    "LMS": Facts(_ONE, _NO, f"{_K_DIFFUSION}, order 4"),
    "Heun": Facts(_TWO, _CHURN, _KARRAS),
    "DPM2": Facts(_TWO, _CHURN, f"{_DPM}, order 2; T. Karras et al., 2022"),
    "DPM2 a": Facts(_TWO, _EACH, f"{_DPM}, order 2; {_K_DIFFUSION}"),
    "DPM fast": Facts(_ONE, "at every segment", f"{_DPM}, orders 3 to 1"),
    "DPM adaptive": Facts(
        "as many as the error asks for, whatever the steps",
        "at every accepted step",
        f"{_DPM}, orders 2 and 3",
    ),
    "Restart": Facts(_TWO, "at each restart, from 20 steps on", "Y. Xu et al., Restart sampling, 2023"),
    "DDIM": Facts(_ONE_LESS, _ETA, "J. Song et al., DDIM, 2021, equation 12"),
    "DDIM CFG++": Facts(_ONE_LESS, _ETA, "H. Chung et al., CFG++, 2024"),
    "PLMS": Facts("1 a step; more where the steps do not divide 1000", _NO, "L. Liu et al., PNDM, 2022"),
    "UniPC": Facts("1 a step; more where the steps do not divide 1000", _NO, "W. Zhao et al., UniPC, 2023"),
    "LCM": Facts(_ONE, _EACH, "S. Luo et al., Latent consistency models, 2023"),
}

SCHEDULES: Mapping[str, str] = {
    "Automatic": "the sampler's own schedule",
    "Uniform": "equal time steps over the model's whole range; k-diffusion",
    "Karras": "T. Karras et al., 2022, equation 5",
    "Exponential": "equal steps of log sigma; k-diffusion",
    "Polyexponential": "polynomial steps of log sigma; k-diffusion",
    "SGM Uniform": "equal time steps, one short of the smallest; Stability's generative-models",
    "KL Optimal": "A. Sabour et al., Align your steps, 2024, theorem 3.1; stops at the smallest sigma",
    "Align Your Steps": "A. Sabour et al., 2024, published table",
    "Simple": "every (1000 / steps)-th trained sigma from the largest; ComfyUI",
    "Normal": "equal time steps between the two sigmas; ComfyUI",
    "DDIM": "every (1000 // steps)-th trained sigma from the second up; ComfyUI",
    "Beta": "quantiles of a beta distribution over sigma; T. Lee et al., 2024",
}
