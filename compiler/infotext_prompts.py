"""An infotext with its prompts rewritten and its settings as they were."""

from collections.abc import Callable

from mezzotint.grammar.document import Dialect, Document
from mezzotint.grammar.hosts.infotext import infotext_host


def with_prompts(document: Document, dialect: Dialect, change: Callable[[str, bool], str]) -> str:
    """The infotext with both prompts changed, each if it then reads as that and all else as before.

    Args:
        document: an infotext.
        dialect: it was read in.
        change: called with a prompt, and whether it is the negative one.
    """
    host = infotext_host(document, dialect)
    return host.rewritten({one.number: change(one.text, one.negative) for one in host.passages}).text
