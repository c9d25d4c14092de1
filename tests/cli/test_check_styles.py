"""Checking style sheets."""

from pathlib import Path

from click.testing import CliRunner, Result

from mezzotint.cli.group import cli


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_check_looks_into_the_cells_of_style_sheets(tmp_path: Path) -> None:
    (tmp_path / "styles.csv").write_text(
        'name,prompt,negative_prompt\na,"b, ""c""\n(d",e\n', encoding="utf-8-sig"
    )
    (tmp_path / "table.csv").write_text("1,2\n", encoding="utf-8")
    result = run("check", str(tmp_path))
    assert "styles.csv:3:1: warning MZ003" in result.stdout
    assert result.exit_code == 1
    result = run("check", str(tmp_path / "table.csv"))
    assert "no style sheet" in result.stderr
    assert result.exit_code == 2
