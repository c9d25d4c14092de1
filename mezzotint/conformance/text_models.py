"""The small text models that the suites of conditioning were made with."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import CLIPTextConfig, T5Config
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection
from transformers.models.t5.modeling_t5 import T5EncoderModel

from mezzotint.conformance.suite import ConformanceError
from mezzotint.conformance.tensors import TensorFile

_CLIP_TABLE = "text_model.embeddings.token_embedding.weight"
_T5_TABLE = "shared.weight"


def load_clip(folder: Path, device: str) -> nn.Module:
    """A CLIP text model, with a projection where its configuration says so.

    Raises:
        ConformanceError: a file of the folder is missing or damaged.
    """
    settings = _config(folder)
    config = CLIPTextConfig(**settings)
    has_projection = settings["architectures"] == ["CLIPTextModelWithProjection"]
    model: nn.Module = (CLIPTextModelWithProjection if has_projection else CLIPTextModel)(config)
    weights = _weights(folder, _CLIP_TABLE, config.vocab_size)
    if not any(key.startswith("text_model.") for key in model.state_dict()):  # transformers 5
        weights = {key.removeprefix("text_model."): value for key, value in weights.items()}
    model.load_state_dict(weights)
    return model.eval().to(device)


def load_t5(folder: Path, device: str) -> nn.Module:
    """A T5 encoder.

    Raises:
        ConformanceError: a file of the folder is missing or damaged.
    """
    config = T5Config(**_config(folder))
    model: nn.Module = T5EncoderModel(config)
    weights = _weights(folder, _T5_TABLE, config.vocab_size)
    weights.setdefault("encoder.embed_tokens.weight", weights[_T5_TABLE])  # the same tensor
    model.load_state_dict(weights)
    return model.eval().to(device)


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConformanceError(f"{path}: cannot be read ({error}); fetch the vectors again") from error
    return found


def _weights(folder: Path, table: str, vocabulary: int) -> dict[str, Tensor]:
    """The model's tensors; token rows that a compact copy leaves out are NaN, so that reading one shows."""
    stored = TensorFile(folder / "model.safetensors")
    weights = {name: stored[name] for name in stored.names()}
    token_ids = weights.pop("token_ids", None)
    if token_ids is not None:
        rows = weights[table]
        weights[table] = torch.full((vocabulary, rows.shape[1]), torch.nan)
        weights[table][token_ids.long()] = rows
    return weights
