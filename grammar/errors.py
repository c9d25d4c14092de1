"""Errors raised on purpose; everything else that escapes is a bug."""

from mezzotint.grammar.diagnostics import Diagnostic, render


class MezzotintError(Exception):
    """Root of every error raised on purpose: its text is for the user, and names the remedy."""


class PromptError(MezzotintError):
    """The text has no meaning in its language; the reference would fail on it, too."""

    def __init__(self, diagnostic: Diagnostic, source: str, name: str = "<prompt>") -> None:
        super().__init__(diagnostic, source, name)  # the arguments are the state, so it pickles
        self.diagnostic, self.source, self.name = diagnostic, source, name

    def __str__(self) -> str:
        return render(self.diagnostic, self.source, self.name)
