"""Where a text is cut because an encoder reads no further, and the words that are lost there."""

from collections.abc import Iterable, Iterator, Sequence

from mezzotint.compiler.conditioning.capabilities import Capability
from mezzotint.compiler.ir import Branch, Piece, Segment
from mezzotint.compiler.passes.chunk import Chunk, Tokenizer, chunk
from mezzotint.compiler.tokens.clip import Token
from mezzotint.grammar.diagnostics import Diagnostic, Severity
from mezzotint.grammar.span import Span

CODE = "MZ211"
NAMED_WORDS = 12  # so many are written out; the span covers all
NAMED_LETTERS = 100


def truncated_chunk(pieces: Iterable[Piece], tokenizer: Tokenizer) -> Chunk:
    """The first 75 tokens of a text, wherever they stand: no comma rule, no breaks."""
    segments = [piece for piece in pieces if isinstance(piece, Segment)]
    return chunk(segments, tokenizer, comma_padding_backtrack=0).chunks[0]


def find_unseen(
    branches: Iterable[Branch], source: str, capabilities: Iterable[Capability]
) -> list[Diagnostic]:
    """Name the words of a prompt that an encoder will not see, each cut once.

    Args:
        branches: of one prompt: ``program.positive``, or the negative branch alone.
        source: the prompt that their spans point into.
        capabilities: a family of :data:`mezzotint.compiler.conditioning.capabilities.FAMILIES`.

    Returns:
        A warning where hidden states miss the words, an information where only a pooled vector does. A
        word that is cut in two counts as unseen.
    """
    texts = {entry.pieces: None for branch in branches for entry in branch.timeline}
    found = (_diagnose(pieces, source, able) for able in capabilities for pieces in texts)
    return list(dict.fromkeys(diagnostic for diagnostic in found if diagnostic is not None))


def _diagnose(pieces: Sequence[Piece], source: str, able: Capability) -> Diagnostic | None:
    segments = [piece for piece in pieces if isinstance(piece, Segment) and piece.text]
    limit = _limit(pieces, able)
    if limit is None:
        return None
    lost = list(_lost(segments, able, limit))
    if not lost:
        return None
    words = " ".join(segment.text[start:] for segment, start in lost).split()
    named = _shorten(" ".join(words[:NAMED_WORDS]))
    more = f" and {len(words) - NAMED_WORDS} more words" if len(words) > NAMED_WORDS else ""
    return Diagnostic(
        CODE,
        f'{able.encoder} reads {limit} tokens of this text and will not see "{named}"{more}',
        _cover([_place(segment, start, source) for segment, start in lost]),
        Severity.INFO if able.is_pooled else Severity.WARNING,
        "shorten the prompt, or move what matters to its beginning",
    )


def _shorten(words: str) -> str:
    """The beginning of a text that has no blanks to end it at."""
    return words if len(words) <= NAMED_LETTERS else f"{words[:NAMED_LETTERS]}…"


def _limit(pieces: Sequence[Piece], able: Capability) -> int | None:
    if not able.is_first_chunk:
        return able.limit
    first = chunk(pieces, able.tokenizer()).chunks[0]
    return sum(source is not None for source in first.sources)


def _lost(segments: Sequence[Segment], able: Capability, limit: int) -> Iterator[tuple[Segment, int]]:
    """The segments that are not read to their end, and the offset of the first word lost."""
    left = limit
    for segment in segments:
        tokens = able.tokenizer().tokens(segment.text)
        if len(tokens) > left:
            yield segment, _word_start(segment.text, tokens[left:])
        left = max(0, left - len(tokens))


def _word_start(text: str, lost: Sequence[Token]) -> int:
    start = next((token.span.start for token in lost if token.span), len(text))
    while 0 < start < len(text) and _is_letter(text[start - 1]) and _is_letter(text[start]):
        start -= 1
    return start


def _is_letter(letter: str) -> bool:
    """Whether it belongs to a word that white space ends; in Chinese, say, a letter can be a word."""
    return letter.isalnum() and letter < "\u0590"


def _place(segment: Segment, start: int, source: str) -> Span:
    """Where the text of a segment from an offset on stands in the source."""
    if segment.span is None:
        return Span(0, len(source))
    raw, text = source[segment.span.start : segment.span.end], segment.text
    return Span(segment.span.start + _offset(raw, text, start), segment.span.end)


def _offset(raw: str, text: str, start: int) -> int:
    """Where in ``raw`` an offset of ``text`` stands at the earliest.

    Escapes, schedules and comments leave a text that has lost letters and gained none.
    """
    if raw == text:
        return start
    at = 0
    for letter in text[: start + 1]:
        at = raw.find(letter, at) + 1
        if not at:
            return 0
    return at - 1


def _cover(spans: Sequence[Span]) -> Span:
    return Span(min(span.start for span in spans), max(span.end for span in spans))
