"""Making a picture again from its own metadata, and comparing the two."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime.compare import Difference, compare, open_picture
from mezzotint.runtime.devices.computing import Computing, DeviceError
from mezzotint.runtime.explain import Explanation, explain
from mezzotint.runtime.index.choose import Chooser, Given
from mezzotint.runtime.job_infotext import missing
from mezzotint.runtime.metadata import read as metadata
from mezzotint.runtime.metadata.digest import digest_pixels
from mezzotint.runtime.models.folder import BUILTIN
from mezzotint.runtime.models.hashes import legacy_model_hash
from mezzotint.runtime.picture import Picture, Renderer
from mezzotint.runtime.record.environment import Environment, differences
from mezzotint.runtime.record.files import RecordedFile
from mezzotint.runtime.record.read import read_record
from mezzotint.runtime.record.record import Record
from mezzotint.runtime.request import Request, read_request

if TYPE_CHECKING:
    from PIL.Image import Image

    from mezzotint.runtime.index.entry import Entry
    from mezzotint.runtime.passes.source import Source
    from mezzotint.runtime.watch import OnStep


class Verdict(StrEnum):
    """How a reproduction came out."""

    IDENTICAL = "identical"
    EQUAL = "perceptually equal"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, eq=False)
class Reproduction:
    """A picture made again.

    Attributes:
        verdict: identical if every byte of every pixel is the same; perceptually equal if nobody can see a
            difference, see :attr:`mezzotint.runtime.compare.Difference.is_invisible`.
        difference: how far the two are apart.
        picture: the new picture.
        notes: what may explain a difference, in words.
        explanation: where the two runs part, as far as their records tell.
        is_promised: whether the picture's record promises the same bits here: the same was asked for, with
            the same files, in the same way on the same kind of machine with the same software.
    """

    verdict: Verdict
    difference: Difference
    picture: Picture
    notes: tuple[str, ...] = ()
    explanation: Explanation = field(default_factory=Explanation)
    is_promised: bool = False

    @property
    def breaks_promise(self) -> bool:
        """Whether the same bits were promised, and did not come."""
        return self.is_promised and self.verdict is not Verdict.IDENTICAL

    @property
    def is_good(self) -> bool:
        """Whether the picture came out as it can be asked for here."""
        return self.verdict is not Verdict.DIFFERENT and not self.breaks_promise


def reproduce(
    path: str | Path,
    *,
    model: str | Path | None = None,
    device: str | None = None,
    dtype: str | None = None,
    channels_last: bool | None = None,
    compiled: bool | None = None,
    offload: bool | None = None,
    fast: bool | None = None,
    vae: str | Path | None = None,
    refiner: str | Path | None = None,
    loras: Iterable[str | Path] = (),
    hypernets: Iterable[str | Path] = (),
    embeddings: Iterable[str | Path] = (),
    source: "Source | None" = None,
    entries: "Iterable[Entry] | None" = None,
    on_step: "OnStep | None" = None,
) -> Reproduction:
    """Make a picture again from the metadata in its file, and compare every pixel.

    Prompts and settings are those of our own record, letter for letter and bit for bit. Where somebody
    changed the infotext beside it, or there is no record, they are the infotext's.

    Args:
        path: a picture whose metadata tells how it was made.
        model: the model to use instead of looking for the one that the picture names: a path, or a name or
            hash in the index; VAE and refiner likewise.
        device: where to compute; ``None`` is where the picture was made, or the CPU if that is not here.
        dtype, channels_last, compiled, offload: see
            :class:`mezzotint.runtime.devices.computing.Computing`; ``None`` is what the picture records.
        fast: whether bits may be given up for speed; ``None`` is what the infotext says.
        vae: a VAE to use instead of the model's own.
        refiner: the model that takes over, if one did.
        loras: folders with LoRA files and their kin.
        hypernets: folders with hypernetworks.
        embeddings: folders with textual inversions.
        source: the picture and mask that it was made from, if it was; no infotext holds them.
        entries: where files that are not given are looked for; ``None`` is the user's index of models.
        on_step: called with the number of finished steps and the number of all; ``True`` stops.

    Raises:
        MezzotintError: the file tells too little, or what it asks for is not here; the text says what.
    """
    original = _Original.of(path)
    request = with_source(original.request(fast), source, path)
    given = Given(
        model=model,
        vae=vae,
        refiner=refiner,
        loras=tuple(loras),
        hypernets=tuple(hypernets),
        embeddings=tuple(embeddings),
    )
    chosen = Chooser(given, entries).choose(request, original.items, original.files)
    wanted = {"device": device, "dtype": dtype, "channels_last": channels_last, "compiled": compiled}
    renderer = Renderer(
        chosen.model_for(str(path)),
        _computing(original.environment, {**wanted, "offload": offload}),
        threads=original.environment.threads,
        vae=chosen.vae,
        refiner=chosen.refiner,
        loras=given.loras,
        hypernets=given.hypernets,
        embeddings=given.embeddings,
        found=chosen.found,
    )
    if model is None and request.model == BUILTIN:
        _check_builtin(path, request, renderer)
    result = _compared(original, request, renderer.render(request, on_step=on_step))
    notes = [*original.problems, *_notes(request, renderer, original), *result.notes]
    rest = chosen.found.without([role for role, places in given.folders.items() if places])
    notes += [*rest.notes, *(f"not in the index of models: {line}" for line in rest.missing)]
    return replace(result, notes=(*notes, *result.picture.notes))


def _compared(original: "_Original", request: Request, picture: Picture) -> Reproduction:
    """The verdict, with what the two records say differently."""
    difference = compare(original.image, picture.image)
    record, pixels = original.record, digest_pixels(original.image)
    apart = differences(original.environment, picture.record.environment)
    is_fast = original.request().settings.fast or request.settings.fast
    result = Reproduction(
        judge(difference),
        difference,
        picture,
        explanation=explain(record, picture.record, pixels),
        is_promised=not apart and not is_fast and original.is_made_again_by(picture.record),
    )
    notes = [*apart, *(["--fast does not promise the same bits"] if is_fast else [])]
    notes += _resource_notes(original.parameters, picture.infotext)
    return replace(result, notes=(*notes, *_promise_notes(result, record, pixels)))


@dataclass(frozen=True, slots=True, eq=False)
class _Original:
    """The picture that is made again, and what it says of itself.

    Attributes:
        image: RGB.
        parameters: its infotext.
        record: ``None`` without one.
        problems: what of the record does not count, in words.
    """

    image: "Image"
    parameters: str
    record: Record | None
    problems: tuple[str, ...]

    @classmethod
    def of(cls, path: str | Path) -> "_Original":
        """Read a picture.

        Raises:
            MezzotintError: it does not tell enough.
        """
        found = metadata.read(path)
        if found.parameters is None:
            raise MezzotintError(f"{path}: no prompt is recorded in this picture, so it cannot be made again")
        if found.container == "text":
            raise MezzotintError(f"{path} is not a picture, so there is nothing to compare with: render it")
        reading = read_record(found.record)
        lacking = missing(_items(found.parameters))
        if lacking and not (reading.record and reading.record.tells_of(found.parameters)):
            raise MezzotintError(
                f"{path}: its infotext does not say {', '.join(lacking)}, so it cannot be made again"
            )
        return cls(open_picture(path), found.parameters, reading.record, reading.problems)

    @property
    def items(self) -> dict[str, str]:
        """The settings of its infotext, as they stand in it."""
        return _items(self.parameters)

    @property
    def files(self) -> tuple[RecordedFile, ...]:
        """The files that its record names."""
        return () if self.record is None else self.record.files

    @property
    def environment(self) -> Environment:
        """What it was made with, as far as its record says so."""
        return Environment() if self.record is None else self.record.environment

    def is_made_again_by(self, ours: Record) -> bool:
        """Whether a run was asked for what the record says, with the files that it names."""
        record = self.record
        if record is None or record.model_hash != ours.model_hash:
            return False
        if record.settings is None:  # of format 1
            return record.is_beside(self.parameters)
        return _job(record) == _job(ours) and record.identities in (ours.identities, frozenset())

    def request(self, fast: bool | None = None) -> Request:
        """What it asks for; ``fast`` replaces what it says of that.

        Raises:
            MezzotintError: that cannot be rendered.
        """
        document = read_document(self.parameters, Dialect.INFOTEXT)
        return read_request(document, options={"fast": fast}, record=self.record)


def _job(record: Record) -> tuple[object, ...]:
    return record.prompt, record.negative_prompt, record.settings


def judge(difference: Difference) -> Verdict:
    """The verdict on the difference between a picture and its copy."""
    if difference.is_none:
        return Verdict.IDENTICAL
    return Verdict.EQUAL if difference.is_invisible else Verdict.DIFFERENT


def _promise_notes(result: Reproduction, record: Record | None, pixels: str) -> list[str]:
    """Whether a promise was broken, or the picture is no longer what was promised."""
    if record is None or not result.breaks_promise:
        return []
    if record.pixels == result.picture.record.pixels != pixels:
        return ["this run made the recorded pixels: those of the picture were changed after it was saved"]
    return ["the picture's record promises the same bits here, and this run did not make them"]


def _computing(recorded: Environment, wanted: dict[str, Any]) -> Computing:
    """How to compute: as asked for, else as recorded, on a device that is here.

    Raises:
        MezzotintError: what is asked for is not known, or not here.
    """
    found = recorded.computing
    if wanted["device"] is None and not _is_here(found.device):
        found = replace(found, device="cpu", offload=False)
    return replace(found, **{name: value for name, value in wanted.items() if value is not None})


def _is_here(device: str) -> bool:
    from mezzotint.runtime.devices.choose import choose_device

    try:
        choose_device(device)
    except DeviceError:
        return False
    return True


def with_source(request: Request, source: "Source | None", path: str | Path) -> Request:
    """The request of a file, with the pictures it was made from.

    Raises:
        MezzotintError: one is missing.
    """
    image = request.settings.image
    if image is None:
        return request
    if source is None:
        known = f" with hash {image.hash}" if image.hash else ""
        raise MezzotintError(
            f"{path} was made from another picture{known}, which no infotext holds: give it, with --init FILE"
        )
    if image.mask.hash and source.mask is None:
        raise MezzotintError(
            f"{path} was made with a mask with hash {image.mask.hash}, which no infotext holds: "
            "give it, with --mask FILE"
        )
    return replace(request, source=source)


def _items(parameters: str) -> dict[str, str]:
    """The settings of an infotext, as they stand in it."""
    return {s.key: s.value or "" for s in parse(parameters).settings}


def _check_builtin(path: str | Path, request: Request, renderer: Renderer) -> None:
    if request.model_hash and request.model_hash != renderer.model_hash:
        raise MezzotintError(
            f"{path} was made with another built-in model (hash {request.model_hash}, this is "
            f"{renderer.model_hash}): install the mezzotint that made it, or try --model builtin"
        )


def _notes(request: Request, renderer: Renderer, original: _Original) -> list[str]:
    notes = [f'the setting "{key}" is not acted on' for key in request.ignored]
    notes += _source_notes(request)
    if request.model_hash and not _is_hash_of(request.model_hash, renderer):
        notes.append(f"made with model hash {request.model_hash}, this is {renderer.model_hash}")
    if request.vae and renderer.vae and (request.vae, request.vae_hash) != (renderer.vae, renderer.vae_hash):
        notes.append(
            f'made with the VAE "{request.vae}" (hash {request.vae_hash or "unknown"}), '
            f'this is "{renderer.vae}" (hash {renderer.vae_hash or "unknown"})'
        )
    if original.record is None:
        notes.append("the picture has no record of ours: it was made by another program, or lost it")
        return notes
    if not original.record.is_beside(original.parameters):
        notes.append("its infotext was changed after the picture was saved, so that counts, not the record")
    return notes


def _is_hash_of(digest: str, renderer: Renderer) -> bool:
    """Whether a hash of a model, of today or of old, is that of the one that is used."""
    path = renderer.folder.path
    return digest == renderer.model_hash or (path.is_file() and digest == legacy_model_hash(path))


def _source_notes(request: Request) -> list[str]:
    """Whether the pictures given are those that were used, as far as their hashes say."""
    image, source = request.settings.image, request.source
    if image is None or source is None:
        return []
    from mezzotint.runtime.passes.source import pixel_hash

    given = [("picture", image.hash, source.image), ("mask", image.mask.hash, source.mask)]
    return [
        f"made from a {what} with hash {recorded}, this one has {pixel_hash(found)}"
        for what, recorded, found in given
        if recorded and found is not None and pixel_hash(found) != recorded
    ]


def _resource_notes(theirs: str, ours: str) -> list[str]:
    """Where the files beside the model are not those that were used, as far as their hashes say."""
    before, after = _items(theirs), _items(ours)
    return [
        f'"{key}" was {before[key]}, and is {after.get(key, "empty")}'
        for key in ("Lora hashes", "TI hashes", "Refiner")
        if key in before and before[key] != after.get(key)
    ]
