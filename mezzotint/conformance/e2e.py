"""The end-to-end suites: pictures that the whole reference program wrote, made again from their infotexts."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from mezzotint.conformance.result import Check, Result, Row, Source
from mezzotint.conformance.suite import ConformanceError
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.runtime.compare import ROUNDING_LEVELS, ROUNDING_SHARE, compare, open_picture
from mezzotint.runtime.models.hashes import file_sha256
from mezzotint.runtime.passes.source import Source as Start
from mezzotint.runtime.passes.source import open_source
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.request import Request, read_request


def end_to_end(source: Source) -> Check:
    """Every picture of a job, made with the checkpoint beside it; an error is in grey levels."""
    import_module("mezzotint.runtime.engine")  # what is not installed is missed here, once, not in every job
    folder = source.path.parent
    renderers = _Renderers(folder, source.device)

    def check(row: Row) -> Result:
        start = _start(row, folder)
        renderer = renderers.find(row)
        pairs = zip(row["files"], row["infotext"], strict=True)
        found = [_compared(renderer, folder / Path(f).name, text, start) for f, text in pairs]
        expected = {"levels": f"{ROUNDING_LEVELS} at most", "share of bytes": f"{ROUNDING_SHARE:.1%} at most"}
        worst = max(found, key=lambda one: (one["levels"], one["share of bytes"]))
        is_equal = all(one["is rounding"] for one in found)
        return Result(expected, worst, is_equal, float(worst["levels"]))

    return check


class _Renderers:
    """The renderer of a job; the last one is kept, as most jobs of a suite share it."""

    def __init__(self, folder: Path, device: str) -> None:
        self._folder, self._device = folder, device
        self._last: tuple[tuple[str, str, str | None], Renderer] | None = None

    def find(self, row: Row) -> Renderer:
        vae = row["settings"]["opts"].get("sd_vae")
        key = row["checkpoint"], row["checkpoint_sha256"], vae
        if self._last is None or self._last[0] != key:
            self._last = None  # so that two models are never held at once
            self._last = key, self._open(*key)
        return self._last[1]

    def _open(self, checkpoint: str, digest: str, vae: str | None) -> Renderer:
        vae_path = None if vae is None else self._folder / "VAE" / Path(vae).name
        return Renderer(
            _checkpoint(self._folder, checkpoint, digest),
            self._device,
            vae=vae_path,
            loras=[self._folder / "Lora"],
            embeddings=[self._folder / "embeddings"],
        )


def _checkpoint(folder: Path, name: str, digest: str) -> Path:
    """The checkpoint in the suite's folder, or in the one beside it that a suite of further jobs shares.

    Raises:
        ConformanceError: none has the SHA-256 that the jobs were run with.
    """
    name = Path(name).name
    for path in (folder / name, *sorted(folder.parent.glob(f"e2e_*/{name}"))):
        if path.is_file() and file_sha256(path, remember=False) == digest:
            return path
    raise ConformanceError(f"{folder / name}: missing, or another file than the suite's; fetch it again")


def _start(row: Row, folder: Path) -> Start | None:
    """The picture that a job starts from, which no infotext holds."""
    settings = row["settings"]
    if "init_image" not in settings:
        return None
    mask = settings.get("mask")
    image = folder / Path(settings["init_image"]).name
    return open_source(image, None if mask is None else folder / Path(mask).name)


def _request(infotext: str, start: Start | None) -> Request:
    return replace(read_request(read_document(infotext, Dialect.INFOTEXT)), source=start)


def _compared(renderer: Renderer, path: Path, infotext: str, start: Start | None) -> dict[str, Any]:
    made = renderer.render(_request(infotext, start)).image
    difference = compare(open_picture(path), made)
    return {
        "levels": difference.levels,
        "share of bytes": difference.share,
        "is rounding": difference.is_rounding,
        "file": path.name,
    }
