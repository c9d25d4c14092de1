"""LoRAs at the nodes that load them or stack them up; each family of nodes has its own names for the inputs.

Source: ComfyUI ``nodes.py`` (LoraLoader); files with the loaders of rgthree, Efficiency Nodes, Comfyroll,
Easy Use and LoRA Manager.
"""

import re

from mezzotint.runtime.metadata.tools.comfy_graph import Graph, Node
from mezzotint.runtime.metadata.tools.comfy_values import number

_NAME = re.compile(r"lora_?(?:name_?)?(\d{0,2})(?:_name)?")
_STRENGTHS = ("strength_model", "lora_strength", "lora_model_strength", "strength")
_NUMBERED_STRENGTHS = ("model_weight_{}", "lora_wt_{}", "strength_{}", "lora_strength_{}", "lora_{}_strength")
_COUNTS = ("lora_count", "num_loras")  # of those that keep more names than they use
_NONE = ("", "None")


def loras_at(graph: Graph, node: Node) -> list[tuple[str, object]]:
    """Names and strengths at one node, the last one first."""
    found: list[tuple[int, str, object]] = []
    count = node.first(_COUNTS)
    for key, value in node.literals.items():
        match = _NAME.fullmatch(key)
        if match is None or value in _NONE:
            continue
        position = int(match[1] or 0)
        if isinstance(value, dict):
            found += [(position, *entry) for entry in _entry(value, "lora", "on")]
            continue
        is_counted = not isinstance(count, int) or position <= count
        if is_counted and isinstance(value, str) and node.literals.get(f"switch_{match[1]}") != "Off":
            found.append((position, value, _strength(graph, node, match[1])))
    listed = [entry for item in _list(node) for entry in _entry(item, "name", "active")]
    ordered = sorted(found, key=lambda entry: entry[0])
    return [*((name, strength) for _, name, strength in ordered), *listed][::-1]


def _strength(graph: Graph, node: Node, position: str) -> object:
    numbered = [name.format(position) for name in _NUMBERED_STRENGTHS] if position else []
    strength = number(graph, node, (*numbered, *_STRENGTHS))
    return 1 if strength is None else strength


def _list(node: Node) -> list[object]:
    """All LoRAs of a manager, which keeps them as one list."""
    value = node.literals.get("loras")
    value = value.get("__value__") if isinstance(value, dict) else value
    return value if isinstance(value, list) else []


def _entry(item: object, name: str, switch: str) -> list[tuple[str, object]]:
    """A LoRA that is an object of its own; nothing for one that is switched off."""
    if not isinstance(item, dict) or not item.get(switch, True) or not isinstance(item.get(name), str):
        return []
    return [(item[name], item.get("strength", 1))]
