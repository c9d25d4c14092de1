"""A model on disk as one file, in the layout of the original code: what is in it, and its identity."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mezzotint.runtime.models import identify as known
from mezzotint.runtime.models.architecture import unet_channels
from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.hashes import model_hash
from mezzotint.runtime.models.header import Shapes, TensorFileError, below
from mezzotint.runtime.models.hints import Hints, Prediction, read_hints
from mezzotint.runtime.models.identify import Identity, identify
from mezzotint.runtime.models.tensors import TensorFile, tensor_file

V_MARK = "v_pred"  # empty tensors by which SDXL checkpoints say what they predict, and on which schedule
ZERO_SNR_MARK = "ztsnr"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Where a text encoder is in a checkpoint.

    Attributes:
        component: as diffusers names it.
        prefix: of its tensors.
        is_open_clip: whether they are named as OpenCLIP does.
        projects: whether the pooled vector is taken from it.
        without_last: whether its last block is never used.
    """

    component: str
    prefix: str
    is_open_clip: bool = False
    projects: bool = False
    without_last: bool = False


@dataclass
class SingleFile:
    """A checkpoint; nothing is read before it is asked for.

    Attributes:
        path: the file.
    """

    path: Path

    @property
    def name(self) -> str:
        """As infotext field "Model" names it."""
        return self.path.stem

    @cached_property
    def tensors(self) -> TensorFile:
        """The file's tensors."""
        return tensor_file(self.path)

    @cached_property
    def shapes(self) -> Shapes:
        """The shape of each tensor."""
        return self.tensors.shapes

    @cached_property
    def identity(self) -> Identity:
        """What the file is.

        Raises:
            TensorFileError: it is damaged, or nothing that pictures can be made with.
        """
        identity = identify(self.shapes)
        if not identity.is_renderable:
            raise TensorFileError(
                f"{self.path} is {identity.description}: to render, name a whole checkpoint of "
                "SD 1.x, SD 2.x or SDXL"
            )
        return identity

    @property
    def family(self) -> Family:
        """The family of the model."""
        family = self.identity.family
        if family is None:  # a renderable identity has one
            raise TensorFileError(f"{self.path} is of no known family")
        return family

    @cached_property
    def hints(self) -> Hints:
        """What lies beside the file.

        Raises:
            MezzotintError: it cannot be read, or the file itself is no model.
        """
        _ = self.identity  # first of all say what the file is
        try:
            channels = unet_channels(below(self.shapes, known.UNET))
        except TensorFileError as error:
            raise TensorFileError(f"{self.path}: {error}") from error
        return read_hints(self.path, channels)

    @property
    def text_parts(self) -> tuple[TextPart, ...]:
        """The text encoders that the family takes."""
        match self.family:
            case Family.SD1:
                return (TextPart("text_encoder", known.CLIP),)
            case Family.SD2:
                prefixes = (known.OPEN_CLIP, known.FIRST_OPEN_CLIP)
                prefix = next((p for p in prefixes if self.has(p)), known.OPEN_CLIP)
                return (TextPart("text_encoder", prefix, is_open_clip=True, without_last=True),)
            case Family.SDXL:
                second = TextPart("text_encoder_2", known.SDXL_OPEN_CLIP, is_open_clip=True, projects=True)
                return TextPart("text_encoder", known.SDXL_CLIP), second
        return (TextPart("text_encoder_2", known.FIRST_OPEN_CLIP, is_open_clip=True, projects=True),)

    @property
    def prediction(self) -> Prediction | None:
        """What the UNet predicts, ``None`` where only the UNet itself can tell, as in SD 2."""
        if self.hints.original_prediction is not None:
            return self.hints.original_prediction
        if V_MARK in self.shapes:
            return "v_prediction"
        if self.hints.folder_prediction is not None:
            return self.hints.folder_prediction
        return None if self.family is Family.SD2 else "epsilon"

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that the model was trained for, as far as that shows."""
        side = self.hints.folder.get("unet", {}).get("sample_size")
        if isinstance(side, int) and side > 0:
            return side * 8, side * 8
        if self.family.is_sdxl:
            return 1024, 1024
        is_larger = self.family is Family.SD2 and self.prediction == "v_prediction"
        return (768, 768) if is_larger else (512, 512)

    def has(self, prefix: str) -> bool:
        """Whether there are tensors whose names begin so."""
        return any(name.startswith(prefix) for name in self.shapes)

    def hash(self) -> str:
        """10 hex digits, for infotext field "Model hash"."""
        return model_hash(self.path)
