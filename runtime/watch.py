"""What is told of a picture while it is made, and how its making is stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PIL.Image import Image
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError

OnStep: TypeAlias = Callable[[int, int], "bool | None"]
"""``on_step(step, total)``: ``step`` of ``total`` are done; 0 before the first; returning ``True`` stops."""

OnPreview: TypeAlias = Callable[[int, Image], None]
"""``on_preview(step, image)``: the picture as the model sees it at a step, decoded in full."""


class StoppedError(MezzotintError):
    """A callback asked to stop; the picture was not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told, and of what.

    Attributes:
        on_step: of every step.
        on_preview: of every ``preview_every``-th step; decoding costs about as much as evaluating the
            network once. Neither changes a bit of the picture.
        preview_every: steps from one preview to the next.
    """

    on_step: OnStep | None = None
    on_preview: OnPreview | None = None
    preview_every: int = 5


class StepCounter:
    """Turns the noise levels of evaluations into completed steps.

    Args:
        levels: of the steps of one pass, falling, and the last one's target.
        on_step: told of the progress.
        on_denoised: ``(step, latents)``, told of the model's first estimate of every step.
    """

    def __init__(
        self,
        levels: Tensor,
        on_step: OnStep | None = None,
        on_denoised: Callable[[int, Tensor], None] | None = None,
    ) -> None:
        self._levels, self._on_step, self._on_denoised = levels[:-1], on_step, on_denoised
        self._done = self._shown = -1

    def reach(self, level: Tensor) -> None:
        """An evaluation at ``level`` begins: all steps that start above it are done.

        Raises:
            StoppedError: the callback says so.
        """
        done = int((self._levels > level * 1.00001).sum())
        if done > self._done:
            self._tell(done)

    def show(self, denoised: Callable[[], Tensor]) -> None:
        """The evaluation that :meth:`reach` announced says so; it is computed only if anybody looks."""
        if self._on_denoised is not None and self._done > self._shown:
            self._shown = self._done
            self._on_denoised(self._done, denoised())

    def finish(self) -> None:
        """All steps are done."""
        if self._done < len(self._levels):
            self._tell(len(self._levels))

    def _tell(self, done: int) -> None:
        self._done = done
        if self._on_step is not None and self._on_step(done, len(self._levels)):
            raise StoppedError("stopped before the picture was finished")
