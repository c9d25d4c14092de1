"""A second model that takes over on the way: the refiner."""

from collections.abc import Callable

from torch import Tensor

from mezzotint.runtime.guidance import Guidance


class Relay:
    """A guided model that another one takes over from; the count of evaluations goes on.

    Args:
        first: the one to begin with.
        is_due: whether the other is to take over, by the number of evaluations so far and the noise level.
        other: makes the other.

    Source: stable-diffusion-webui ``modules/sd_samplers_common.py``.
    """

    def __init__(
        self, first: Guidance, is_due: Callable[[int, Tensor], bool], other: Callable[[], Guidance]
    ) -> None:
        self._guidance, self._is_due = first, is_due
        self._other: Callable[[], Guidance] | None = other

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        """See :meth:`mezzotint.runtime.guidance.Guidance.__call__`."""
        return self.both(x, level)[0]

    def both(self, x: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
        """See :meth:`mezzotint.runtime.guidance.Guidance.both`."""
        if self._other is not None and self._is_due(self._guidance.evaluations, level):
            taking_over = self._other()
            taking_over.evaluations = self._guidance.evaluations
            self._guidance, self._other = taking_over, None
        return self._guidance.both(x, level)
