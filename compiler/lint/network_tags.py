"""What rules ask of a network's tag.

Source: behaviour of stable-diffusion-webui v1.10.1, whose own networks are called ``lora``, ``lyco`` and
``hypernet``.
"""

from mezzotint.grammar.nodes import Network

LORAS = ("lora", "lyco")
KINDS = (*LORAS, "hypernet")
_MULTIPLIERS = ("te", "unet")


def name_of(node: Network) -> str:
    """The network's name: the first argument without a key."""
    return next((a for a in node.arguments if a.count("=") != 1), "")


def multipliers(node: Network) -> list[str]:
    """The numbers that weigh it, as written: of the text encoder, of the UNet, and by key."""
    positional = [a for a in node.arguments if a.count("=") != 1][1:3]
    named = [a.partition("=") for a in node.arguments if a.count("=") == 1]
    return [*positional, *(value for key, _, value in named if key in _MULTIPLIERS)]


def number(text: str) -> float | None:
    """The number that a text is to Python; ``None`` if it is none."""
    try:
        return float(text)
    except ValueError:
        return None
