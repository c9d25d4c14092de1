"""The names of the programs that dialects stand for, as their makers write them."""

_NAMES = {
    "a1111": "A1111",
    "forge": "Forge",
    "comfy": "ComfyUI",
    "sdnext": "SD.Next",
    "invoke": "InvokeAI",
    "novelai": "NovelAI",
    "midjourney": "Midjourney",
}


def program(dialect: str) -> str:
    """The program that reads a dialect."""
    return _NAMES.get(dialect, dialect)
