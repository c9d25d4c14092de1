"""The published schema holds what is written, and nothing that is written is missing from it."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from mezzotint.runtime.index.wanted import Role
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.passes.settings import (
    HiresSettings,
    ImageSettings,
    MaskSettings,
    RefinerSettings,
)
from mezzotint.runtime.passes.source import open_source
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.record.environment import Environment
from mezzotint.runtime.record.files import FileRole
from mezzotint.runtime.request import Request

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "schema" / "record.schema.json").read_text(encoding="utf-8")
)
GUIDE = (Path(__file__).parents[3] / "docs" / "record.md").read_text(encoding="utf-8")
SETTINGS = RenderSettings(width=64, height=64, steps=2, seed=5)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(threads=1, refiner="builtin")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "kind", [RenderSettings, HiresSettings, ImageSettings, MaskSettings, RefinerSettings]
)
def test_no_setting_is_missing(kind: type[Any]) -> None:
    names = {field.name for field in fields(kind)}
    assert set(SCHEMA["$defs"][kind.__name__]["properties"]) == names
    assert all(f"`{name}`" in GUIDE for name in names)


def test_no_key_is_missing() -> None:
    assert {field.name for field in fields(Environment)} <= set(SCHEMA["properties"])
    assert set(SCHEMA["$defs"]["File"]["properties"]["role"]["enum"]) == {role.value for role in FileRole}
    assert {role.name for role in Role} - {role.name for role in FileRole} == {"HYPERNET"}
    keys = {*SCHEMA["properties"], *SCHEMA["$defs"]["File"]["properties"]}
    assert [key for key in keys if f"`{key}`" not in GUIDE] == []


@pytest.mark.parametrize(
    ("prompt", "settings"),
    [
        ("red circle", SETTINGS),
        (" a (red:1.2) [cat|dog] AND b :0.5\r\n BREAK <lora:none:1>", replace(SETTINGS, s_tmax=float("inf"))),
        ("x", replace(SETTINGS, hires=HiresSettings(scale=1.0, prompt="[a:b:0.5]"), fast=True, cfg_scale=7)),
        ("x", replace(SETTINGS, image=ImageSettings())),
        ("x", replace(SETTINGS, refiner=RefinerSettings(model="any", switch_at=0.5), seed_resize=(32, 32))),
    ],
)
def test_what_is_written_is_valid(
    renderer: Renderer, tmp_path: Path, prompt: str, settings: RenderSettings
) -> None:
    source = None
    if settings.image is not None:
        for name, size in (("secret place.png", (64, 64)), ("mask.png", (64, 64))):
            Image.new("L", size, 255).save(tmp_path / name)
        source = open_source(tmp_path / "secret place.png", tmp_path / "mask.png")
    renderer.render(Request(prompt, "", settings, source=source)).save(tmp_path / "a.png")
    record = read(tmp_path / "a.png").record
    assert record is not None
    Draft202012Validator(SCHEMA).validate(record)
    assert set(record) <= set(SCHEMA["properties"])
    assert str(tmp_path) not in json.dumps(record)
    assert str(Path.home()) not in json.dumps(record)
    if source is not None:
        roles = {file["role"]: file for file in record["files"]}  # type: ignore[attr-defined]
        assert roles["init"]["name"] == "secret place.png"
        assert len(roles["mask"]["sha256"]) == 64


@pytest.mark.parametrize(
    "wrong", [{"version": 3}, {"version": 2, "prompt": 1}, {"version": 2, "files": [{"role": "x"}]}]
)
def test_the_schema_refuses(wrong: dict[str, object]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(wrong)
