"""Token weights applied to a text encoder's output."""

from typing import assert_never

from torch import Tensor

from mezzotint.compiler.ir import Emphasis


def emphasise(hidden_states: Tensor, weights: Tensor, emphasis: Emphasis) -> Tensor:
    """Scale each token by its weight; shape and dtype are kept.

    Args:
        hidden_states: ``(batch, tokens, channels)``, floating point: the same chunk of every text of one
            timeline.
        weights: ``(batch, tokens)`` float32; 1 leaves a token as it is.
        emphasis: ``ORIGINAL`` then restores the mean, ``NO_NORM`` does not, the others scale nothing.

    Raises:
        ValueError: the two shapes disagree.

    Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/sd_emphasis.py``.
    """
    if weights.shape != hidden_states.shape[:2]:
        raise ValueError(f"weights {tuple(weights.shape)} do not fit {tuple(hidden_states.shape)}")
    match emphasis:
        case Emphasis.IGNORE | Emphasis.NONE:
            return hidden_states
        case Emphasis.NO_NORM | Emphasis.ORIGINAL:
            # Half precision is scaled in float32, as there: the weights are float32.
            scaled = hidden_states * weights.to(hidden_states.device).unsqueeze(-1)
            if emphasis is Emphasis.ORIGINAL:
                # One mean over the batch: a weight in one text scales the other texts of its timeline,
                # and a mean per text would change the reference's pictures.
                scaled = scaled * (hidden_states.mean() / scaled.mean())
            return scaled.to(hidden_states.dtype)
        case _:
            assert_never(emphasis)
