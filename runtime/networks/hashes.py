"""Fields "Lora hashes" and "TI hashes": which files a picture was made with.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/extra_networks_lora.py`` and
``modules/sd_hijack_clip.py``.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from mezzotint.compiler.ir import A1111Weights, Branch, Program
from mezzotint.compiler.passes.chunk import COMMA_PADDING_BACKTRACK, EmbeddingNames, Tokenizer, chunk
from mezzotint.runtime.models.hashes import lora_hash
from mezzotint.runtime.networks.find import FoundLora
from mezzotint.runtime.networks.tags import cleaned


def lora_hashes(loras: Iterable[FoundLora]) -> str:
    """The value of "Lora hashes", empty where there are none to name.

    Args:
        loras: those of the first pass and then, where there is one, those of the second.

    Raises:
        TensorFileError: a file cannot be read.
    """
    pairs = {cleaned(lora.tag.name): lora_hash(lora.path) for lora in loras}
    return ", ".join(f"{name}: {digest}" for name, digest in pairs.items())


def read_lora_hashes(value: str) -> dict[str, str]:
    """The hashes in a value of "Lora hashes", by name."""
    pairs = (entry.partition(":") for entry in value.split(","))
    return {name.strip(): digest.strip() for name, _, digest in pairs if digest.strip()}


def ti_hashes(calls: Iterable[Iterable[str]], hashes: Mapping[str, str]) -> str:
    """The value of "TI hashes", empty where there are none to name.

    What a call finds goes before what earlier ones found, and nothing is left out because it was named
    before: an embedding of SDXL stands there once for each text encoder.

    Args:
        calls: see :func:`embedding_calls`.
        hashes: 12 hex digits for each name; an embedding without is left out.
    """
    entries: list[str] = []
    for names in calls:
        entries[:0] = [f"{cleaned(name)}: {hashes[name]}" for name in dict.fromkeys(names) if name in hashes]
    return ", ".join(entries)


def embedding_calls(
    program: Program,
    encoders: Sequence[tuple[Tokenizer, EmbeddingNames | None]],
    *,
    comma_padding_backtrack: int = COMMA_PADDING_BACKTRACK,
) -> list[list[str]]:
    """The embeddings used each time that the reference sends texts through an encoder.

    That is the negative prompt and then each distinct composed prompt, with all its steps at once. It
    records nothing of the second pass, and nothing where weights are read in the old way.

    Args:
        program: of the first pass.
        encoders: tokenizer and known names for each text encoder of the model.
        comma_padding_backtrack: as in :func:`mezzotint.compiler.passes.chunk.chunk`.
    """
    if isinstance(program.interpretation, A1111Weights) and program.interpretation.old:
        return []
    positive = {branch.timeline: branch for branch in program.positive}
    return [
        _names(branch, tokenizer, names, comma_padding_backtrack)
        for branch in (program.negative, *positive.values())
        for tokenizer, names in encoders
    ]


def _names(
    branch: Branch, tokenizer: Tokenizer, names: EmbeddingNames | None, comma_padding_backtrack: int
) -> list[str]:
    """Those of all first chunks, then those of all second chunks, and so on."""
    texts = [
        chunk(
            entry.pieces, tokenizer, comma_padding_backtrack=comma_padding_backtrack, embeddings=names
        ).chunks
        for entry in branch.timeline
    ]
    columns = zip_longest(*texts)
    return [fix.name for column in columns for found in column if found for fix in found.fixes]
