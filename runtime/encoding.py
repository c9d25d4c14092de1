"""The prompts of every pass, encoded by the model while its networks are merged into it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TypeAlias

from torch import Tensor

from mezzotint.compiler.conditioning.embeddings import Embedding
from mezzotint.compiler.conditioning.types import Conditioning
from mezzotint.compiler.ir import Program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.models.loader import LoadedModel
from mezzotint.runtime.models.text import choose_encoder
from mezzotint.runtime.networks.apply import applied
from mezzotint.runtime.networks.embeddings import EmbeddingLibrary, bundled_embeddings
from mezzotint.runtime.networks.find import Found, find_networks
from mezzotint.runtime.networks.hashes import embedding_calls, lora_hashes, ti_hashes
from mezzotint.runtime.networks.library import NetworkLibrary
from mezzotint.runtime.passes.target import target
from mezzotint.runtime.record.files import FileRole


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What one pass is told.

    Attributes:
        conditioning: the prompts.
        empty: ``(tokens, channels)`` of the encoded empty prompt, if the settings ask for it.
    """

    conditioning: Conditioning
    empty: Tensor | None = None


Opener: TypeAlias = Callable[[], AbstractContextManager[Encoded]]
"""Begins a pass: while it is open, the model is as the pass wants it."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How a pass is told.

    Attributes:
        opener: for the model.
        refiner: for the one that takes over, if any does.
    """

    opener: Opener
    refiner: Opener | None = None


@dataclass(slots=True)
class Networks:
    """What a user has to put beside a model.

    Attributes:
        loras: LoRA and its kin.
        hypernets: hypernetworks.
        embeddings: textual inversion.
    """

    loras: NetworkLibrary = field(default_factory=lambda: NetworkLibrary(()))
    hypernets: NetworkLibrary = field(default_factory=lambda: NetworkLibrary(()))
    embeddings: EmbeddingLibrary = field(default_factory=lambda: EmbeddingLibrary(()))


@dataclass(frozen=True, slots=True)
class Hashes:
    """What an infotext says of networks.

    Attributes:
        loras, embeddings: the values of "Lora hashes" and "TI hashes"; empty where there are none to name.
        emphasis_first: "Emphasis" stands before "TI hashes": the negative prompt, which the reference
            encodes first, is the one that has weights, and it has no embeddings.
    """

    loras: str = ""
    embeddings: str = ""
    emphasis_first: bool = False


