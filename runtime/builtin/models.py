"""The built-in model's untrained parts, in the shipped sizes."""

from typing import Any

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel

from mezzotint.runtime.builtin.tokens import BOS, CHUNK, EOS

TEXT_WIDTH = 64


def build_unet() -> UNet2DConditionModel:
    """Return an untrained UNet over 4-channel latents."""
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=(32, 64, 96),
        layers_per_block=1,
        norm_num_groups=8,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=4,
    )


def build_text_encoder(vocabulary_size: int) -> CLIPTextModel:
    """Return an untrained text encoder.

    A1111 divides by the mean of the output: the final norm's bias keeps that away from zero.
    """
    config = CLIPTextConfig(
        vocab_size=vocabulary_size,
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=CHUNK,
        hidden_act="quick_gelu",
        bos_token_id=BOS,
        eos_token_id=EOS,
        pad_token_id=EOS,
    )
    text_encoder = CLIPTextModel(config)
    body = text_body(text_encoder)
    torch.nn.init.normal_(body.embeddings.token_embedding.weight, std=0.3)
    torch.nn.init.normal_(body.embeddings.position_embedding.weight, std=0.1)
    torch.nn.init.constant_(body.final_layer_norm.bias, 0.3)
    return text_encoder


def text_body(text_encoder: CLIPTextModel) -> Any:
    """Return the module that holds the embeddings and the final norm; its place varies by release."""
    return getattr(text_encoder, "text_model", text_encoder)


def encode_text(text_encoder: CLIPTextModel, input_ids: Tensor) -> tuple[Tensor, Tensor]:
    """Return the last hidden states and those of clip skip 2, both after the final norm.

    Args:
        input_ids: ``(batch, 77)``, int64.

    Returns:
        Two tensors ``(batch, 77, channels)``.
    """
    output = text_encoder(input_ids=input_ids, output_hidden_states=True)
    norm = text_body(text_encoder).final_layer_norm
    return output.last_hidden_state, norm(output.hidden_states[-2])


def build_scheduler() -> DDIMScheduler:
    """Return Stable Diffusion 1's noise schedule."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="epsilon",
        steps_offset=1,
        clip_sample=False,
        set_alpha_to_one=False,
    )
