"""Values out of an XMP packet, found by their names.

An XML parser would expand what a stranger tells it to; the few names we look for are found without.

Source: XMP specification, part 1, section 7.
"""

from html import unescape

_MAX_VALUE = 1 << 20  # characters


def value_of(packet: str, name: str) -> str | None:
    """The value of a property, written as an attribute, an element or the first item of a list."""
    at = packet.find(name)
    while at >= 0:
        after = at + len(name)
        if packet[after : after + 1] == "=" and packet[after + 1 : after + 2] in {'"', "'"}:
            end = packet.find(packet[after + 1], after + 2, after + _MAX_VALUE)
            return unescape(packet[after + 2 : end]) if end >= 0 else None
        if packet[at - 1 : at] == "<" and packet[after : after + 1] in {">", " ", "\n", "/"}:
            return _element(packet, name, after)
        at = packet.find(name, after)
    return None


def _element(packet: str, name: str, after: int) -> str | None:
    end = packet.find(f"</{name}>", after, after + _MAX_VALUE)
    opened = packet.find(">", after)
    resource = packet.find('rdf:resource="', after, opened)
    if resource >= 0:
        start = resource + len('rdf:resource="')
        stop = packet.find('"', start, opened)
        return unescape(packet[start:stop]) if stop >= 0 else None
    if end < 0 or opened > end:
        return None
    body = packet[opened + 1 : end]
    item = body.find("<rdf:li")
    if item >= 0:
        body = body[body.find(">", item) + 1 :].partition("</rdf:li>")[0]
    return unescape(body.strip()) or None
