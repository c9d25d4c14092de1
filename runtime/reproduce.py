"""Making a picture again from its own metadata, and comparing the two."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.text import parse
from mezzotint.runtime import provenance
from mezzotint.runtime.compare import Difference, compare, open_picture
from mezzotint.runtime.devices.computing import Computing, DeviceError
from mezzotint.runtime.explain import Explanation, explain
from mezzotint.runtime.index.resolve import Resolution, resolve
from mezzotint.runtime.index.wanted import Role
from mezzotint.runtime.job_infotext import missing
from mezzotint.runtime.metadata import read as metadata
from mezzotint.runtime.metadata.digest import digest_pixels
from mezzotint.runtime.metadata.record import Metadata
from mezzotint.runtime.models.folder import BUILTIN
from mezzotint.runtime.models.hashes import legacy_model_hash
from mezzotint.runtime.picture import Picture, Renderer
from mezzotint.runtime.request import Request, read_request

if TYPE_CHECKING:
    from mezzotint.runtime.index.entry import Entry
    from mezzotint.runtime.passes.source import Source
    from mezzotint.runtime.watch import OnStep


class Verdict(StrEnum):
    """How a reproduction came out."""

    IDENTICAL = "identical"
    ROUNDED = "the same within rounding"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, eq=False)
class Reproduction:
    """A picture made again.

    Attributes:
        verdict: identical only if every byte of every pixel is the same; the same within rounding only
            where the picture does not promise these bits here, see :func:`judge`.
        difference: how far the two are apart.
        picture: the new picture.
        notes: what may explain a difference, in words.
        explanation: where the two runs part, as far as their records tell.
    """

    verdict: Verdict
    difference: Difference
    picture: Picture
    notes: tuple[str, ...] = ()
    explanation: Explanation = field(default_factory=Explanation)


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
    """Make a picture again from the infotext in its file, and compare every pixel.

    Args:
        path: a picture whose metadata tells how it was made.
        model: the model to use instead of looking for the one that the infotext names.
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
    found, parameters = _recorded(path)
    original = open_picture(path)
    document = read_document(parameters, Dialect.INFOTEXT)
    made = read_request(document)
    request = with_source(read_request(document, options={"fast": fast}), source, path)
    given = {Role.MODEL: model, Role.VAE: vae, Role.REFINER: refiner}
    folders = {Role.LORA: tuple(loras), Role.HYPERNET: tuple(hypernets), Role.EMBEDDING: tuple(embeddings)}
    files = resolve(request, _items(parameters), entries).without([r for r in given if given[r] is not None])
    chosen = {role: path if path is not None else files.path(role) for role, path in given.items()}
    wanted = {"device": device, "dtype": dtype, "channels_last": channels_last, "compiled": compiled}
    renderer = Renderer(
        _model(path, request, chosen[Role.MODEL], files),
        _computing(found.record, {**wanted, "offload": offload}),
        threads=provenance.recorded_threads(found.record),
        vae=chosen[Role.VAE],
        refiner=chosen[Role.REFINER],
        loras=folders[Role.LORA],
        hypernets=folders[Role.HYPERNET],
        embeddings=folders[Role.EMBEDDING],
        found=files,
    )
    if chosen[Role.MODEL] is None:
        _check_builtin(path, request, renderer)
    picture = renderer.render(request, on_step=on_step)
    difference = compare(original, picture.image)
    apart = [] if found.record is None else provenance.differences(found.record, picture.record)
    is_fast = made.settings.fast or request.settings.fast
    notes = _notes(request, renderer, parameters, found.record) + apart
    notes += ["--fast does not promise the same bits"] if is_fast else []
    promised = found.record is not None and not apart and not is_fast
    notes += _resource_notes(parameters, picture.infotext)
    rest = files.without([role for role, places in folders.items() if places])
    notes += [*rest.notes, *(f"not in the index of models: {line}" for line in rest.missing)]
    return Reproduction(
        judge(difference, promised=promised),
        difference,
        picture,
        (*notes, *picture.notes),
        explain(found.record, picture.record, digest_pixels(original)),
    )


