"""Mezzotint: the compiler for image prompts.

    >>> import mezzotint
    >>> mezzotint.lint("a clock showing 10:30")[0].code
    'MZ201'

Names are imported when they are first used, so that ``import mezzotint`` costs next to nothing and
only rendering loads torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mezzotint.compiler.format import format_prompt as format
    from mezzotint.compiler.lint.lint import lint
    from mezzotint.compiler.lower import compile_prompt as compile
    from mezzotint.compiler.optimizations.optimize import optimize_prompt as optimize
    from mezzotint.grammar.errors import MezzotintError, PromptError
    from mezzotint.grammar.infotext.record import Infotext
    from mezzotint.grammar.parser import parse
    from mezzotint.runtime.picture import Picture, read, render
    from mezzotint.runtime.reproduce import Reproduction, reproduce

_HOME = {
    "Infotext": ("mezzotint.grammar.infotext.record", "Infotext"),
    "MezzotintError": ("mezzotint.grammar.errors", "MezzotintError"),
    "Picture": ("mezzotint.runtime.picture", "Picture"),
    "PromptError": ("mezzotint.grammar.errors", "PromptError"),
    "Reproduction": ("mezzotint.runtime.reproduce", "Reproduction"),
    "compile": ("mezzotint.compiler.lower", "compile_prompt"),
    "format": ("mezzotint.compiler.format", "format_prompt"),
    "lint": ("mezzotint.compiler.lint.lint", "lint"),
    "optimize": ("mezzotint.compiler.optimizations.optimize", "optimize_prompt"),
    "parse": ("mezzotint.grammar.parser", "parse"),
    "read": ("mezzotint.runtime.picture", "read"),
    "render": ("mezzotint.runtime.picture", "render"),
    "reproduce": ("mezzotint.runtime.reproduce", "reproduce"),
}

__all__ = [
    "Infotext",
    "MezzotintError",
    "Picture",
    "PromptError",
    "Reproduction",
    "__version__",
    "compile",
    "format",
    "lint",
    "optimize",
    "parse",
    "read",
    "render",
    "reproduce",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOME[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
