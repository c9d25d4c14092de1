"""What lies beside a checkpoint and says what its tensors do not: head counts and the kind of prediction.

Three places are looked at: ``NAME.yaml``, the configuration in the original code's form, as the reference
also finds it; ``NAME-g.json``, OpenCLIP's; and a folder ``config`` in diffusers' layout, which counts only
where its UNet is as wide as the checkpoint's, since it may belong to a neighbour.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from mezzotint.grammar.errors import MezzotintError

Prediction: TypeAlias = Literal["epsilon", "v_prediction"]
MAX_BYTES = 1 << 16  # published ones have a twentieth of that


class HintError(MezzotintError):
    """A configuration beside a checkpoint cannot be read."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Facts from configurations beside a checkpoint; empty where there are none.

    Attributes:
        unet: ``num_heads`` or ``num_head_channels``, as the original code names them.
        original_prediction: what the UNet predicts, as ``NAME.yaml`` says.
        open_clip: OpenCLIP's ``text_cfg``.
        folder: diffusers' configurations by component.
    """

    unet: Mapping[str, int] = field(default_factory=dict)
    original_prediction: Prediction | None = None
    open_clip: Mapping[str, Any] = field(default_factory=dict)
    folder: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def folder_prediction(self) -> Prediction | None:
        """What the UNet predicts, as the folder says."""
        match self.folder.get("scheduler", {}).get("prediction_type"):
            case "epsilon":
                return "epsilon"
            case "v_prediction":
                return "v_prediction"
        return None

    def text_heads(self, component: str, width: int, *, is_open_clip: bool) -> int | None:
        """The attention heads of a text encoder of ``width`` channels, where something says them."""
        places = [(self.folder.get(component, {}), "hidden_size", "num_attention_heads")]
        if is_open_clip:
            places.append((self.open_clip, "width", "heads"))
        for place, width_key, heads_key in places:
            heads = place.get(heads_key)
            if place.get(width_key) == width and isinstance(heads, int) and heads > 0:
                return heads
        return None


def read_hints(checkpoint: Path, channels: list[int]) -> Hints:
    """Look beside a checkpoint whose UNet has these channels at its resolutions.

    Raises:
        HintError: a configuration is there but cannot be read.
    """
    original = _read_yaml(checkpoint.with_suffix(".yaml"))
    folder = {name: _read_json(file) for name, file in _folder_files(checkpoint.parent / "config")}
    is_ours = folder["unet"].get("block_out_channels") == channels
    open_clip = _read_json(checkpoint.with_name(f"{checkpoint.stem}-g.json")).get("text_cfg")
    return Hints(
        _unet_heads(original),
        _original_prediction(original),
        open_clip if isinstance(open_clip, dict) else {},
        folder if is_ours else {},
    )


def _folder_files(folder: Path) -> Iterator[tuple[str, Path]]:
    for component in ("unet", "text_encoder", "text_encoder_2"):
        yield component, folder / component / "config.json"
    yield "scheduler", folder / "scheduler" / "scheduler_config.json"


def _unet_heads(original: Mapping[str, Any]) -> dict[str, int]:
    """The two ways in which the original code counts heads; -1 stands for "the other way"."""
    part = _at(original, "model", "params", "unet_config", "params")
    part = part or _at(original, "model", "params", "network_config", "params")
    found = {key: part.get(key) for key in ("num_heads", "num_head_channels")}
    return {key: value for key, value in found.items() if isinstance(value, int) and value > 0}


def _original_prediction(original: Mapping[str, Any]) -> Prediction | None:
    params = _at(original, "model", "params")
    if not params:
        return None
    scaling = _at(params, "denoiser_config", "params", "scaling_config").get("target", "")
    is_velocity = params.get("parameterization") == "v" or str(scaling).endswith(".VScaling")
    return "v_prediction" if is_velocity else "epsilon"


def _at(tree: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for key in path:
        below = tree.get(key)
        if not isinstance(below, dict):
            return {}
        tree = below
    return tree


def _read_json(file: Path) -> Mapping[str, Any]:
    data = _read(file)
    if data is None:
        return {}
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise HintError(f"{file} is not JSON: correct it, or move it away from the model") from error
    return content if isinstance(content, dict) else {}


def _read_yaml(file: Path) -> Mapping[str, Any]:
    data = _read(file)
    if data is None:
        return {}
    import yaml  # comes with rendering; listing files without a configuration does without

    try:
        content = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise HintError(f"{file} is not YAML: correct it, or move it away from the model") from error
    return content if isinstance(content, dict) else {}


def _read(file: Path) -> bytes | None:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise HintError(f"cannot read {file}: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise HintError(f"{file} is too large for a configuration: move it away from the model")
    return data
