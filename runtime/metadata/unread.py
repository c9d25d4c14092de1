"""Why texts that look like a program's say nothing."""

from mezzotint.runtime.metadata.record import Entry, Finding, Metadata, add_finding
from mezzotint.runtime.metadata.strict_json import MAX_DEPTH, MAX_JSON, MAX_NODES, load
from mezzotint.runtime.metadata.tools.items import MAX_INFOTEXT

_OPENING = ("{", "[")


def unread(found: Metadata) -> tuple[Finding, ...]:
    """Findings about the texts of a file that no reader understood."""
    findings: list[Finding] = []
    texts = [*found.entries]
    if found.parameters is not None:
        texts.append(Entry("parameters", found.parameters))
    for entry in texts:
        if entry.text.lstrip()[:1] in _OPENING and load(entry.text) is None:
            add_finding(
                findings,
                "unread-json",
                f'the JSON in "{entry.keyword}" is damaged, or over the limits of {MAX_JSON} characters, '
                f"{MAX_DEPTH} levels and {MAX_NODES} values, and was not read",
            )
        elif entry.text is found.parameters and len(entry.text) > MAX_INFOTEXT:
            add_finding(
                findings,
                "too-large",
                f"the infotext has more than {MAX_INFOTEXT} characters and was not read",
            )
    return tuple(findings)
