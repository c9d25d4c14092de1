"""What is on disk is what is packaged, and imports are as light as promised."""

import subprocess
import sys
import tomllib
from pathlib import Path

import mezzotint

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "numpy", "transformers", "diffusers", "safetensors", "mezzotint.runtime")


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_listed() -> None:
    on_disk = set()
    for top in ("mezzotint", "grammar", "compiler", "runtime"):
        for init in (ROOT / top).rglob("__init__.py"):
            parts = init.parent.relative_to(ROOT).parts
            if "__pycache__" not in parts:
                on_disk.add(".".join(parts if top == "mezzotint" else ("mezzotint", *parts)))
    tool = project()["tool"]
    assert isinstance(tool, dict)
    assert on_disk == set(tool["setuptools"]["packages"])


def modules_after(statement: str) -> list[str]:
    code = f"{statement}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.splitlines()


def heavy(modules: list[str]) -> list[str]:
    return [m for m in modules if m in HEAVY]


def test_import_is_light() -> None:
    assert heavy(modules_after("import mezzotint")) == []


def test_language_work_needs_no_torch() -> None:
    statement = (
        "import mezzotint\n"
        "mezzotint.parse('a (b:1.2)'); mezzotint.compile('a'); mezzotint.lint('a'); mezzotint.format('a')\n"
        "import mezzotint.cli.check, mezzotint.cli.parse, mezzotint.cli.info"
    )
    found = [m for m in heavy(modules_after(statement)) if m != "mezzotint.runtime"]
    assert found == []


def test_checking_a_file_loads_neither_models_nor_parsers_of_options(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("masterpiece, (red:1.2) circle, [cat:dog:0.5]\n" * 10, encoding="utf-8")
    statement = (
        "import contextlib, sys\n"
        f"sys.argv = ['mezzotint', 'check', {str(prompts)!r}]\n"
        "from mezzotint.cli import main\n"
        "with contextlib.suppress(SystemExit): main()"
    )
    loaded = modules_after(statement)
    assert heavy(loaded) == []
    assert not {"click", "lark", "transformers", "rich"} & set(loaded)


def test_public_names_resolve() -> None:
    assert mezzotint.__all__ == sorted(mezzotint.__all__)
    for name in mezzotint.__all__:
        assert getattr(mezzotint, name) is not None


def test_version_is_the_projects() -> None:
    table = project()["project"]
    assert isinstance(table, dict)
    assert mezzotint.__version__ == table["version"]
