"""``mezzotint samplers``: what it lists and what it says of a name."""

import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from mezzotint.cli.samplers import samplers_command
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.sampler_table import JOINED, SAMPLERS, SCHEDULERS


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(samplers_command, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def listed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--json")[1])
    return found


def test_a_pipe_gets_a_line_for_each_with_tabs() -> None:
    _, output = run()
    lines = [line.split("\t") for line in output.splitlines()]
    assert [line[0] for line in lines] == [
        *(info.name for info in SAMPLERS),
        *(info.label for info in SCHEDULERS),
    ]
    euler = next(line for line in lines if line[0] == "Euler")
    assert euler[1] == "Uniform"
    assert "comfy: euler, ddim" in euler
    assert "sdnext: Euler, ~Euler SGM, ~DPM++" in euler


def test_json_lists_every_legacy_name_with_what_it_maps_to() -> None:
    names = {
        one["name"]: (row["name"], one["schedule"])
        for row in listed()["samplers"]
        for one in row["names"]
        if one["tool"] == "a1111"
    }
    assert set(JOINED) < set(names)
    assert names["DPM++ 2M Karras"] == ("DPM++ 2M", "Karras")
    assert names["k_euler_a"] == ("Euler a", "")


def test_json_says_how_near_each_name_is() -> None:
    rows = {row["name"]: row for row in listed()["samplers"]}
    near = {(one["tool"], one["name"]): one for one in rows["DPM++ 3M SDE"]["names"]}
    assert near["comfy", "dpmpp_3m_sde"]["match"] == "close"
    assert near["comfy", "dpmpp_3m_sde"]["reason"] == "no sigma is discarded"
    assert rows["DDIM"]["schedule"] is None
    assert rows["Heun"]["evaluations"] == "2 a step, 1 in the last"


def test_a_name_is_explained() -> None:
    code, output = run("dpmpp_2m_sde_k")
    assert code == 0
    assert "InvokeAI: dpmpp_2m_sde_k is the sampler DPM++ 2M SDE, schedule Karras (close: " in output
    for said in ("default schedule: Exponential", "options: eta, s_noise", "Brownian", "source: "):
        assert said in output


def test_a_joined_name_is_explained_whole() -> None:
    code, output = run("DPM++ 2M Karras")
    assert code == 0
    assert "AUTOMATIC1111: DPM++ 2M Karras is the sampler DPM++ 2M, schedule Karras (exact)" in output


def test_a_schedule_is_explained() -> None:
    code, output = run("comfy:beta")
    assert code == 0
    assert "is the schedule Beta (close: quantiles over the time steps" in output


def test_a_word_with_several_meanings_is_shown_with_all_of_them() -> None:
    code, output = run("ddim")
    assert code == 1
    assert '"ddim" means different samplers' in output
    assert "ComfyUI: ddim is the sampler Euler (exact)" in output
    code, output = run("ddim", "--json")
    assert code == 1
    assert {row["is"] for row in json.loads(output)["samplers"]} == {"DDIM", "Euler"}


def test_a_name_without_a_counterpart_says_why() -> None:
    code, output = run("nai_smea")
    assert code == 1
    assert "has no counterpart among A1111's samplers: NovelAI's own" in output


def test_an_unknown_name_lists_near_misses_and_all_names() -> None:
    with pytest.raises(MezzotintError, match=r"did you mean 'Euler a'.*schedules: Automatic, "):
        run("Eular a")


def test_a_terminal_gets_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mezzotint.cli.samplers.is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "140")
    code, output = run()
    assert code == 0
    assert "Noise on the way" in output
    assert "comfy: dpmpp_2m" in output


def test_listing_does_without_torch() -> None:
    code = (
        "import sys\nfrom mezzotint.cli.samplers import samplers_command\n"
        "samplers_command(['--json'], standalone_mode=False)\n"
        "sys.exit(bool({'torch', 'numpy', 'diffusers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
