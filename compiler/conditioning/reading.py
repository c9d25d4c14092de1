"""What a text model makes of one row of tokens."""

from typing import NamedTuple

from torch import Tensor


class Reading(NamedTuple):
    """``(tokens, channels)``, and ``(channels,)`` where the model pools; weights play no part in it."""

    hidden_states: Tensor
    pooled: Tensor | None = None
