"""Attention in float32 where the products of queries and keys are too large for half precision."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from mezzotint.runtime.models.families import Family


def needs_float32(family: Family, upcast_attention: bool | None, dtype: torch.dtype) -> bool:
    """Whether attention overflows: in float16, in SD 2 (its velocity models) and where a model says so.

    Args:
        family: of the model.
        upcast_attention: what the configuration of its UNet says.
        dtype: of the UNet; bfloat16 has float32's range.
    """
    return dtype is torch.float16 and (family is Family.SD2 or bool(upcast_attention))


class Float32Attention:
    """A diffusers attention processor for the UNets of Stable Diffusion, whose attentions have no norms or
    residuals of their own; what is projected keeps its type, as in the reference.

    Source: behaviour of stable-diffusion-webui v1.10.1 under "Upcast cross attention layer to float32".
    """

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        *_args: object,
        **_options: object,
    ) -> Tensor:
        """``(n, tokens, channels)`` to the same."""
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query = self._heads(attn.to_q(hidden_states), attn.heads)
        key, value = (self._heads(project(context), attn.heads) for project in (attn.to_k, attn.to_v))
        attended = scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        project, drop_out = attn.to_out
        result: Tensor = drop_out(project(attended.to(hidden_states.dtype)))
        return result

    @staticmethod
    def _heads(projected: Tensor, heads: int) -> Tensor:
        """``(n, tokens, channels)`` to ``(n, heads, tokens, channels of a head)`` float32."""
        n, tokens, channels = projected.shape
        return projected.view(n, tokens, heads, channels // heads).transpose(1, 2).float()
