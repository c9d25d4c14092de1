"""Rendering as a library call: a prompt in, a picture with its infotext out."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mezzotint import __version__
from mezzotint.compiler.ir_json import digest
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError, PromptError
from mezzotint.grammar.infotext.build import join
from mezzotint.grammar.infotext.losses import NEGATIVE_PROMPT, WHITE_SPACE, find_losses
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime import provenance
from mezzotint.runtime.job import infotext_items
from mezzotint.runtime.metadata import read as metadata
from mezzotint.runtime.metadata.digest import digest_pixels
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.models.folder import BUILTIN, ModelSource, find_model
from mezzotint.runtime.request import Request, read_request

if TYPE_CHECKING:
    from PIL.Image import Image

    from mezzotint.runtime.engine import Engine

OnStep = Callable[[int, int], None]
MAX_SEED = 2**32 - 1


class MissingExtraError(MezzotintError):
    """Rendering was asked of an installation without the libraries for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A rendered picture.

    Attributes:
        image: RGB.
        infotext: what is written into the file, in A1111's form.
        record: what is written beside it, see :mod:`mezzotint.runtime.provenance`.
    """

    image: "Image"
    infotext: str
    record: Mapping[str, object]

    def save(self, path: str | Path) -> None:
        """Write a PNG with its metadata, whole or not at all; its folder is made if need be.

        Raises:
            MezzotintError: the file is no ``.png`` or cannot be written.
        """
        target = Path(path)
        check_target(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_png(self.image, target, parameters=self.infotext, record=self.record)


def check_target(path: Path, source: Path | None = None) -> None:
    """Refuse, before any work is done, a file that no picture can be written to.

    Raises:
        MezzotintError: its name does not end in ``.png``, a folder has that name, or it is the file
            ``source`` that is being read: its pixels and foreign metadata would be lost.
    """
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise MezzotintError(f"{path} is the file that is being read: give another name for the new picture")
    if path.suffix.lower() != ".png":
        raise MezzotintError(f"{path}: pictures are written as PNG, so give a name that ends in .png")
    if path.is_dir():
        raise MezzotintError(f"{path} is a folder: give the name of a file in it")


class Renderer:
    """A model made ready once, for any number of pictures.

    Args:
        model: ``builtin``, or the path of a checkpoint or a diffusers folder.
        device: torch device.
        threads: CPU threads; ``None`` takes torch's own number. The last bits of a picture depend on it.
        vae: a file or folder with a VAE to use instead of the model's own.

    Raises:
        MezzotintError: the model is missing or incomplete, or the libraries for rendering are.
    """

    def __init__(
        self,
        model: str | Path = BUILTIN,
        device: str = "cpu",
        *,
        threads: int | None = None,
        vae: str | Path | None = None,
    ) -> None:
        self.folder: ModelSource = find_model(model)
        self.device = device
        self.threads = threads
        self.vae_path = None if vae is None else Path(vae)

    @cached_property
    def engine(self) -> "Engine":
        """The engine, with the model loaded."""
        try:
            from mezzotint.runtime.engine import Engine
        except ImportError as error:
            raise MissingExtraError(
                f"rendering needs libraries that are not installed ({error.name}): "
                'pip install "mezzotint[render]"'
            ) from error
        from mezzotint.runtime.models.loader import LoadedModel

        model = LoadedModel(self.folder, self.device, vae_path=self.vae_path)
        return Engine(model, self.device, threads=self.threads)

    @cached_property
    def model_hash(self) -> str:
        """Identity of the weights, as infotexts name it."""
        return self.folder.hash()

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that the model was trained for."""
        return self.folder.native_size

    def render(self, request: Request, *, on_step: OnStep | None = None) -> Picture:
        """Make one picture.

        Args:
            request: prompts and settings.
            on_step: called with the number of finished steps and the number of all.

        Raises:
            MezzotintError: the prompts mean nothing, or the settings ask for what is not built.
        """
        request, infotext = self.recorded(request)
        program = request.program()
        engine = self.engine
        from mezzotint.runtime.engine import reproducible

        settings = request.settings
        with reproducible(self.threads):
            conditioning = engine.model.encode(
                program, clip_skip=settings.clip_skip, size=(settings.width, settings.height)
            )
        rendered = engine.sample(conditioning, request.settings, on_step=on_step)
        record = {
            "version": provenance.FORMAT,
            "program": digest(program),
            "model_hash": self.model_hash,
            "infotext": provenance.text_digest(infotext),
            "pixels": digest_pixels(rendered.image),
            "device": self.device,
            "dtype": "float32",
            "threads": rendered.threads,
            "cpu": provenance.cpu(),
            "software": provenance.software(),
        }
        return Picture(rendered.image, infotext, record)

    def recorded(self, request: Request) -> tuple[Request, str]:
        """The request as its infotext reads back, and that infotext.

        What is rendered is what was read back, so the file cannot promise anything else: an infotext
        holds no white space around the lines of a prompt, and the reference loses it, too.

        Raises:
            PromptError: the prompts would read back with other words.
        """
        items = dict(infotext_items(request.settings, model_hash=self.model_hash, model=self.folder.name))
        items["Version"] = f"mezzotint {__version__}"
        for loss in find_losses(request.prompt, request.negative_prompt, items):
            if loss.diagnostic.code != WHITE_SPACE:
                source = request.negative_prompt if loss.part == NEGATIVE_PROMPT else request.prompt
                raise PromptError(loss.diagnostic, source, f"<{loss.part.lower()}>")
        text = join(request.prompt, request.negative_prompt, items)
        return read_request(read_document(text, Dialect.INFOTEXT)), text


