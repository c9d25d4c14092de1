"""The prompts of every pass, encoded by the model while its networks are merged into it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeAlias

from torch import Tensor

from mezzotint.compiler.conditioning.clip import Encoder
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


class Passes:
    """The passes of a program, on a model with the networks that each of them names.

    What cannot be found or does not fit is left out, as in the reference, and told of.

    Args:
        model: what encodes and samples.
        program: the prompts.
        settings: of the picture.
        networks: where the networks are.
    """

    def __init__(
        self, model: LoadedModel, program: Program, settings: RenderSettings, networks: Networks
    ) -> None:
        self._model, self._program, self._settings, self._networks = model, program, settings, networks
        self._problems: dict[str, None] = {}  # each once, in order

    @property
    def problems(self) -> tuple[str, ...]:
        """What was left out so far, and why, in words."""
        return tuple(self._problems)

    @property
    def first(self) -> Opener:
        """Opens the first pass."""
        size = self._settings.width, self._settings.height
        return partial(self._opened, self._program, self._found, size)

    @property
    def second(self) -> Opener | None:
        """Opens the second pass, if there is one; it is told the size before cropping."""
        second, hires = self._program.hires, self._settings.hires
        if second is None or hires is None:
            return None
        large = target(self._settings.width, self._settings.height, hires)
        return partial(self._opened, second, self._found_second, (large.width, large.height))

    def hashes(self) -> tuple[str, str]:
        """The values of "Lora hashes" and "TI hashes"; empty where there are none to name.

        Raises:
            MezzotintError: a file cannot be read.
        """
        loras = (*self._found.loras, *self._found_second.loras)
        bundled = bundled_embeddings(self._found.loras)
        encoder = self._encoder(self._found)
        calls = embedding_calls(self._program, [(t.tokenizer, t.names) for t in encoder.towers])
        names = {name for call in calls for name in call}
        known = {name: label for name, (_, label) in bundled.items()}
        known |= self._networks.embeddings.hashes(names, self._channels)
        return lora_hashes(loras), ti_hashes(calls, known)

    @contextmanager
    def _opened(self, program: Program, found: Found, size: tuple[int, int]) -> Iterator[Encoded]:
        empty = self._empty(size)  # of the bare model: the reference encodes it when it loads one
        self._tell(found.problems)
        with applied(self._model, found, strict=False) as effects:
            for effect in effects:
                self._tell(effect.problems)
            conditioning = self._model.encode(
                program, clip_skip=self._settings.clip_skip, size=size, embeddings=self._embeddings(found)
            )
            yield Encoded(conditioning, empty)

    def _empty(self, size: tuple[int, int]) -> Tensor | None:
        if not self._settings.pad_conds:
            return None
        nothing = self._model.encode(compile_prompt(""), clip_skip=self._settings.clip_skip, size=size)
        return nothing.positive[0].timeline[0].hidden_states

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

    def _embeddings(self, found: Found) -> list[Embedding]:
        """Those of LoRA files, and then those of folders, which go first in the reference."""
        bundled = [e for e, _ in bundled_embeddings(found.loras).values() if e.channels == self._channels]
        return [*bundled, *self._networks.embeddings.fitting(self._channels)]

    def _encoder(self, found: Found) -> Encoder:
        return choose_encoder(self._model.family, self._model.text_encoders, self._embeddings(found))

    @cached_property
    def _channels(self) -> tuple[int, ...]:
        return tuple(int(encoder.config.hidden_size) for encoder in self._model.text_encoders)
