"""What a prompt is written for, and what is known there: all that a rule knows besides the text."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from mezzotint.grammar.errors import MezzotintError

if TYPE_CHECKING:
    from mezzotint.compiler.lint.listed import Listed
    from mezzotint.grammar.infotext.record import Infotext

CLIP_FAMILIES = ("sd1", "sd2", "sdxl", "pony", "illustrious")
T5_FAMILIES = ("sd3", "flux", "flux-schnell", "pixart", "pixart-sigma")
LLM_FAMILIES = ("qwen", "z-image", "krea")
FAMILIES = (*CLIP_FAMILIES, *T5_FAMILIES, *LLM_FAMILIES)
DIALECTS = ("a1111", "forge", "comfy", "sdnext", "compel", "invoke", "diffusers", "novelai", "midjourney")
UNWEIGHED = dict.fromkeys(LLM_FAMILIES)
"""Severities of rules about brackets: off where every program gives the encoder the text as it is written."""
A1111_LANGUAGE = ("a1111", "forge", "sdnext")
"""Dialects with schedules, composition, ``BREAK`` and networks as A1111 has them."""
WITH_WEIGHTS = (*A1111_LANGUAGE, "comfy")
"""Dialects that read ``(text:1.2)``."""

_SECOND_ORDER = frozenset({"Heun", "DPM2", "DPM2 a", "DPM++ 2S a", "DPM++ SDE", "Restart"})


class ContextError(MezzotintError):
    """A target that no rule knows."""


class Context(NamedTuple):  # to define a dataclass would take a tenth of the time of a small check
    """What the rules are told. ``None`` is "not known": what needs it is then not checked, never guessed.

    Attributes:
        family: of the model, one of :data:`FAMILIES`; unknown is taken for SD 1.
        dialect: of the program that will read the prompt, one of :data:`DIALECTS`.
        steps: evaluations of the first pass.
        hires_steps: evaluations of the second pass; 0 where there is none.
        networks: names of the networks at hand, each with the family it was made for, or ``""``.
        embeddings: names of the embeddings at hand.
        wildcards: names of the wildcard files at hand.
        tags: tags of the model's training data, with spaces, in lower case.
        is_executed: whether a picture was made from the prompt, so that all wildcards should be filled in.
        rules: those to run; default are the ones that are on by default.
    """

    family: str | None = None
    dialect: str = "a1111"
    steps: int | None = None
    hires_steps: int | None = None
    networks: Mapping[str, str] | None = None
    embeddings: Collection[str] | None = None
    wildcards: Collection[str] | None = None
    tags: Collection[str] | None = None
    is_executed: bool = False
    rules: "tuple[Listed, ...] | None" = None

    def require_known(self) -> None:
        """Refuse names that no rule knows.

        Raises:
            ContextError: no such family or dialect.
        """
        for value, known, what in (
            (self.family or "sd1", FAMILIES, "model family"),
            (self.dialect, DIALECTS, "dialect"),
        ):
            if value not in known:
                raise ContextError(f'no {what} is called "{value}"; known are {", ".join(known)}')

    @property
    def model(self) -> str:
        """The family, SD 1 where it is not known."""
        return self.family or "sd1"

    @property
    def is_home(self) -> bool:
        """Whether A1111's language is read by A1111 or Forge, for a model with CLIP encoders only."""
        return self.dialect in ("a1111", "forge") and self.model in CLIP_FAMILIES

    def with_rules(self, rules: "tuple[Listed, ...]") -> "Context":
        """The same context for other rules."""
        return self._replace(rules=rules)

    def of(self, infotext: "Infotext") -> "Context":
        """The context with what an infotext says about the run; what was told before wins."""
        hires = _whole(infotext.get("Hires steps"))
        if hires is None and "Hires upscale" not in infotext and "Hires upscaler" not in infotext:
            hires = 0
        return self._replace(
            family=self.family or _family(infotext),
            steps=self.steps or _evaluations(infotext),
            is_executed=True,
            hires_steps=hires if self.hires_steps is None else self.hires_steps,
        )


HOME = Context()
"""A1111 and SD 1, and nothing else known."""


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _evaluations(infotext: "Infotext") -> int | None:
    """How often the model is asked in the first pass: twice a step by samplers of the second order."""
    steps = _whole(infotext.get("Steps"))
    name = (infotext.get("Sampler") or "").removesuffix(" Karras")
    return steps * 2 if steps and name in _SECOND_ORDER else steps


def _family(infotext: "Infotext") -> str | None:
    """The family that a model's name gives away; few names do."""
    name = (infotext.get("Model") or "").casefold()
    if "schnell" in name:
        return "flux-schnell"
    for sign, family in (
        ("flux", "flux"),
        ("pony", "pony"),
        ("illustrious", "illustrious"),
        ("noobai", "illustrious"),
        ("sdxl", "sdxl"),
        ("sd3", "sd3"),
        ("qwen", "qwen"),
    ):
        if sign in name:
            return family
    return "flux" if "Distilled CFG Scale" in infotext else None
