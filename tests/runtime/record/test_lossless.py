"""What an infotext cannot say comes back bit for bit from the record beside it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.passes.settings import HiresSettings
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.reproduce import Verdict, reproduce
from mezzotint.runtime.request import Request, read_request

SETTINGS = RenderSettings(width=64, height=64, steps=2, seed=5, sampler="Euler a")
END = "Steps: 2, Sampler: Euler a"
REQUESTS = {
    "spaces": Request("  a (red:1.2) circle \t", "blurry \n", SETTINGS),
    "line ends": Request("a circle,\r\nred\r\n", "x\r\ny", SETTINGS),
    "a negative prompt in the prompt": Request("a\nNegative prompt: b", "c", SETTINGS),
    "settings in the prompt": Request(f"red\n{END}, CFG scale: 3, Seed: 1", "", SETTINGS),
    "a size for a hires prompt": Request(
        "circle", "", replace(SETTINGS, hires=HiresSettings(scale=1.0, prompt="3x4", negative_prompt='"x"'))
    ),
    "a limit that no sigma reaches": Request(
        "circle", "", replace(SETTINGS, sampler="Euler", s_churn=1, s_tmax=float("inf"))
    ),
    "every digit": Request("circle", "", replace(SETTINGS, eta=0.1 + 0.2, cfg_scale=7, s_noise=1 + 2**-52)),
    "joined names": Request("circle", "", replace(SETTINGS, sampler="DPM++ 2M Karras")),
    "what no sampler heeds": Request("circle", "", replace(SETTINGS, sampler="DDIM", ensd=7, s_churn=0.5)),
}


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(threads=1)


def with_infotext(source: Path, target: Path, infotext: str, *, record: bool = True) -> Path:
    found = read(source)
    with Image.open(source) as image:
        write_png(image, target, parameters=infotext, record=(found.record if record else None) or {})
    return target


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_come_back_as_they_were(renderer: Renderer, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.png"
    renderer.render(REQUESTS[name]).save(path)
    found = read(path)
    record = read_record(found.record).record
    assert record is not None
    document = read_document(found.parameters or "", Dialect.INFOTEXT)
    again = read_request(document, record=record)
    asked = REQUESTS[name]
    assert (again.prompt, again.negative_prompt) == (asked.prompt, asked.negative_prompt)
    assert again.settings == asked.settings
    assert (again.model, again.ignored) == ("builtin", ())
    result = reproduce(path)
    assert (result.verdict, result.is_promised) == (Verdict.IDENTICAL, True)
    assert result.picture.record == record


@pytest.mark.parametrize("name", ["a negative prompt in the prompt", "a size for a hires prompt"])
def test_what_others_will_misread_is_told_of(renderer: Renderer, name: str) -> None:
    notes = renderer.render(REQUESTS[name]).notes
    assert notes
    assert all(note.startswith("other programs will read the ") for note in notes)


def test_what_others_read_is_still_an_infotext(renderer: Renderer) -> None:
    for request in REQUESTS.values():
        infotext = read_document(renderer.recorded(request).infotext, Dialect.INFOTEXT).infotext
        assert infotext is not None
        assert (infotext["Seed"], infotext["Size"], infotext["Model"]) == ("5", "64x64", "builtin")


def test_an_edited_infotext_counts(renderer: Renderer, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    renderer.render(REQUESTS["spaces"]).save(path)
    edited = (read(path).parameters or "").replace("Seed: 5", "Seed: 6")
    result = reproduce(with_infotext(path, tmp_path / "b.png", edited))
    assert result.verdict is Verdict.DIFFERENT
    assert result.picture.record.settings == replace(SETTINGS, seed=6)
    assert result.picture.record.prompt == "a (red:1.2) circle"
    assert any("so that counts, not the record" in note for note in result.notes)
    assert not result.is_promised
    same = (read(path).parameters or "").replace("Version: ", "Note: x, Version: ")
    kept = reproduce(with_infotext(path, tmp_path / "c.png", same))
    assert (kept.verdict, kept.is_promised) == (Verdict.IDENTICAL, False)  # spaces are not kept
    assert any('"Note" is not acted on' in note for note in kept.notes)


@pytest.mark.parametrize("name", ["spaces", "line ends", "every digit", "joined names"])
def test_the_infotext_alone_makes_the_same_where_it_can(
    renderer: Renderer, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.png"
    renderer.render(REQUESTS[name]).save(path)
    bare = with_infotext(path, tmp_path / "b.png", read(path).parameters or "", record=False)
    result = reproduce(bare)
    assert result.verdict is Verdict.IDENTICAL
    assert not result.is_promised


def test_a_hostile_record_is_no_way_around_a_check(renderer: Renderer, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    renderer.render(REQUESTS["spaces"]).save(path)
    found = read(path)
    settings: dict[str, object] = found.record["settings"]  # type: ignore[index,assignment]
    for wrong in (
        {"steps": 10**6},
        {"width": 1 << 20},
        {"seed": -1},
        {"sampler": ["x"]},
        {"hires": {"scale": 99}},
    ):
        record = {**(found.record or {}), "settings": {**settings, **wrong}}
        with Image.open(path) as image:
            write_png(image, tmp_path / "b.png", parameters=found.parameters or "", record=record)
        result = reproduce(tmp_path / "b.png")
        assert result.picture.record.prompt == "a (red:1.2) circle"  # the infotext's
        assert any(note.startswith("the settings in its record do not count") for note in result.notes)


def test_files_are_named_but_never_by_a_path(tmp_path: Path) -> None:
    record = Renderer(threads=1).render(REQUESTS["every digit"]).record
    (file,) = record.files
    assert (file.name, file.is_folder, file.sha256, file.hash) == ("builtin", True, "", "b127ee84ff")
