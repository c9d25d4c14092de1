"""Small random models: nothing here needs to mean anything, only to have every kind of layer."""

from dataclasses import dataclass
from typing import Any

import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection


@dataclass(frozen=True)
class Model:
    """The parts that networks change."""

    unet: Any
    text_encoders: tuple[Any, ...]

    def state(self) -> list[dict[str, torch.Tensor]]:
        """A copy of every weight."""
        return [
            {name: tensor.clone() for name, tensor in part.state_dict().items()}
            for part in (self.unet, *self.text_encoders)
        ]


def _unet(width: int, *, is_sdxl: bool) -> Any:
    more = {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 4,
        "projection_class_embeddings_input_dim": 32,
        "use_linear_projection": True,
    }
    up_first = "CrossAttnUpBlock2D" if is_sdxl else "UpBlock2D"
    return (
        UNet2DConditionModel(
            block_out_channels=(8, 16),
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D" if is_sdxl else "DownBlock2D"),
            up_block_types=(up_first, "CrossAttnUpBlock2D"),
            layers_per_block=2,
            cross_attention_dim=width,
            attention_head_dim=2,
            norm_num_groups=4,
            sample_size=8,
            **(more if is_sdxl else {}),
        )
        .eval()
        .requires_grad_(requires_grad=False)
    )


def _text(kind: Any, width: int, activation: str) -> Any:
    config = CLIPTextConfig(
        vocab_size=64,
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=16,
        bos_token_id=62,
        eos_token_id=63,
        hidden_act=activation,
    )
    return kind(config).eval().requires_grad_(requires_grad=False)


@pytest.fixture
def sd1() -> Model:
    torch.manual_seed(0)
    return Model(_unet(8, is_sdxl=False), (_text(CLIPTextModel, 8, "quick_gelu"),))


@pytest.fixture
def sd2() -> Model:
    torch.manual_seed(0)
    return Model(_unet(12, is_sdxl=False), (_text(CLIPTextModel, 12, "gelu"),))


@pytest.fixture
def sdxl() -> Model:
    torch.manual_seed(0)
    encoders = (_text(CLIPTextModel, 8, "quick_gelu"), _text(CLIPTextModelWithProjection, 12, "gelu"))
    return Model(_unet(20, is_sdxl=True), encoders)
