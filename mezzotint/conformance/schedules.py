"""The suites of noise schedules, steps and bytes."""

import torch

from mezzotint.conformance.result import Check, Pair, Result, Row, Skip, Source, exact
from mezzotint.conformance.tensors import compare
from mezzotint.runtime.decode import to_bytes
from mezzotint.runtime.sampling import image_to_image_steps
from mezzotint.runtime.schedulers import ScheduleOptions, schedule_sigmas
from mezzotint.runtime.sigmas import alphas_cumprod, consistency_table, model_table
from mezzotint.runtime.timesteps import ddim_timesteps

RTOL = 2e-6  # an ulp or two of float32
_OVERRIDES = {
    "beta_dist_alpha": "beta_alpha",
    "beta_dist_beta": "beta_beta",
    "use_old_karras_scheduler_sigmas": "old_karras",
}


def sigmas(_source: Source) -> Check:
    """The sigmas of each schedule; the first row tells the models' constants."""
    tables = {
        "sd1": model_table(),
        "sdxl": model_table(),
        "ztsnr": model_table(zero_snr=True),
        "sd1_fp16_alphas": model_table(downcast=True),
        "lcm_denoiser": consistency_table(alphas_cumprod()),
    }

    def check(row: Row) -> Result | Skip:
        if "scheduler" not in row:
            return Skip.NO_CASE
        overrides = {_OVERRIDES.get(key, key): value for key, value in row["overrides"].items()}
        options = ScheduleOptions(**overrides, is_sdxl=row["model"] == "sdxl")
        table = tables[row["model"]]
        got = schedule_sigmas(row["scheduler"], row["steps"], table, options, discard=row["discard"])
        return compare(torch.tensor(row["sigmas"]), got, rtol=RTOL)

    return check


def steps(_source: Source) -> Check:
    """Time steps, the steps of image-to-image, and times to sigmas."""
    table = model_table()

    def check(row: Row) -> Result:
        match row["kind"]:
            case "t_to_sigma":
                return compare(
                    torch.tensor(row["sigma"]), table.t_to_sigma(torch.tensor(row["t"])), rtol=RTOL
                )
            case "ddim_timesteps":
                expected, got = row["timesteps"], ddim_timesteps(row["steps"]).tolist()
            case _:
                is_exact = row["fix_option"] or row["steps_arg"] is not None
                asked = row["steps_arg"] or row["p_steps"]
                expected = [row["steps"], row["t_enc"]]
                got = list(image_to_image_steps(asked, row["denoising_strength"], exact=is_exact))
        return Result(expected, got, expected == got)

    return check


@exact
def img_uint8(row: Row) -> Pair:
    """Decoded values to bytes."""
    return row["uint8"], int(to_bytes(torch.tensor(row["decoded_float32"])))