def render(
    prompt: str,
    *,
    negative_prompt: str | None = None,
    model: str | Path = BUILTIN,
    device: str = "cpu",
    dialect: Dialect | str = Dialect.AUTO,
    on_step: OnStep | None = None,
    **settings: Any,
) -> Picture:
    """Make a picture from a prompt.

    >>> render("a (red:1.2) circle", steps=20, seed=7).save("circle.png")  # doctest: +SKIP

    Args:
        prompt: a prompt, a prompt with Midjourney flags behind it, or a whole pasted infotext.
        negative_prompt: what to move away from; replaces the one of an infotext.
        model: ``builtin`` or the path of a diffusers folder.
        device: torch device.
        dialect: how to read ``prompt``.
        on_step: called with the number of finished steps and the number of all.
        settings: fields of :class:`mezzotint.runtime.job.RenderSettings`; a seed that is not given is random.

    Raises:
        MezzotintError: prompt, settings or model cannot be rendered; the text names the remedy.
    """
    renderer = Renderer(model, device)
    document = read_document(prompt, Dialect(dialect))
    request = read_request(
        document, negative_prompt=negative_prompt, native_size=renderer.native_size, options=settings
    )
    if not names_seed(document.infotext, document.flags, settings):
        request = with_random_seed(request)
    return renderer.render(request, on_step=on_step)


def names_seed(infotext: Infotext | None, flags: tuple[Any, ...], settings: Mapping[str, Any]) -> bool:
    """Whether anything says which seed to use."""
    if settings.get("seed") is not None or (infotext is not None and "Seed" in infotext):
        return True
    return any(flag.name == "seed" and flag.value is not None for flag in flags)


def with_random_seed(request: Request) -> Request:
    """The request with a fresh 32-bit seed."""
    return replace(request, settings=replace(request.settings, seed=secrets.randbelow(MAX_SEED + 1)))


def batch(request: Request, count: int) -> Iterator[Request]:
    """``count`` requests with consecutive seeds."""
    for index in range(count):
        yield replace(request, settings=replace(request.settings, seed=request.settings.seed + index))


def read(path: str | Path) -> Infotext:
    """The infotext of a picture or a text file.

    Raises:
        MezzotintError: the file cannot be read, or has none.
    """
    parameters = metadata.read(path).parameters
    if parameters is None:
        raise MezzotintError(f"{path}: no prompt is recorded in this picture")
    return parse(parameters)
