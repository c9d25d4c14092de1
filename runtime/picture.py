"""Rendering as a library call: a prompt in, a picture with its infotext out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mezzotint import __version__
from mezzotint.compiler.ir import Program
from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.build import join
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.batch import with_seeds
from mezzotint.runtime.devices.computing import Computing, computing
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.job_infotext import Resources, infotext_items
from mezzotint.runtime.metadata import read as metadata
from mezzotint.runtime.metadata.png import write_png
from mezzotint.runtime.models.folder import BUILTIN, ModelSource, find_model
from mezzotint.runtime.passes.requested import check_passes, with_source_named, without_spaces
from mezzotint.runtime.record.files import FileRole, RecordedFile
from mezzotint.runtime.record.hashing import Hasher
from mezzotint.runtime.record.losses import told_losses
from mezzotint.runtime.record.record import Record
from mezzotint.runtime.request import Request, read_request

if TYPE_CHECKING:
    from PIL.Image import Image

    from mezzotint.runtime.encoding import Networks, Passes
    from mezzotint.runtime.engine import Engine, Rendered
    from mezzotint.runtime.index.resolve import Resolution
    from mezzotint.runtime.passes.source import Source
    from mezzotint.runtime.watch import OnPreview, OnStep


class MissingExtraError(MezzotintError):
    """Rendering was asked of an installation without the libraries for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A rendered picture.

    Attributes:
        image: RGB.
        infotext: what is written into the file, in A1111's form.
        record: what is written beside it, see :mod:`mezzotint.runtime.record.record`.
        notes: what was asked for and left out, such as a network that is not there, in words.
    """

    image: "Image"
    infotext: str
    record: Record
    notes: tuple[str, ...] = ()

    def save(self, path: str | Path) -> None:
        """Write a PNG with its metadata, whole or not at all; its folder is made if need be.

        Raises:
            MezzotintError: the file is no ``.png`` or cannot be written.
        """
        target = Path(path)
        check_target(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_png(self.image, target, parameters=self.infotext, record=self.record.to_json())


@dataclass(frozen=True, slots=True)
class Written:
    """What is asked for, as it goes into the file.

    Attributes:
        request: with the names and hashes of what it is made with.
        infotext: what other programs read.
        losses: what they read otherwise, in words.
    """

    request: Request
    infotext: str
    losses: tuple[str, ...] = ()


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
        device: its name, or device, precision and more in one.
        threads: CPU threads; ``None`` takes torch's own number. The last bits of a picture depend on it.
        vae: a file or folder with a VAE to use instead of the model's own.
        refiner: a model that takes over where the settings say so, like ``model``.
        loras: folders with LoRA files and their kin, for the tags of prompts.
        hypernets: folders with hypernetworks, for the same.
        embeddings: folders with textual inversions.
        found: networks and embeddings by name, for what the folders do not have.

    Raises:
        MezzotintError: the model is missing or incomplete, or the libraries for rendering are.
    """

    def __init__(
        self,
        model: str | Path = BUILTIN,
        device: str | Computing = "cpu",
        *,
        threads: int | None = None,
        vae: str | Path | None = None,
        refiner: str | Path | None = None,
        loras: Iterable[str | Path] = (),
        hypernets: Iterable[str | Path] = (),
        embeddings: Iterable[str | Path] = (),
        found: "Resolution | None" = None,
    ) -> None:
        self.folder: ModelSource = find_model(model)
        self.computing = computing(device)
        self.threads = threads
        self.vae_path = None if vae is None else Path(vae)
        self.refiner: ModelSource | None = None if refiner is None else find_model(refiner)
        self._folders = tuple(loras), tuple(hypernets), tuple(embeddings)
        self._found = found
        self._hasher = Hasher()

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
        return Engine.opened(
            self.folder, self.computing, threads=self.threads, vae_path=self.vae_path, refiner=self.refiner
        )

    @cached_property
    def networks(self) -> "Networks":
        """What stands in the folders of networks."""
        from mezzotint.runtime.encoding import Networks
        from mezzotint.runtime.index.resolve import Resolution
        from mezzotint.runtime.index.wanted import Role
        from mezzotint.runtime.networks.embeddings import EmbeddingLibrary
        from mezzotint.runtime.networks.library import NetworkLibrary

        loras, hypernets, embeddings = self._folders
        found = self._found or Resolution()
        return Networks(
            NetworkLibrary(loras, found.named(Role.LORA)),
            NetworkLibrary(hypernets, found.named(Role.HYPERNET)),
            EmbeddingLibrary(embeddings, found.named(Role.EMBEDDING)),
        )

    @cached_property
    def model_hash(self) -> str:
        """Identity of the weights, as infotexts name it."""
        return self._hasher.model(FileRole.MODEL, self.folder).hash

    @property
    def vae(self) -> str:
        """Name of a VAE that is not the model's own, as infotexts name it; empty without one."""
        return "" if self.vae_path is None else self.vae_path.name

    @cached_property
    def vae_hash(self) -> str:
        """Identity of a VAE of its own, as infotexts name it; empty without one, or where it is a folder."""
        return "" if self.vae_path is None else self._hasher.file(FileRole.VAE, self.vae, self.vae_path).hash

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that the model was trained for."""
        return self.folder.native_size

    def render(
        self,
        request: Request,
        *,
        on_step: "OnStep | None" = None,
        on_preview: "OnPreview | None" = None,
        preview_every: int = 5,
    ) -> Picture:
        """Make one picture.

        Args:
            request: prompts, settings and, for image to image, the picture to start from.
            on_step: called with the number of finished steps and the number of all; ``True`` stops.
            on_preview: called with a step and the picture as it looks then.
            preview_every: steps from one preview to the next.

        Raises:
            MezzotintError: the prompts mean nothing, or the settings ask for what is not built.
            StoppedError: a callback asked to stop.
        """
        check_passes(request)
        missing = self._missing(request)
        written = self.recorded(request)
        request = written.request
        program = request.program()
        passes = self._passes(program, request.settings)
        from mezzotint.runtime.watch import Watch

        rendered = self.engine.paint(
            passes.first,
            request.settings,
            second=passes.second,
            source=request.source,
            watch=Watch(on_step=on_step, on_preview=on_preview, preview_every=preview_every),
        )
        record = self._record(written, program, rendered, self._files(request, passes))
        hints = replace(self.computing, device=self.engine.device).hints
        return Picture(
            rendered.image,
            written.infotext,
            record,
            (*missing, *passes.problems, *hints, *written.losses),
        )

    def _record(
        self, written: "Written", program: Program, rendered: "Rendered", files: tuple[RecordedFile, ...]
    ) -> Record:
        """What is written beside the infotext."""
        from mezzotint.runtime.record.write import environment_of, record_of

        request = written.request
        return record_of(
            request,
            program,
            written.infotext,
            rendered,
            files=files,
            model_hash=self.model_hash,
            environment=environment_of(
                self.computing, self.engine.device, rendered.threads, fast=request.settings.fast
            ),
        )

    def _files(self, request: Request, passes: "Passes") -> tuple[RecordedFile, ...]:
        """What the picture is made with, by name and hash."""
        found = [self._hasher.model(FileRole.MODEL, self.folder)]
        if self.vae_path is not None:
            found.append(self._hasher.file(FileRole.VAE, self.vae, self.vae_path))
        if request.settings.refiner is not None and self.refiner is not None:
            found.append(self._hasher.model(FileRole.REFINER, self.refiner))
        if self._may_use_networks(request.program()):
            found += [self._hasher.file(*one) for one in passes.files()]
        return (*found, *(() if request.source is None else self._hasher.source(request.source)))

    def _passes(self, program: Program, settings: RenderSettings) -> "Passes":
        engine = self.engine
        from mezzotint.runtime.encoding import Passes

        return Passes(engine.model, program, settings, self.networks, engine.refiner)

    def _missing(self, request: Request) -> list[str]:
        """What the request names and this renderer was not given, in words."""
        found = []
        if request.settings.refiner is not None and self.refiner is None:
            found.append(f'the refiner "{request.settings.refiner.model}" is not given, so it does not act')
        if request.vae and self.vae_path is None:
            found.append(f'the VAE "{request.vae}" is not given, so the model\'s own is used')
        return found

    def _with_refiner_named(self, request: Request) -> Request:
        """The request with the name of the refiner that is there, or without any."""
        refiner = request.settings.refiner
        if refiner is not None:
            here = self.refiner
            named = None if here is None else replace(refiner, model=self._named(here))
            request = replace(request, settings=replace(request.settings, refiner=named))
        return request

    def _named(self, refiner: ModelSource) -> str:
        return f"{refiner.name} [{self._hasher.model(FileRole.REFINER, refiner).hash}]"

    def _may_use_networks(self, program: Program) -> bool:
        """Whether a tag or a word can stand for a network here."""
        from mezzotint.runtime.index.wanted import Role

        tagged = program.networks or (program.hires is not None and program.hires.networks)
        words = self._folders[2] or (self._found is not None and self._found.named(Role.EMBEDDING))
        return bool(tagged or words)

    def _resources(self, request: Request) -> Resources:
        """The files that take part in a picture."""
        program, found = request.program(), None
        if self._may_use_networks(program):
            found = self._passes(program, request.settings).hashes()
        return Resources(
            model_hash=self.model_hash,
            model=self.folder.name,
            vae_hash=self.vae_hash,
            vae=self.vae,
            lora_hashes="" if found is None else found.loras,
            ti_hashes="" if found is None else found.embeddings,
            emphasis_first=found is not None and found.emphasis_first,
        )

    def recorded(self, request: Request) -> "Written":
        """The request as it is recorded, and its infotext.

        The record holds prompts and settings as they were written; an infotext holds no white space around
        the lines of a prompt, and reads some texts otherwise. What it loses is told of, and no more: it is
        for other programs.
        """
        request = with_source_named(self._with_refiner_named(request))
        items = dict(infotext_items(without_spaces(request.settings), self._resources(request)))
        items["Version"] = f"mezzotint {__version__}"
        infotext = join(request.prompt, request.negative_prompt, items)
        return Written(request, infotext, tuple(told_losses(request, infotext, items)))


def render(
    prompt: str,
    *,
    negative_prompt: str | None = None,
    model: str | Path = BUILTIN,
    device: str | Computing = "cpu",
    dialect: Dialect | str = Dialect.AUTO,
    source: "Source | None" = None,
    on_step: "OnStep | None" = None,
    **settings: Any,
) -> Picture:
    """Make a picture from a prompt.

    >>> render("a (red:1.2) circle", steps=20, seed=7).save("circle.png")  # doctest: +SKIP

    Args:
        prompt: a prompt, a prompt with Midjourney flags behind it, or a whole pasted infotext.
        negative_prompt: what to move away from; replaces the one of an infotext.
        model: ``builtin`` or the path of a diffusers folder.
        device: its name, or device, precision and more in one.
        dialect: how to read ``prompt``.
        source: the picture to start from, see :mod:`mezzotint.runtime.passes.source`.
        on_step: called with the number of finished steps and the number of all; ``True`` stops.
        settings: fields of :class:`mezzotint.runtime.job.RenderSettings`; a seed that is not given is random.

    Raises:
        MezzotintError: prompt, settings or model cannot be rendered; the text names the remedy.
    """
    renderer = Renderer(model, device)
    document = read_document(prompt, Dialect(dialect))
    request = read_request(
        document, negative_prompt=negative_prompt, native_size=renderer.native_size, options=settings
    )
    request = with_seeds(request, document.infotext, document.flags, settings)
    return renderer.render(replace(request, source=source), on_step=on_step)


def read(path: str | Path) -> Infotext:
    """The infotext of a picture or a text file.

    Raises:
        MezzotintError: the file cannot be read, or has none.
    """
    parameters = metadata.read(path).parameters
    if parameters is None:
        raise MezzotintError(f"{path}: no prompt is recorded in this picture")
    return parse(parameters)
