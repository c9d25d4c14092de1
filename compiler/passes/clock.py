"""How the numbers of prompt editing become steps.

Source: behaviour of stable-diffusion-webui v1.10.1, ``modules/prompt_parser.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """How the numbers of ``[a:b:when]`` become steps.

    Attributes:
        steps: evaluations of the first pass.
        hires_steps: evaluations of the second pass when the text is for that one.
        old_timeline: fractions are what is below 1 (before version 1.6), not what has a point.
    """

    steps: int
    hires_steps: int | None = None
    old_timeline: bool = False

    @property
    def length(self) -> int:
        """Evaluations that the timeline covers."""
        if self.hires_steps is None or self.old_timeline:
            return self.steps
        return self.hires_steps

    def step(self, number: str) -> int:
        """The last step (from 1) at which the text before the switch is in force; may be below 1.

        Raises:
            OverflowError: the number is infinite.
        """
        value = float(number)
        if self.old_timeline:
            when = value * self.length if value < 1 else value
        else:
            second = self.hires_steps is not None
            if "." in number:
                when = (value - (1.0 if second else 0.0)) * self.length
            else:
                when = value - (self.steps if second else 0)
        return min(self.length, int(when))  # int truncates toward zero, as the reference does
