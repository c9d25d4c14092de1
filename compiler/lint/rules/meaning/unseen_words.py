"""MZ211 unseen-words

What it does: finds words behind the point at which an encoder stops reading, and names them.
Why it is bad: they have no effect at all, or, where only a pooled vector misses them, less than they seem to.
Evidence: diffusers' pipelines cut CLIP at 75 tokens (diffusers#2136); T5 reads 511 tokens in FLUX.1 dev, 255
    in schnell and SD 3, in the programs that build on diffusers. A1111, Forge and ComfyUI read on, chunk
    after chunk or in a longer row, so nothing is lost there.
Catalogue: PT401, PT404
"""

from collections.abc import Iterator
from dataclasses import replace

from mezzotint.compiler.lint.context import Context
from mezzotint.compiler.lint.registry import Example, Found, Rule
from mezzotint.compiler.lint.subject import Subject
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.span import Span

_CAPABILITIES = {
    "pony": "sdxl",
    "illustrious": "sdxl",
    "flux": "flux-dev",
    "pixart": "pixart-alpha",
    "qwen": "",
    "z-image": "",
    "krea": "",
}
_CUTTING_CLIP = ("diffusers", "compel")
_READS = " reads "
_SHORTEST = 75  # no text of so few letters has more tokens


def check(subject: Subject) -> Iterator[Found]:
    """Yield one finding for each place where encoders stop reading."""
    family = _CAPABILITIES.get(subject.context.model, subject.context.model)
    if len(subject.source) <= _SHORTEST or not family or subject.program is None:
        return
    from mezzotint.compiler.conditioning.capabilities import CLIP_TOKENS, FAMILIES
    from mezzotint.compiler.conditioning.truncation import find_unseen

    able = [one for one in FAMILIES[family] if not one.is_pooled]
    if subject.context.dialect in _CUTTING_CLIP:
        able = [replace(one, limit=one.limit or CLIP_TOKENS) for one in able]
    program = subject.program
    branches = (program.negative,) if subject.negative else program.positive
    cuts: dict[Span, list[Diagnostic]] = {}
    for found in find_unseen(branches, subject.source, able):
        cuts.setdefault(found.span, []).append(found)
    for span, cut in cuts.items():
        encoders = [one.message.partition(_READS) for one in cut]
        names = " and ".join(dict.fromkeys(name for name, _, _ in encoders))
        reads = _READS if len(cut) == 1 else " read "
        yield Found(f"{names}{reads}{encoders[0][2]}", span, cut[0].help, cut[0].severity)


_LONG = " ".join(f"word{number}" for number in range(60))

RULE = Rule(
    "MZ211",
    "unseen-words",
    check,
    since="0.1.0",
    dialects=("diffusers", "compel", "invoke", "sdnext"),
    bad=(
        Example(_LONG, Context(dialect="diffusers")),
        Example(f"{_LONG} {_LONG}", Context(family="sd3", dialect="sdnext")),
    ),
    good=(_LONG, Example("a cat", Context(dialect="diffusers")), Example(_LONG, Context(family="sd3"))),
)
