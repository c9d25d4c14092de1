"""A model on disk, in the folder layout of diffusers' pipelines: what is there, and its identity."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.models.families import Family
from mezzotint.runtime.models.single_file import SingleFile
from mezzotint.runtime.models.tensors import SUFFIXES

BUILTIN = "builtin"
COMPONENTS = ("unet", "vae", "text_encoder", "text_encoder_2")  # also the order that the model hash goes by
_STEMS = {
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
}
_TEXT_ENCODERS = COMPONENTS[2:]


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that holds everything a picture takes.

    Attributes:
        path: the folder.
        name: as infotext field "Model" names it.
    """

    path: Path
    name: str

    def config(self, component: str) -> dict[str, Any]:
        """Read a component's configuration.

        Raises:
            MezzotintError: it is absent or not JSON.
        """
        file = (
            self.path / component / ("scheduler_config.json" if component == "scheduler" else "config.json")
        )
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise MezzotintError(f"model {self.name!r} is incomplete: {file} is missing") from error
        except ValueError as error:
            raise MezzotintError(f"{file} is damaged, it is not JSON: download the model again") from error
        if not isinstance(content, dict):
            raise MezzotintError(f"{file} is damaged, it is not a JSON object: download the model again")
        return content

    @property
    def family(self) -> Family:
        """The family, as its configurations tell it.

        Raises:
            MezzotintError: they are missing or damaged.
        """
        if self.config("unet").get("addition_embed_type") == "text_time":
            return Family.SDXL if self.has("text_encoder") else Family.SDXL_REFINER
        # SD 1 took OpenAI's text encoder, which has this activation; SD 2 took OpenCLIP's.
        is_openai = self.config("text_encoder").get("hidden_act", "quick_gelu") == "quick_gelu"
        return Family.SD1 if is_openai else Family.SD2

    @property
    def text_components(self) -> tuple[str, ...]:
        """The text encoders it has; there is always one at least, be it missing."""
        return tuple(filter(self.has, _TEXT_ENCODERS)) or _TEXT_ENCODERS[:1]

    def has(self, component: str) -> bool:
        """Whether the folder has that component."""
        return (self.path / component).is_dir()

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that the model was trained for; 512x512 where it does not say."""
        side = self.config("unet").get("sample_size")
        height, width = side if isinstance(side, list) and len(side) == 2 else (side, side)
        if not (isinstance(width, int) and isinstance(height, int)):
            return 512, 512
        return width * 8, height * 8

    def weights(self, component: str) -> tuple[Path, ...]:
        """The weight files of a component, by name.

        Raises:
            MezzotintError: there are none in the safetensors format.
        """
        folder, stem = self.path / component, _STEMS[component]
        single = folder / f"{stem}.safetensors"
        found = (single,) if single.exists() else tuple(sorted(folder.glob(f"{stem}-*-of-*.safetensors")))
        if found:
            return found
        if any(folder.glob("*.bin")):
            raise MezzotintError(
                f"model {self.name!r} has pickled weights in {folder}, and reading those can run a stranger's"
                " code: convert the model to safetensors"
            )
        raise MezzotintError(f"model {self.name!r} is incomplete: {single} is missing")

    def hash(self) -> str:
        """Identify the weights: 10 hex digits, for infotext field "Model hash".

        SHA-256 over the SHA-256 digests (32 bytes each) of the weight files, in the order of
        :data:`COMPONENTS`, and by file name inside each.
        """
        total = sha256()
        for component in ("unet", "vae", *self.text_components):
            for file in self.weights(component):
                with file.open("rb") as stream:
                    total.update(_digest(stream))
        return total.hexdigest()[:10]


ModelSource: TypeAlias = ModelFolder | SingleFile


def find_model(name: str | Path = BUILTIN) -> ModelSource:
    """Find a model by its name ``builtin``, or by the path of its file or folder; nothing is ever downloaded.

    Raises:
        MezzotintError: it is not there, or neither.
    """
    if name == BUILTIN:
        from mezzotint.runtime.builtin import model_path  # its package data is looked up only when asked for

        folder = ModelFolder(model_path(), BUILTIN)
        if not folder.path.is_dir():
            raise MezzotintError(
                "the built-in model is missing from this installation: install mezzotint again"
            )
        return folder
    path = Path(name)
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise MezzotintError(f"{path} is not a model: a checkpoint ends in {', '.join(SUFFIXES)}")
        return SingleFile(path)
    if not path.is_dir():
        raise MezzotintError(
            f"no model at {path}: name a .safetensors checkpoint, a diffusers folder, or {BUILTIN!r}"
        )
    if not (path / "unet").is_dir():
        raise MezzotintError(f"{path} is not a model: a diffusers folder has a 'unet' folder inside")
    return ModelFolder(path, path.resolve().name)


def _digest(stream: Any) -> bytes:
    digest = sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.digest()
