"""Fields "Lora hashes" and "TI hashes": which files a picture was made with.

Source: behaviour of stable-diffusion-webui v1.10.1, ``extensions-builtin/Lora/extra_networks_lora.py`` and
``modules/sd_hijack_clip.py``.
"""

from collections.abc import Iterable, Mapping

from mezzotint.runtime.models.hashes import lora_hash
from mezzotint.runtime.networks.find import FoundLora


def lora_hashes(loras: Iterable[FoundLora]) -> str:
    """The value of "Lora hashes", empty where there are none to name.

    Args:
        loras: those of the first pass and then, where there is one, those of the second.

    Raises:
        TensorFileError: a file cannot be read.
    """
    pairs = {_cleaned(lora.tag.name): lora_hash(lora.path) for lora in loras}
    return ", ".join(f"{name}: {digest}" for name, digest in pairs.items())


def ti_hashes(calls: Iterable[Iterable[str]], hashes: Mapping[str, str]) -> str:
    """The value of "TI hashes", empty where there are none to name.

    What a call finds goes before what earlier ones found, and nothing is left out because it was named
    before: an embedding of SDXL stands there once for each text encoder.

    Args:
        calls: names of the embeddings used, for each time that texts went through an encoder: those of the
            negative prompt first, then those of each composed prompt.
        hashes: 12 hex digits for each name; an embedding without is left out.
    """
    entries: list[str] = []
    for names in calls:
        new = [f"{_cleaned(name)}: {hashes[name]}" for name in dict.fromkeys(names) if hashes.get(name)]
        entries = new + entries
    return ", ".join(entries)


def _cleaned(name: str) -> str:
    return name.replace(":", "").replace(",", "")
