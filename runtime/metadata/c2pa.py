"""What a C2PA manifest says about itself, without verifying it.

A manifest is a tree of JUMBF boxes with CBOR inside. Only three texts in it are looked for, by their
names; whether a signature is good takes a list of trusted signers, which we do not have.

Source: C2PA specification 2.1, sections 10 and 18; RFC 8949, section 3.1 (CBOR text strings).
"""

import json
import re

_NAMES = (b"claim_generator", b"softwareAgent", b"digitalSourceType")
_SOURCE_TYPE = re.compile(rb"digitalsourcetype/([A-Za-z]{1,64})")
_MAX_VALUE = 200  # bytes; longer is no name
_NEXT_BYTE = 24  # instead of a length: it follows in a byte of its own
_FORWARD = 64  # bytes between a name and its value at most


def summarise(manifest: bytes) -> str:
    """The claim generator, the program and the source type that a manifest names, as a JSON object."""
    found = {}
    for name in _NAMES:
        value = _find(manifest, name)
        if value:
            found[name.decode()] = value
    if match := _SOURCE_TYPE.search(manifest):
        found["digitalSourceType"] = match[1].decode()
    return json.dumps(found)


def _find(manifest: bytes, name: bytes) -> str | None:
    """The first text behind ``name``: its value, or the one called "name" in the map that is its value."""
    at = manifest.find(name)
    if at < 0:
        return None
    at += len(name)
    if manifest[at : at + 3] in {b'":"', b'": '}:  # JSON, as some writers have it
        value = manifest[at + 2 : at + _MAX_VALUE].lstrip(b' "').partition(b'"')[0]
        return value.decode("utf-8", "replace")
    text = _cbor_text(manifest, at)
    if text is not None:
        return text
    inner = manifest.find(b"dname", at, at + _FORWARD)  # the CBOR text "name"
    return None if inner < 0 else _cbor_text(manifest, inner + len(b"dname"))


def _cbor_text(data: bytes, at: int) -> str | None:
    head = data[at : at + 2]
    if not head or head[0] >> 5 != 3:  # major type 3 is text
        return None
    length = head[0] & 31
    start = at + 1
    if length == _NEXT_BYTE and len(head) == 2:
        length, start = head[1], at + 2
    elif length >= _NEXT_BYTE:
        return None  # too long for a name
    return data[start : start + length].decode("utf-8", "replace")