def judge(difference: Difference, *, promised: bool) -> Verdict:
    """The verdict on a difference.

    Args:
        difference: between the picture and its copy.
        promised: whether the picture's record promises the same bits here: it is ours, made in the same way
            on the same kind of machine with the same software. Else rounding is not counted.
    """
    if difference.is_none:
        return Verdict.IDENTICAL
    return Verdict.ROUNDED if difference.is_rounding and not promised else Verdict.DIFFERENT


def _computing(record: dict[str, object] | None, wanted: dict[str, Any]) -> Computing:
    """How to compute: as asked for, else as recorded, on a device that is here.

    Raises:
        MezzotintError: what is asked for is not known, or not here.
    """
    recorded = provenance.recorded_computing(record)
    if wanted["device"] is None and not _is_here(recorded.device):
        recorded = replace(recorded, device="cpu", offload=False)
    return replace(recorded, **{name: value for name, value in wanted.items() if value is not None})


def _is_here(device: str) -> bool:
    from mezzotint.runtime.devices.choose import choose_device

    try:
        choose_device(device)
    except DeviceError:
        return False
    return True


def _recorded(path: str | Path) -> tuple[Metadata, str]:
    """What a file says of itself, and its infotext, which is complete.

    Raises:
        MezzotintError: it is not.
    """
    found = metadata.read(path)
    if found.parameters is None:
        raise MezzotintError(f"{path}: no prompt is recorded in this picture, so it cannot be made again")
    if found.container == "text":
        raise MezzotintError(f"{path} is not a picture, so there is nothing to compare with: render it")
    infotext = read_document(found.parameters, Dialect.INFOTEXT).infotext
    lacking = missing({s.key: s.value or "" for s in infotext.settings}) if infotext else []
    if lacking:
        raise MezzotintError(
            f"{path}: its infotext does not say {', '.join(lacking)}, so it cannot be made again"
        )
    return found, found.parameters


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


def _model(path: str | Path, request: Request, model: str | Path | None, files: Resolution) -> str | Path:
    """The model to use."""
    if model is not None:
        return model
    if request.model != BUILTIN:
        needed = files.missing or ("a model that it does not name",)
        lines = "\n".join(f"  {line}" for line in needed)
        raise MezzotintError(
            f"{path} was made with files that are not in the index of models:\n{lines}\n"
            "add their folder (mezzotint models add FOLDER), or say where the model is, with --model PATH"
        )
    return BUILTIN


def _check_builtin(path: str | Path, request: Request, renderer: Renderer) -> None:
    if request.model_hash and request.model_hash != renderer.model_hash:
        raise MezzotintError(
            f"{path} was made with another built-in model (hash {request.model_hash}, this is "
            f"{renderer.model_hash}): install the mezzotint that made it, or try --model builtin"
        )


def _notes(
    request: Request, renderer: Renderer, parameters: str, record: dict[str, object] | None
) -> list[str]:
    notes = [f'the setting "{key}" is not acted on' for key in request.ignored]
    notes += _source_notes(request)
    if request.model_hash and not _is_hash_of(request.model_hash, renderer):
        notes.append(f"made with model hash {request.model_hash}, this is {renderer.model_hash}")
    if request.vae and renderer.vae and (request.vae, request.vae_hash) != (renderer.vae, renderer.vae_hash):
        notes.append(
            f'made with the VAE "{request.vae}" (hash {request.vae_hash or "unknown"}), '
            f'this is "{renderer.vae}" (hash {renderer.vae_hash or "unknown"})'
        )
    if record is None:
        notes.append("the picture has no record of ours: it was made by another program, or lost it")
        return notes
    if record.get("infotext") != provenance.text_digest(parameters):
        notes.append("its infotext was changed after the picture was saved")
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
