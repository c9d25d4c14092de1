"""A picture's PNG alone brings the same pixels back, and any change in it is noticed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import mezzotint
from mezzotint.grammar.document import read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.batch import batch
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.metadata.read import read
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.reproduce import Verdict, reproduce
from mezzotint.runtime.request import Request, read_request
from mezzotint.runtime.sampler_table import SAMPLERS

PROMPTS: list[tuple[str, dict[str, object]]] = [
    ("red circle", {}),
    ("a (red:1.4) circle, white background", {"sampler": "Euler"}),
    ("[red:blue:0.5] square", {"sampler": "Euler a"}),
    ("[red|blue] star", {"sampler": "DDIM"}),
    ("red circle AND blue square :0.6", {"sampler": "DPM++ 2M Karras"}),
    ("two yellow stars BREAK night sky", {"scheduler": "Normal"}),
    ("((green)) [heart]", {"clip_skip": 2}),
    ("purple ring # note", {"rng": "NV"}),
    ("", {"cfg_scale": 1.0}),
    ("Zeichnung: größe ☃ 🦊, „Anführung“", {}),
    ("a \\(plain\\) cross, cat :1.2", {"scheduler": "Exponential", "sampler": "Euler"}),
    (", ".join(["masterpiece, best quality, a red circle"] * 12), {}),
    ("pink heart --ar 3:2 --seed 77 --no blue", {}),
    ("orange triangle, (white background:0.7)", {"width": 64, "height": 96, "sampler": "Euler a"}),
    ("blue moon", {"variation_seed": 3, "variation_strength": 0.2}),
    ("three red stars", {"sampler": "DPM++ SDE", "scheduler": "Karras"}),
    ("green square\non the grass,\n\nflat", {"sampler": "Euler a", "ensd": 31337}),
    ("black circle, <lora:none:1> white background", {"cfg_scale": 5.5}),
    ("(a:0.5) (b:-0.3) circle", {"emphasis": "No norm"}),
    ("a red circle, a blue square", {"scheduler": "SGM Uniform", "sampler": "DPM++ 2M"}),
]

SAMPLED: list[tuple[str, dict[str, object]]] = [
    ("(red:1.2) circle", {"sampler": info.name, "eta_ddim": 0.5, "steps": 5}) for info in SAMPLERS
]

CHANGED = "its infotext was changed after the picture was saved, so that counts, not the record"
REPRODUCE_ALL = """
import json, sys
from pathlib import Path
from mezzotint.runtime.reproduce import reproduce
print(json.dumps({p.name: str(reproduce(p).verdict) for p in sorted(Path(sys.argv[1]).glob("*.png"))}))
"""


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def make(renderer: Renderer, prompt: str, options: dict[str, object]) -> Request:
    given = {"steps": 4, "width": 64, "height": 64, "seed": 5, **options}
    document = read_document(prompt)
    if document.flags:
        given = {"steps": 4}
    return read_request(document, negative_prompt=None, native_size=(64, 64), options=given)


@pytest.fixture(scope="module")
def folder(renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pictures")
    for number, (prompt, options) in enumerate(PROMPTS + SAMPLED):
        renderer.render(make(renderer, prompt, options)).save(target / f"{number:02}.png")
    return target


def test_pictures_of_every_kind_and_sampler_come_back_bit_for_bit_in_a_new_process(folder: Path) -> None:
    command = [sys.executable, "-c", REPRODUCE_ALL, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    verdicts = json.loads(done.stdout)
    assert len(verdicts) == len(PROMPTS) + len(SAMPLED) == 40
    assert set(verdicts.values()) == {"identical"}


def edited(source: Path, target: Path, before: str, after: str) -> Path:
    found = read(source)
    assert found.parameters is not None
    assert found.parameters.count(before) == 1
    with Image.open(source) as image:
        write_png(
            image, target, parameters=found.parameters.replace(before, after), record=found.record or {}
        )
    return target


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("red:1.4", "red:1.5"),
        ("red", "rod"),
        ("circle", "circles"),
        ("Seed: 5", "Seed: 6"),
        ("Sampler: Euler", "Sampler: Euler a"),
        ("CFG scale: 7.0", "CFG scale: 7.5"),
    ],
)
def test_a_changed_infotext_makes_another_picture(
    folder: Path, tmp_path: Path, before: str, after: str
) -> None:
    result = reproduce(edited(folder / "01.png", tmp_path / "edited.png", before, after))
    assert result.verdict is Verdict.DIFFERENT
    assert result.difference.bytes > 0
    assert CHANGED in result.notes


def test_changed_pixels_are_noticed(folder: Path, tmp_path: Path) -> None:
    found = read(folder / "00.png")
    with Image.open(folder / "00.png") as opened:
        image = opened.convert("RGB")
        pixels = bytearray(image.tobytes())
        pixels[99:102] = bytes((v + 99) % 256 for v in pixels[99:102])
        image = Image.frombytes("RGB", image.size, bytes(pixels))
        write_png(image, tmp_path / "x.png", parameters=found.parameters or "", record=found.record or {})
    result = reproduce(tmp_path / "x.png")
    assert result.verdict is Verdict.DIFFERENT
    assert result.difference.bytes == 3


def test_pictures_of_a_batch_reproduce_alone(renderer: Renderer, tmp_path: Path) -> None:
    request = make(renderer, "red star", {"sampler": "Euler a"})
    for one in batch(request, 3):
        renderer.render(one).save(tmp_path / f"{one.settings.seed}.png")
    assert [reproduce(tmp_path / f"{seed}.png").verdict for seed in (5, 6, 7)] == [Verdict.IDENTICAL] * 3


def test_the_library_call_is_the_same_path(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    picture = mezzotint.render(
        "a (red:1.2) circle", seed=3, steps=3, width=64, height=64, on_step=lambda *s: steps.append(s)
    )
    picture.save(tmp_path / "a" / "x.png")
    assert steps[-1] == (3, 3)
    infotext = mezzotint.read(tmp_path / "a" / "x.png")
    assert (infotext.prompt, infotext["Seed"], infotext["Model"]) == ("a (red:1.2) circle", "3", "builtin")
    assert mezzotint.reproduce(tmp_path / "a" / "x.png").verdict == "identical"


def test_seeds_are_random_unless_given() -> None:
    pictures = [mezzotint.render("x", steps=1, width=64, height=64) for _ in range(2)]
    assert pictures[0].infotext != pictures[1].infotext


@pytest.fixture
def no_record(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "plain.png"
    with Image.open(folder / "00.png") as image:
        Image.frombytes("RGB", image.size, image.tobytes()).save(path)
    return path


def test_what_cannot_be_reproduced_says_why(folder: Path, tmp_path: Path, no_record: Path) -> None:
    with pytest.raises(MezzotintError, match="no prompt is recorded"):
        reproduce(no_record)
    other = edited(folder / "00.png", tmp_path / "other.png", "Model: builtin", "Model: AnythingV5")
    with pytest.raises(MezzotintError, match=r"(?s)AnythingV5.*--model PATH"):
        reproduce(other)
    assert reproduce(other, model="builtin").verdict is Verdict.IDENTICAL
    with pytest.raises(MezzotintError, match="does not say Seed"):
        reproduce(edited(folder / "00.png", tmp_path / "seedless.png", "Seed: 5, ", ""))
