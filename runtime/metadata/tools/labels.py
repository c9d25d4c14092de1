"""Files that only say that a machine made them: C2PA manifests and IPTC's source type.

Source: IPTC NewsCodes "Digital Source Type"; C2PA specification 2.1.
"""

from mezzotint.runtime.metadata.generation import Field, Generation
from mezzotint.runtime.metadata.record import C2PA, XMP, Metadata
from mezzotint.runtime.metadata.strict_json import load_object
from mezzotint.runtime.metadata.tools.fields import generation, text_of
from mezzotint.runtime.metadata.tools.xmp import value_of

CONTENT_CREDENTIALS = "c2pa"
SOURCE_TYPE = "iptc-ai"
NAMES = (CONTENT_CREDENTIALS, SOURCE_TYPE)

_MISSING = ("everything: the file says that it was generated, not how",)
_CAMERA = "digitalCapture"
_KEYS = {
    "claim_generator": "claim_generator",
    "softwareAgent": "software_agent",
    "digitalSourceType": "digital_source_type",
}


def read(found: Metadata) -> Generation | None:
    """What the labels say; a camera's own label is none of ours."""
    labels = label_fields(found)
    if not labels:
        return None
    tool = CONTENT_CREDENTIALS if found.find(C2PA) is not None else SOURCE_TYPE
    source = found.find(C2PA) or found.find(XMP) or ""
    notes = ["the signature of its content credentials was not verified"] * (tool == CONTENT_CREDENTIALS)
    return generation(tool, source, [], others=labels, missing=_MISSING, notes=notes)


def label_fields(found: Metadata) -> list[Field]:
    """The labels of a file, which may stand beside anything else."""
    values: dict[str, str | None] = {}
    manifest, packet = found.find(C2PA), found.find(XMP)
    if manifest is not None:
        data = load_object(manifest) or {}
        values["content_credentials"] = "present, not verified"
        values |= {ours: text_of(data.get(theirs)) for theirs, ours in _KEYS.items()}
    if packet is not None:
        kind = value_of(packet, "Iptc4xmpExt:DigitalSourceType")
        if kind:
            values["digital_source_type"] = kind.rpartition("/")[2]
    if packet is not None and values.get("digital_source_type"):
        values["credit"] = value_of(packet, "photoshop:Credit")
    if manifest is None and values.get("digital_source_type") == _CAMERA:
        return []
    return [Field(key, value, value) for key, value in values.items() if value]
