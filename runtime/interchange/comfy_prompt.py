"""A compiled prompt as ComfyUI's conditioning nodes.

Source: ComfyUI ``comfy/sd1_clip.py`` (``token_weights``, escapes) and ``nodes.py`` (what nodes combine).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mezzotint.compiler.ir import Branch, Break, Entry, Piece, Segment
from mezzotint.runtime.interchange.recipe import Recipe

Link = list[Any]
Add = Callable[..., Link]

_MAX_ENTRIES = 32  # an alternation has as many texts as steps; more nodes than these nobody reads
_BRACKETS = re.compile(r"([()])")
_WEIGHTS = (
    "weights act differently: ComfyUI moves a word away from the empty prompt, "
    "and A1111 multiplies its vectors and restores their mean"
)


def comfy_text(pieces: Iterable[Piece], embeddings: Sequence[str] = ()) -> str:
    """Weighted segments in ComfyUI's words: ``[x]`` is ``(x:0.9091)``, and literal brackets are escaped."""
    written = []
    for piece in pieces:
        if isinstance(piece, Break):
            continue
        text = _BRACKETS.sub(r"\\\1", _with_embeddings(piece.text, embeddings))
        # A backslash would escape the bracket behind it.
        text = f"{text} " if text.endswith("\\") else text
        written.append(text if piece.weight == 1.0 or not text else f"({text}:{_number(piece.weight)})")
    return "".join(written)


def _with_embeddings(text: str, names: Sequence[str]) -> str:
    if not names:
        return text
    words = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
    return words.sub(r"embedding:\1", text)


def _number(weight: float) -> str:
    """The weight in as few digits as keep it to a ten thousandth."""
    return f"{weight:.4f}".rstrip("0").rstrip(".")


def add_branches(recipe: Recipe, add: Add, clip: Link, branches: Sequence[Branch], steps: int) -> Link:
    """The nodes of a prompt, and of the parts that ``AND`` composes."""
    if len(branches) > 1:
        recipe.note("AND adds up what its parts ask for, with their weights; ComfyUI takes the mean")
    names = re.findall(r"([^,:]+):", recipe.get("TI hashes") or "")
    embeddings = [name.strip() for name in names if name.strip()]
    found = [_add_branch(recipe, add, clip, branch, steps, embeddings) for branch in branches]
    return _combined(add, found)


def _combined(add: Add, parts: Sequence[Link]) -> Link:
    result = parts[0]
    for part in parts[1:]:
        result = add("ConditioningCombine", conditioning_1=result, conditioning_2=part)
    return result


def _add_branch(
    recipe: Recipe, add: Add, clip: Link, branch: Branch, steps: int, embeddings: Sequence[str]
) -> Link:
    entries = branch.timeline
    if len(entries) == 1:
        return _add_entry(recipe, add, clip, entries[0], embeddings)
    if len(entries) > _MAX_ENTRIES:
        recipe.note(f"the prompt changes {len(entries)} times: only its first text goes along")
        return _add_entry(recipe, add, clip, entries[0], embeddings)
    recipe.note(
        "the prompt changes at shares of the noise, which are those of the steps on a uniform schedule"
    )
    parts, start = [], 0.0
    for entry in entries:
        end = 1.0 if entry is entries[-1] else round(min((entry.end_step + 1) / steps, 1.0), 4)
        encoded = _add_entry(recipe, add, clip, entry, embeddings)
        parts.append(add("ConditioningSetTimestepRange", conditioning=encoded, start=start, end=end))
        start = end
    return _combined(add, parts)


def _add_entry(recipe: Recipe, add: Add, clip: Link, entry: Entry, embeddings: Sequence[str]) -> Link:
    if any(isinstance(piece, Segment) and piece.weight != 1.0 for piece in entry.pieces):
        recipe.note(_WEIGHTS)
    chunks: list[list[Piece]] = [[]]
    for piece in entry.pieces:
        if isinstance(piece, Break):
            chunks.append([])
        else:
            chunks[-1].append(piece)
    encoded = [add("CLIPTextEncode", text=comfy_text(chunk, embeddings), clip=clip) for chunk in chunks]
    result = encoded[0]
    for following in encoded[1:]:
        result = add("ConditioningConcat", conditioning_to=result, conditioning_from=following)
    return result