class Passes:
    """The passes of a program, on a model with the networks that each of them names.

    What cannot be found or does not fit is left out, as in the reference, and told of.

    Args:
        model: what encodes and samples.
        program: the prompts.
        settings: of the picture.
        networks: where the networks are.
        refiner: the model that takes over, if the settings ask for one.
    """

    def __init__(
        self,
        model: LoadedModel,
        program: Program,
        settings: RenderSettings,
        networks: Networks,
        refiner: LoadedModel | None = None,
    ) -> None:
        self._model, self._program, self._settings, self._networks = model, program, settings, networks
        self._refiner = None if settings.refiner is None else refiner
        self._problems: dict[str, None] = {}  # each once, in order

    @property
    def problems(self) -> tuple[str, ...]:
        """What was left out so far, and why, in words."""
        return tuple(self._problems)

    @property
    def first(self) -> Plan:
        """The first pass."""
        size = self._settings.width, self._settings.height
        refined = self._settings.hires is None or self._refines("first pass")
        return self._plan(self._program, self._found, size, refined=refined)

    @property
    def second(self) -> Plan | None:
        """The second pass, if there is one; it is told the size before cropping."""
        second, hires = self._program.hires, self._settings.hires
        if second is None or hires is None:
            return None
        large = target(self._settings.width, self._settings.height, hires)
        size = large.width, large.height
        return self._plan(second, self._found_second, size, refined=self._refines("second pass"))

    def _refines(self, name: str) -> bool:
        refiner = self._settings.refiner
        return refiner is not None and refiner.acts_in in (name, "both passes")

    def _plan(self, program: Program, found: Found, size: tuple[int, int], *, refined: bool) -> Plan:
        opener = partial(self._opened, self._model, program, found, size)
        if self._refiner is None or not refined:
            return Plan(opener)
        return Plan(opener, partial(self._opened, self._refiner, program, found, size))

    def hashes(self) -> Hashes:
        """What the infotext says of the networks.

        Raises:
            MezzotintError: a file cannot be read.
        """
        loras = (*self._found.loras, *self._found_second.loras)
        bundled = bundled_embeddings(self._found.loras)
        calls = self._calls(self._program, self._found)
        names = {name for call in calls for name in call}
        known = {name: label for name, (_, label) in bundled.items()}
        known |= self._networks.embeddings.hashes(names, _channels(self._model))
        in_negative = any(calls[: len(self._model.text_encoders)])
        texts = [entry.text for entry in self._program.negative.timeline]
        weighs_first = not in_negative and any("(" in text or "[" in text for text in texts)
        return Hashes(lora_hashes(loras), ti_hashes(calls, known), emphasis_first=weighs_first)

    def files(self) -> tuple[tuple[FileRole, str, Path], ...]:
        """The networks and embeddings of both passes: role, name in the prompt, file; each once.

        Raises:
            MezzotintError: a file cannot be read.
        """
        used: list[tuple[FileRole, str, Path]] = []
        known = self._networks.embeddings.paths(_channels(self._model))
        for program, found in ((self._program, self._found), (self._program.hires, self._found_second)):
            used += [(FileRole.LORA, one.tag.name, one.path) for one in found.loras]
            used += [(FileRole.HYPERNETWORK, one.tag.name, one.path) for one in found.hypernets]
            calls = self._calls(program, found) if known and program is not None else []
            names = {name for call in calls for name in call}
            used += [(FileRole.EMBEDDING, name, known[name]) for name in sorted(names & known.keys())]
        return tuple(dict.fromkeys(used))

    def _calls(self, program: Program, found: Found) -> list[list[str]]:
        """The embeddings that a pass names, for each text that is sent through an encoder."""
        embeddings = self._embeddings(self._model, found)
        encoder = choose_encoder(self._model.family, self._model.text_encoders, embeddings)
        return embedding_calls(program, [(t.tokenizer, t.names) for t in encoder.towers])

    @contextmanager
    def _opened(
        self, model: LoadedModel, program: Program, found: Found, size: tuple[int, int]
    ) -> Iterator[Encoded]:
        skip = self._settings.clip_skip
        empty = None
        if self._settings.pad_conds:  # of the bare model: the reference encodes it when it loads one
            nothing = model.encode(compile_prompt(""), clip_skip=skip, size=size)
            empty = nothing.positive[0].timeline[0].hidden_states
        self._tell(found.problems)
        with applied(model, found, strict=False) as effects:
            for effect in effects:
                self._tell(effect.problems)
            embeddings = self._embeddings(model, found)
            yield Encoded(model.encode(program, clip_skip=skip, size=size, embeddings=embeddings), empty)

    def _tell(self, problems: Sequence[str]) -> None:
        self._problems.update(dict.fromkeys(problems))

    @cached_property
    def _found(self) -> Found:
        return self._find(self._program)

    @cached_property
    def _found_second(self) -> Found:
        return Found() if self._program.hires is None else self._find(self._program.hires)

    def _find(self, program: Program) -> Found:
        return find_networks(program.networks, self._networks.loras, self._networks.hypernets, strict=False)

    def _embeddings(self, model: LoadedModel, found: Found) -> list[Embedding]:
        """Those of LoRA files, and then those of folders, which go first in the reference."""
        channels = _channels(model)
        bundled = [e for e, _ in bundled_embeddings(found.loras).values() if e.channels == channels]
        return [*bundled, *self._networks.embeddings.fitting(channels)]


def _channels(model: LoadedModel) -> tuple[int, ...]:
    """The widths of a model's text encoders."""
    return tuple(int(encoder.config.hidden_size) for encoder in model.text_encoders)
