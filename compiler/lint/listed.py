"""The list from which rules are loaded when a text may need them.

A prompt of plain words should not wait for the import of seventy modules. So the list says of each rule what
a text must hold for it to have anything to find, and a rule's module is imported for the first such text.
"""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mezzotint.compiler.lint.registry import Rule


class Listed(NamedTuple):
    """A line of the list: a rule's code, and what must be there for it to be worth loading.

    Attributes:
        code: the rule's.
        place: the module of the rule, below ``mezzotint.compiler.lint.rules``; or a rule that is loaded.
        needs: pieces of text; one of them must be in the source. None: any source.
        nodes: names of node types, or signs of :mod:`mezzotint.compiler.lint.index`; one of them must be in
            the tree. None: any tree.
        asks: names of what the context must tell; one of them must be known. None: nothing.
        is_foreign: it finds something only in what A1111 with a CLIP model would not read.
        is_document: whether it looks at a whole document, not at each prompt.
        is_default: whether it runs without being asked for.
    """

    code: str
    place: "str | Rule"
    needs: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    is_foreign: bool = False
    is_document: bool = False
    is_default: bool = True

    def load(self) -> "Rule":
        """The rule itself."""
        if not isinstance(self.place, str):
            return self.place
        rule = _LOADED.get(self.place)
        if rule is None:
            rule = _LOADED[self.place] = import_module(f"mezzotint.compiler.lint.rules.{self.place}").RULE
        return rule


_LOADED: "dict[str, Rule]" = {}
