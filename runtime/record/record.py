"""The record: what an infotext cannot say, and it takes to get the same bits again.

It is one JSON object in the PNG's text chunk ``mezzotint``; docs/record.md specifies it.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from mezzotint.compiler.ir import Program
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.record.environment import Environment
from mezzotint.runtime.record.files import FileRole, RecordedFile
from mezzotint.runtime.record.plain import to_plain
from mezzotint.runtime.record.program import program_json

FORMAT = 2
_PICTURES = (FileRole.INIT, FileRole.MASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one picture; ``None`` and empty are not known.

    Attributes:
        version: of the format.
        infotext: SHA-256 of the infotext beside it.
        pixels: digest of the picture, see :func:`mezzotint.runtime.metadata.digest.digest_pixels`.
        model_hash: identity of the weights, as "Model hash" in the infotext.
        program_digest: of what the prompts mean.
        program: the compiled prompts.
        prompt, negative_prompt: as they were written; those of a second pass are among its settings.
        settings: everything else that was asked for.
        files: what the picture was made with.
        environment: by what, and how.
        stages: names and short digests of what it was on its way, see :mod:`mezzotint.runtime.stages`.
    """

    version: int = FORMAT
    infotext: str = ""
    pixels: str = ""
    model_hash: str = ""
    program_digest: str = ""
    program: Program | None = None
    prompt: str | None = None
    negative_prompt: str | None = None
    settings: RenderSettings | None = None
    files: tuple[RecordedFile, ...] = ()
    environment: Environment = field(default_factory=Environment)
    stages: tuple[tuple[str, str], ...] = ()

    @property
    def identities(self) -> frozenset[tuple[FileRole, str]]:
        """What the files are, whatever they are called; of pictures the pixels count."""
        return frozenset(
            (file.role, file.hash if file.role in _PICTURES else file.sha256 or file.hash)
            for file in self.files
        )

    def tells_of(self, infotext: str) -> bool:
        """Whether it says what the picture was made of, and nobody changed the infotext beside it."""
        told = None not in (self.prompt, self.negative_prompt, self.settings)
        return told and self.is_beside(infotext)

    def is_beside(self, infotext: str) -> bool:
        """Whether the infotext is, letter for letter, the one that the record was written with."""
        return self.infotext == text_digest(infotext)

    def to_json(self) -> dict[str, object]:
        """What is known, by the record's keys; the program only as far as it is not too large."""
        known = {
            "infotext": self.infotext,
            "pixels": self.pixels,
            "model_hash": self.model_hash,
            "program_digest": self.program_digest,
            "program": None if self.program is None else program_json(self.program),
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "settings": None if self.settings is None else to_plain(self.settings),
            "files": [file.to_json() for file in self.files],
            "stages": [list(stage) for stage in self.stages],
        }
        is_text = ("prompt", "negative_prompt")  # an empty prompt is a prompt
        kept = {key: value for key, value in known.items() if value or (key in is_text and value is not None)}
        return {"version": self.version, **kept, **self.environment.to_json()}


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hex."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
