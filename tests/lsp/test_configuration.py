"""The server finds what ``mezzotint check`` finds, configured alike."""

import os
from pathlib import Path

import pytest

pytest.importorskip("pygls")

from pygls.uris import from_fs_path

from mezzotint.cli.checks import Asked, check_all
from mezzotint.cli.lsp_tools import TOOLS
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.lsp.configuration import Configurations
from mezzotint.lsp.settings import Settings, read_settings
from mezzotint.lsp.versions import Documents

FILES = {
    "a.txt": "a clock 10:30\n",
    "tail.prompt": "a fox --ar 16:0 --nothing\n",
    "infotext.txt": "a (cat:1,2)\nNegative prompt: <lora:x:1>, (b\nSteps: 20, Sampler: Eulr, Seed: 5",
    "windows.txt": "a (cat,\r\n[dog:fox:0] clock :30\r\n",
    "emoji.txt": "\U0001f408 (cat:1,3) \U0001f408 10:30",
    "noted.txt": "a clock 10:30  # mezzotint: ignore[MZ201]\n(cat\n",
    "odd.txt": "# mezzotint: ignore[MZ2]\n(cat # mezzotint: nothing\n",
    "noted.yaml": "prompt: a clock 10:30  # mezzotint: ignore\nnegative_prompt: (b\n",
    "off.txt": "# mezzotint: ignore-file[MZ0]\n(cat\na clock 10:30\n",
    "styles.csv": 'name,prompt,negative_prompt\nx,"a ""clock"" 10:30",(b\ny,[a:b:0],"(1,2:1,3)"\n',
    "wildcards/colour.txt": "# which\n2::a (red\n0.5::blue 10:30\r\n\ngreen\n# mezzotint: ignore\n(kept\n",
    "some.json": '{"prompt": "a \\"clock\\" 10:30", "negative_prompt": "(b\\u00e9", "seed": "(c"}',
    "many.jsonl": '{"prompt": "(a"}\n{"x": [{"prompt": "b 10:30"}]}\n',
    "whole.json": '{"prompt": "a (cat\\nNegative prompt: b\\nSteps: 20, Sampler: Eulr, Seed: 5"}',
    "book.toml": 'prompt = "a clock 10:30"\n[x]\nnegative_prompt = "(b"\n',
    "book.yaml": "a:\n  - prompt: a clock 10:30\n  - prompt: '(it''s'\n",
    "caption.json": '{"caption": "a clock 10:30", "prompt": "(a"}',
    "archive/old.txt": "a clock 10:30 (\n",
    "left/out.txt": "a clock 10:30\n",
}
CONFIGURATIONS = [
    "",
    'select = ["MZ0"]\n',
    'extend-select = ["MZ1"]\nignore = ["MZ201", "MZ003"]\n[per-file-ignores]\n"archive/*" = ["MZ0"]\n',
    'target = "flux"\nsteps = 12\n',
    'dialect = "comfy"\n',
    'dialect = "a1111"\nselect = ["ALL"]\n',
    'dialect = "infotext"\n',
    "line-mode = true\n",
    'fields = ["**.caption"]\n',
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def documents() -> Documents:
    return Documents(configurations=Configurations(TOOLS))


def told(opened: Documents, path: Path) -> list[Diagnostic]:
    """What the server finds in a file, opened as an editor has it."""
    text = path.read_bytes().decode()
    return opened.open(from_fs_path(str(path)) or "", "", 1, text).current.analysis.diagnostics


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_findings_are_those_of_check(folder: Path, configuration: str) -> None:
    (folder / "mezzotint.toml").write_text(configuration, encoding="utf-8")
    opened = documents()
    for name in FILES:
        (checked,) = check_all([str(folder / name)], Asked())
        assert told(opened, folder / name) == list(checked.diagnostics), name
        assert not checked.error


def test_a_project_file_counts_and_the_nearest_wins(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.mezzotint]\nignore = ["MZ201"]\n', encoding="utf-8")
    (folder / "left/mezzotint.toml").write_text("", encoding="utf-8")
    opened = documents()
    assert not told(opened, folder / "a.txt")
    assert told(opened, folder / "left/out.txt")


def test_what_the_editor_says_goes_before_the_file(folder: Path) -> None:
    (folder / "mezzotint.toml").write_text('select = ["MZ5"]\nignore = ["MZ003"]\n', encoding="utf-8")
    settings, problems = read_settings({"select": ["MZ201", "MZ0"], "lineMode": False, "target": None})
    opened = documents()
    opened.settings = settings
    assert not problems
    assert [one.code for one in told(opened, folder / "archive/old.txt")] == []
    assert [one.code for one in told(opened, folder / "a.txt")] == ["MZ201"]
    opened.settings = Settings(config="")
    assert [one.code for one in told(opened, folder / "noted.txt")] == ["MZ106", "MZ003"]


def test_settings_that_mean_nothing_are_named() -> None:
    settings, problems = read_settings({"mezzotint": {"select": ["nothing"], "target": "sd9", "config": 3}})
    assert settings == Settings()
    assert [problem.split()[2] for problem in problems] == [
        "mezzotint.select",
        "mezzotint.target",
        "mezzotint.config",
    ]


def test_excluded_files_have_no_findings(folder: Path) -> None:
    (folder / "mezzotint.toml").write_text('extend-exclude = ["left"]\n', encoding="utf-8")
    opened = documents()
    assert not told(opened, folder / "left/out.txt")
    assert told(opened, folder / "a.txt")


def test_changed_configurations_are_noticed(folder: Path) -> None:
    opened = documents()
    assert told(opened, folder / "a.txt")
    assert not opened.configurations.have_changed()
    file = folder / "mezzotint.toml"
    for text, found in (('ignore = ["MZ201"]\n', False), ('ignore = ["MZ20"\n', False), ("\n", True)):
        file.write_text(text, encoding="utf-8")
        os.utime(file, (len(text), len(text)))  # clocks of some file systems tick slowly
        assert opened.configurations.have_changed()
        opened.read_with(opened.settings, opened.names)
        assert not opened.configurations.have_changed()
        (one,) = opened.by_uri.values()
        assert bool(one.current.analysis.diagnostics) == found
        assert bool(opened.configurations.problems) == ('"MZ20"\n' in text)  # what it said before holds
    file.unlink()
    assert opened.configurations.have_changed()
