"""Midjourney: prompt, flags and job number in ``Description``.

Source: files of the service.
"""

import re

from mezzotint.runtime.metadata.generation import PROMPT, Field, Generation
from mezzotint.runtime.metadata.record import XMP, Metadata
from mezzotint.runtime.metadata.tools.fields import generation
from mezzotint.runtime.metadata.tools.xmp import value_of

NAME = "midjourney"

_JOB = "Job ID:"
_FLAGS = re.compile(r"\s--[a-z]")
_SEED = re.compile(r"--(?:seed|sameseed)[ =](\d{1,10})\b")


def read(found: Metadata) -> Generation | None:
    """The description; it must name a job, else anybody could have written it."""
    text = found.find("Description") or found.find("exif:ImageDescription")
    packet = found.find(XMP)
    if text is None and packet is not None:
        text = value_of(packet, "dc:description")
    if text is None or _JOB not in text:
        return None
    request, _, job = text.rpartition(_JOB)
    match = _FLAGS.search(request)
    cut = match.start() if match else len(request)
    prompt, flags = request[:cut].strip(), request[cut:].strip()
    fields = [Field(PROMPT, prompt, prompt)]
    seed = _SEED.search(flags)
    if seed:
        fields.append(Field("Seed", seed[1], seed[1]))
    values = {"params": flags, "job_id": job.strip(), "author": found.find("Author")}
    others = [Field(key, value, value) for key, value in values.items() if value]
    missing = ["the model itself, which Midjourney does not publish"]
    return generation(NAME, text, fields, others=others, missing=missing)
