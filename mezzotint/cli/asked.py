"""What ``mezzotint render`` is asked for: by a document, what stands beside it, and the options."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from mezzotint.cli.inputs import PICTURES, Input
from mezzotint.cli.render_options import settings_of, with_passes
from mezzotint.runtime.batch import with_seeds
from mezzotint.runtime.index.choose import Chooser, Chosen, Given
from mezzotint.runtime.metadata import read as metadata
from mezzotint.runtime.passes.source import Source, open_source
from mezzotint.runtime.record.read import Reading, read_record
from mezzotint.runtime.request import Request, read_request

_NO_START = "the infotext was made from another picture, and this is made from noise: give it with --init"
_ANY_SIZE = (512, 512)  # no file depends on it


@dataclass(frozen=True, eq=False)
class Asked:
    """A document, and what changes it.

    Attributes:
        document: a prompt, or an infotext.
        reading: the record beside the infotext, if it is ours.
        source: the picture to start from.
        options: of the command.
    """

    document: Input
    reading: Reading
    source: Source | None
    options: Mapping[str, Any]

    @classmethod
    def read(cls, document: Input, options: Mapping[str, Any]) -> "Asked":
        """What stands beside a document, and the picture that the options name.

        Raises:
            MezzotintError: a picture cannot be read.
        """
        reading = Reading()
        if document.path is not None and document.path.suffix.lower() in PICTURES:
            reading = read_record(metadata.read(document.path).record)
        init = options["init"]
        return cls(document, reading, None if init is None else open_source(init, options["mask"]), options)

    def request(self, native_size: tuple[int, int]) -> Request:
        """What is to be made, with a seed in any case.

        Args:
            native_size: of the model, in pixels.

        Raises:
            MezzotintError: a setting cannot be rendered.
        """
        request, document, record = self._draft(native_size), self.document.document, self.reading.record
        is_told = record is not None and record.tells_of(document.source)
        if is_told:
            return request
        return with_seeds(request, document.infotext, document.flags, settings_of(self.options))

    def files(self) -> Chosen:
        """The files to make it with: those of the options, else those of the index.

        Raises:
            MezzotintError: one is not there, or more than one could be meant.
        """
        infotext, record = self.document.document.infotext, self.reading.record
        items = {s.key: s.value or "" for s in infotext.settings} if infotext else {}
        request = self._draft(_ANY_SIZE)
        chosen = self._chooser.choose(request, items, () if record is None else record.files)
        self._chooser.check_rivals(chosen.found)
        return chosen

    def warnings(self, request: Request, files: Chosen) -> Iterator[str]:
        """What is not understood, or does not act, or may be another file than the one that was used."""
        yield from self.reading.problems
        for key in request.ignored:
            yield f'the setting "{key}" of the infotext is not acted on'
        has_start = self._asked(_ANY_SIZE).settings.image is not None
        if has_start and self.source is None and self.options["hires"] is None:
            yield _NO_START
        for match in files.found.matches:
            is_named_by_hash = match.wanted.hash or match.wanted.sha256
            if is_named_by_hash and not self._chooser.is_given(match):
                if match.note is not None:
                    yield match.note
                if match.path is None:
                    yield f"not in the index of models: {match.wanted}"

    @cached_property
    def _chooser(self) -> Chooser:
        return Chooser(Given(**{field.name: self.options[field.name] for field in fields(Given)}))

    def _asked(self, native_size: tuple[int, int]) -> Request:
        """By the document and its settings."""
        return read_request(
            self.document.document,
            negative_prompt=self.options["negative"],
            native_size=native_size if self.source is None else _whole_cells(self.source),
            options=settings_of(self.options),
            record=self.reading.record,
        )

    def _draft(self, native_size: tuple[int, int]) -> Request:
        """The request, but for a seed that nothing names."""
        return replace(with_passes(self._asked(native_size), self.options), source=self.source)


def _whole_cells(source: Source) -> tuple[int, int]:
    """The size of a picture in whole latent cells."""
    width, height = source.image.size
    return max(width // 8 * 8, 8), max(height // 8 * 8, 8)
