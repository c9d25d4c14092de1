"""The kinds of marks in a text, and what highlighters call each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a mark is; everything else is plain text."""

    EMPHASIS = "emphasis"  # round brackets, and square ones that weigh
    WEIGHT = "weight"
    SCHEDULE = "schedule"  # brackets, colon and step of ``[a:b:10]``
    ALTERNATION = "alternation"  # brackets and bars of ``[a|b]``
    NETWORK = "network"
    BREAK = "break"
    CONJUNCTION = "conjunction"  # the word AND
    COMMENT = "comment"
    ESCAPE = "escape"
    ERROR = "error"  # what structures the language elsewhere and has no partner here
    LABEL = "label"  # ``Negative prompt:``
    KEY = "key"  # of a setting
    VALUE = "value"  # of a setting
    FLAG = "flag"  # Midjourney's
    ARGUMENT = "argument"  # of a flag


class Style(NamedTuple):
    """What a kind is called.

    Attributes:
        textmate: the scope, without the language's name behind it.
        pygments: the token type, its parts joined by points.
        lsp: the token type of the language server protocol; themes know these.
        codemirror: the tag of CodeMirror's stream parsers.
    """

    textmate: str
    pygments: str
    lsp: str
    codemirror: str


STYLES: Mapping[Kind, Style] = {
    Kind.EMPHASIS: Style("punctuation.section.emphasis", "Operator", "operator", "operator"),
    Kind.WEIGHT: Style("constant.numeric.weight", "Number.Float", "number", "number"),
    Kind.SCHEDULE: Style("keyword.control.schedule", "Keyword.Pseudo", "keyword", "keyword"),
    Kind.ALTERNATION: Style("keyword.control.alternation", "Keyword.Pseudo", "keyword", "keyword"),
    Kind.NETWORK: Style("entity.name.function.network", "Name.Function", "function", "variableName"),
    Kind.BREAK: Style("keyword.control.break", "Keyword", "keyword", "keyword"),
    Kind.CONJUNCTION: Style("keyword.operator.logical", "Keyword", "keyword", "keyword"),
    Kind.COMMENT: Style("comment.line.number-sign", "Comment.Single", "comment", "comment"),
    Kind.ESCAPE: Style("constant.character.escape", "String.Escape", "regexp", "escape"),
    Kind.ERROR: Style("invalid.illegal", "Error", "operator", "invalid"),
    Kind.LABEL: Style("keyword.other.label", "Generic.Heading", "keyword", "heading"),
    Kind.KEY: Style("entity.name.tag.setting", "Name.Attribute", "property", "propertyName"),
    Kind.VALUE: Style("string.unquoted.setting", "String", "string", "string"),
    Kind.FLAG: Style("variable.parameter.flag", "Name.Attribute", "parameter", "attributeName"),
    Kind.ARGUMENT: Style("string.unquoted.argument", "String", "string", "string"),
}
