"""Configuration files, and the schema that editors check them by."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mezzotint import __version__
from mezzotint.compiler.lint.config import KEYS, ConfigError, Settings, read_config
from mezzotint.compiler.lint.patterns import Pattern
from mezzotint.compiler.lint.required_version import allows

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "config.schema.json"


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_schema_says_of_each_key_what_the_reader_does() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    described = schema()["properties"]
    assert all(one.pop("description") for one in described.values())
    assert described == {name: key.read.schema for name, key in KEYS.items()}
    assert set(KEYS) - {"extend", "required-version"} == {
        field.replace("_", "-") for field in Settings._fields if field != "files"
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        'select = ["MZ2"]\nextend-select = []\nignore = ["ALL"]',
        'target = "flux"\ndialect = "auto"\nsteps = 10000\nline-mode = true\nfields = ["**"]',
        '[per-file-ignores]\n"a/**" = ["MZ2"]',
        'exclude = ["a"]\nextend-exclude = ["b/"]\nforce-exclude = true\nrespect-gitignore = false',
        'required-version = ">=0"',
        "steps = 0",
        "steps = 10001",
        "steps = true",
        "steps = 1.5",
        'steps = "3"',
        "line-mode = 1",
        'target = "sd9"',
        "target = []",
        'select = "MZ2"',
        "ignore = [1]",
        'per-file-ignores = ["a"]',
        '[per-file-ignores]\n"a" = "MZ2"',
        'extend = ""',
        "extend = []",
        "unknown = 1",
    ],
)
def test_reader_and_schema_refuse_the_same(tmp_path: Path, text: str) -> None:
    file = write(tmp_path / "mezzotint.toml", text)
    is_valid = jsonschema.Draft202012Validator(schema()).is_valid(tomllib.loads(text))
    if is_valid:
        read_config(file)
        return
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert file in str(caught.value)


def test_a_configuration_may_extend_another(tmp_path: Path) -> None:
    top = write(
        tmp_path / "mezzotint.toml",
        'select = ["MZ2"]\nextend-select = ["MZ102"]\nextend-exclude = ["old/*.txt"]\ntarget = "sdxl"\n'
        '[per-file-ignores]\n"a/*" = ["MZ201"]\n',
    )
    sub = write(
        tmp_path / "sub" / "pyproject.toml",
        '[tool.mezzotint]\nextend = "../mezzotint.toml"\nselect = ["MZ0"]\nextend-select = ["MZ104"]\n'
        'extend-exclude = ["new/*.txt"]\n',
    )
    deep = write(tmp_path / "sub" / "deep" / "mezzotint.toml", 'extend = "../pyproject.toml"\nsteps = 3\n')
    settings = read_config(deep)
    assert [Path(one).resolve() for one in settings.files] == [Path(one) for one in (deep, sub, top)]
    assert (settings.select, settings.steps, settings.target) == (("MZ0",), 3, "sdxl")
    assert settings.extend_select == ("MZ102", "MZ104")
    assert settings.selection(str(tmp_path / "a" / "x.txt")).never == ("MZ201",)
    assert settings.selection(str(tmp_path / "sub" / "a" / "x.txt")).never == ()
    for place, is_left_out in (("old/a.txt", True), ("sub/new/a.txt", True), ("new/a.txt", False)):
        assert settings.excludes(str(tmp_path / place)) is is_left_out


def test_configurations_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    first = write(tmp_path / "a.toml", 'extend = "b.toml"')
    second = write(tmp_path / "b.toml", 'extend = "./a.toml"')
    with pytest.raises(ConfigError) as caught:
        read_config(first)
    assert f"{first} -> {second} -> {first}" in str(caught.value)
    alone = write(tmp_path / "c.toml", 'extend = "c.toml"')
    with pytest.raises(ConfigError, match="circle"):
        read_config(alone)


def test_an_extended_configuration_that_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    file = write(tmp_path / "a.toml", 'extend = "gone.toml"')
    with pytest.raises(ConfigError, match=r'a\.toml: "extend" names .*gone\.toml, and there is no such'):
        read_config(file)
    write(tmp_path / "wrong.toml", "steps = 0")
    with pytest.raises(ConfigError, match=r'wrong\.toml: "steps" must be'):
        read_config(write(tmp_path / "b.toml", 'extend = "wrong.toml"'))


@pytest.mark.parametrize(
    ("wanted", "version", "allowed"),
    [
        ("0.1.0", "0.1.0", True),
        ("==0.1", "0.1.0", True),
        (">=0.1, <1", "0.9.9", True),
        (">=0.1,<1", "1.0", False),
        (">0.1", "0.1.0", False),
        ("<=0.1", "0.1.1", False),
        ("!=0.1.1", "0.1.1", False),
        (" ~= 0.1.2 ", "0.1.10", True),
        ("~=0.1.2", "0.2.0", False),
        ("~=0.1.2", "0.1.1", False),
        ("0.10", "0.1", False),
        (">=0.1", "0.2.0.dev1", True),
        ("", "0.1", None),
        ("new", "0.1", None),
        (">=0.1,", "0.1", None),
        ("=>1", "0.1", None),
    ],
)
def test_versions_are_compared_by_number(wanted: str, version: str, *, allowed: bool | None) -> None:
    assert allows(wanted, version) is allowed


def test_a_configuration_for_another_version_is_refused_first(tmp_path: Path) -> None:
    file = write(tmp_path / "mezzotint.toml", 'required-version = ">=99"\nkey-of-the-future = 1')
    with pytest.raises(
        ConfigError, match=f'"required-version" is ">=99", and this is mezzotint {__version__}'
    ):
        read_config(file)
    with pytest.raises(ConfigError, match='"required-version" must be versions such as'):
        read_config(write(tmp_path / "other.toml", 'required-version = "new"'))


@pytest.mark.parametrize(
    ("text", "path", "fits"),
    [
        ("old", "/x/a/old", True),
        ("old/", "/x/a/old", True),
        ("*.txt", "/x/a/b.txt", True),
        ("a/*.txt", "/x/a/b.txt", True),
        ("a/*.txt", "/x/a/b/c.txt", True),
        ("a/**", "/x/a/b/c.txt", True),
        ("a/*.txt", "/x/b/a/c.txt", False),
        ("[ab].txt", "/x/b.txt", True),
        ("old", "/x/older", False),
    ],
)
def test_patterns_are_compared_with_names_or_with_paths(text: str, path: str, *, fits: bool) -> None:
    assert Pattern(text, "/x").fits(path) is fits
