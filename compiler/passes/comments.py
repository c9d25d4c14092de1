"""Strip ``# …`` comments: the first step on a prompt, before anything else is looked for.

Source: behaviour of stable-diffusion-webui v1.10.1's bundled comment script. Each comment leaves one
newline behind, even at the end of the text.
"""

import re

from mezzotint.compiler.passes.mapped import Mapped

_WHOLE_LINE = re.compile(r"(?:^|\n)#[^\n]*(?:\n|$)")
_REST_OF_LINE = re.compile(r"#[^\n]*(?:\n|$)")


def comments(text: Mapped) -> Mapped:
    """The text without comments; the same object when there are none."""
    if "#" not in text.text:
        return text
    # Two passes, as in the reference: of two comment lines in a row the first pass, which takes the
    # newline between them, leaves the second one to the second pass.
    return text.replaced(_WHOLE_LINE, "\n").replaced(_REST_OF_LINE, "\n")
