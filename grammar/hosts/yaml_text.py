"""YAML: what it says, with the places of its texts.

Only events are read: no object is made of what a file says, no tag is followed, and an alias stays a name,
however often it is doubled. PyYAML is imported for the first YAML file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mezzotint.grammar.hosts.host import HostError, Leaf, Path
from mezzotint.grammar.hosts.yaml_scalars import scalar
from mezzotint.grammar.span import Span

_TEXT = "tag:yaml.org,2002:str"
_BEFORE = re.compile(r"(?:[&!]\S*\s+)*")  # an anchor, a tag
_MAX_DEPTH = 200  # PyYAML looks at every open bracket for each token


@dataclass(slots=True)
class _Open:
    """A mapping or a list that is being read: where in it, and whether a key comes next."""

    is_mapping: bool
    at: str = ""
    is_key_next: bool = False
    items: int = 0


def read_yaml(source: str) -> list[Leaf]:
    """All that a YAML file says, in one or several documents.

    Raises:
        HostError: it is none, or is nested too deeply; or PyYAML is missing.
    """
    try:
        import yaml
    except ImportError as error:
        raise HostError("reading YAML takes PyYAML; install it: pip install pyyaml") from error
    try:
        return list(_leaves(source, yaml.parse(source, Loader=yaml.SafeLoader), yaml.resolver.Resolver()))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise HostError(f"not YAML: {' '.join(str(error).split())}") from error


def _leaves(source: str, events: Any, resolver: Any) -> Iterator[Leaf]:
    opened: list[_Open] = []
    anchors: set[str] = set()
    for event in events:
        kind = type(event).__name__
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            opened.pop()
        elif kind == "DocumentStartEvent":
            yield Leaf((), kind)
        elif kind in ("ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"):
            if kind == "AliasEvent" and event.anchor not in anchors:
                raise HostError(f"not YAML: nothing is called *{event.anchor}")
            anchors.update([event.anchor] if event.anchor else [])
            is_key = _step(opened, event, kind)
            path = tuple(one.at for one in opened)
            yield from _node(source, event, kind, path, resolver, is_key=is_key)
            if kind.endswith("StartEvent"):
                opened.append(_Open(kind == "MappingStartEvent", is_key_next=kind == "MappingStartEvent"))
                if len(opened) > _MAX_DEPTH:
                    raise HostError(f"not read: nested deeper than {_MAX_DEPTH} levels")


def _step(opened: list[_Open], event: Any, kind: str) -> bool:
    """Go on to the next node; whether it is a key."""
    if not opened:
        return False
    top = opened[-1]
    if not top.is_mapping:
        top.at = str(top.items)
        top.items += 1
        return False
    is_key, top.is_key_next = top.is_key_next, not top.is_key_next
    if is_key:
        top.at = str(event.value) if kind == "ScalarEvent" else "?"
    return is_key


def _node(source: str, event: Any, kind: str, path: Path, resolver: Any, *, is_key: bool) -> Iterator[Leaf]:
    """The node itself, and before it what stands before it: an anchor, a tag."""
    tag = getattr(event, "tag", None)
    if event.anchor or tag or kind != "ScalarEvent":
        yield Leaf(path, f"{kind} &{event.anchor} {tag}")
    if kind != "ScalarEvent":
        return
    if tag is None and event.implicit[0]:
        import yaml

        tag = resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
    if is_key or tag not in (None, _TEXT):
        yield Leaf(path, f"{tag} {event.value}")
        return
    start = event.start_mark.index
    if (event.anchor or tag) and (before := _BEFORE.match(source, start)):
        start = before.end()
    span = Span(start, event.end_mark.index)
    yield Leaf(path, event.value, scalar(source, span, event.style or "", event.value))
