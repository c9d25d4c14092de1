"""What is told of the place under the cursor."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mezzotint.compiler.lint.context import CLIP_FAMILIES
from mezzotint.compiler.lint.groups import factor
from mezzotint.compiler.lint.network_tags import name_of
from mezzotint.compiler.passes.chunk import CHUNK_LENGTH
from mezzotint.grammar import nodes
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.span import Span
from mezzotint.grammar.walk import children
from mezzotint.lsp.analysis import Analysis
from mezzotint.lsp.effective import Reading, ranges
from mezzotint.lsp.regions import Region

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~])")


class Told(NamedTuple):
    """Markdown about a range of the document."""

    span: Span
    markdown: str


def hover(analysis: Analysis, offset: int) -> Told | None:
    """What is told of a place: the findings there, and what stands there."""
    found = [one for one in analysis.diagnostics if _touches(one.span, offset)]
    paragraphs = [_finding(one) for one in found]
    span = found[0].span if found else None
    place = analysis.region_at(offset)
    if place and (told := _in_prompt(analysis, *place)):
        span = place[0].map.span(told.span)
        paragraphs.insert(0, told.markdown)
    return Told(span, "\n\n---\n\n".join(paragraphs)) if span is not None else None


def _touches(span: Span, offset: int) -> bool:
    return span.start <= offset < max(span.end, span.start + 1)


def _finding(one: Diagnostic) -> str:
    lines = [f"**{one.code}** {plain(one.message)}"]
    if one.help:
        lines.append(f"*{plain(one.help)}*")
    return "\n\n".join([*lines, *_explanation(one.code)])


def _explanation(code: str) -> Iterator[str]:
    """What the rule's page says."""
    from mezzotint.compiler.lint.catalogue import find_entry

    try:
        entry = find_entry(code)
    except MezzotintError:  # findings of the server itself have no page
        return
    for title, text in (("Why it is bad", entry.why), ("Evidence", entry.evidence)):
        if text:
            yield f"{title}: {text}"


def plain(text: str) -> str:
    """The text as Markdown that shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """The text as a piece of code in Markdown."""
    text = " ".join(text.split()) or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _in_prompt(analysis: Analysis, region: Region, offset: int) -> Told | None:
    tree = analysis.tree(region)
    path = _path(tree, offset)
    node = path[-1]
    try:
        reading = analysis.reading(region)
        if isinstance(node, nodes.Text):
            return _word(reading, region.text, offset, has_chunks=analysis.context.model in CLIP_FAMILIES)
        return _structure(reading, tree, path, offset)
    except MezzotintError as error:
        return Told(node.span, f"This prompt does not compile.\n\n{code(str(error).splitlines()[0])}")


def _path(tree: nodes.Prompt, offset: int) -> list[nodes.Node]:
    """The nodes around a place, outer ones first."""
    path: list[nodes.Node] = [tree]
    while True:
        inner = [node for node in children(path[-1]) if node.span.start <= offset < node.span.end]
        if not inner:
            return path
        path.append(inner[0])


def _word(reading: Reading, text: str, offset: int, *, has_chunks: bool) -> Told | None:
    word = next((w for w in _WORD.finditer(text) if w.start() <= offset < w.end()), None)
    if word is None:
        return None
    place = reading.find(offset)
    if place is None:
        return Told(Span(*word.span()), f"{code(word[0])} reaches no text encoder.")
    lines = [f"{code(word[0])} has the weight **{reading.weight(place):.6g}**"]
    # A word may begin outside the cursor's text: its tokens are told from its first letter that is kept.
    start = reading.find(word.start()) or place
    if seen := reading.tokens(start, word.end() - word.start()):
        letters = " ".join(map(code, seen.tokens))
        many = "token" if len(seen.tokens) == 1 else "tokens"
        lines.append(f"{len(seen.tokens)} CLIP {many}: {letters}")
        if has_chunks:
            lines.append(f"chunk {seen.chunk} of {seen.chunks}, place {seen.place} of {CHUNK_LENGTH}")
    if len(place.evaluations) < reading.steps:
        lines.append(_when(place.evaluations, reading.steps))
    if len(reading.branches) > 1:
        weight = f"{reading.weights[place.branch]:.6g}"
        lines.append(f"in composed prompt {place.branch + 1} of {len(reading.branches)}, weight {weight}")
    return Told(Span(*word.span()), "  \n".join(lines))


def _when(evaluations: Sequence[int], steps: int) -> str:
    if not evaluations:
        return f"never in force within {steps} evaluations"
    return f"in force at evaluations {ranges(tuple(evaluations))} of {steps}"


def _structure(reading: Reading, tree: nodes.Prompt, path: list[nodes.Node], offset: int) -> Told | None:
    node = path[-1]
    if isinstance(node, nodes.Weight):
        node = path[-2]
    match node:
        case nodes.Emphasis() | nodes.Deemphasis():
            return Told(
                node.span, f"Emphasis: multiplies the weight of what is inside by {factor(node):.6g}."
            )
        case nodes.Scheduled():
            return Told(node.span, _schedule(reading, node))
        case nodes.Alternation(options):
            return Told(node.span, f"Alternation: {len(options)} texts take turns, one an evaluation.")
        case nodes.Network():
            kind, name = code(node.name), code(name_of(node))
            return Told(node.span, f"Network {name} of the kind {kind}; it takes no place among the tokens.")
        case nodes.Break():
            return Told(node.span, "BREAK: the next word starts a new chunk of 75 tokens.")
        case nodes.Comment():
            return Told(node.span, "Comment: cut out before anything else is read.")
        case nodes.Escape(value):
            return Told(node.span, f"Escape: {code(value[1:])} as a plain character.")
        case nodes.Stray(value):
            return Told(node.span, f"{code(value)} has no partner here.")
        case nodes.BranchWeight():
            return Told(node.span, f"Weight of this composed prompt in the guidance: {node.number:.6g}.")
        case _:
            return _between_branches(tree, offset)


def _between_branches(tree: nodes.Prompt, offset: int) -> Told | None:
    for branch in tree.branches[1:]:
        span = Span(branch.span.start - len("AND"), branch.span.start)
        if span.start <= offset < span.end:
            return Told(span, "AND: composes prompts, whose predictions are added up by their weights.")
    return None


def _schedule(reading: Reading, node: nodes.Scheduled) -> str:
    """When each side is in force, from a place on each that any encoder sees."""
    lines = [f"Schedule: switches at {code(node.when.strip())} of {reading.steps} evaluations."]
    for title, items in (("before", node.before or ()), ("after", node.after)):
        for item in items:
            if isinstance(item, nodes.Text) and (place := reading.find(item.span.start)):
                shown = code(item.value.strip()[:40])
                lines.append(f"{title}: {shown} {_when(place.evaluations, reading.steps)}")
                break
    return "  \n".join(lines)
