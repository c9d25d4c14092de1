"""Made of styles/template.lark by ``python -m mezzotint.grammar.generate``; do not edit."""

from mezzotint.grammar.lalr import Tables

_0 = {'$END': -4, 'PLACEHOLDER': -4, 'TEXT': 1, 'start': 2, 'text': 3}
_1 = {'*': -3}
_2 = {'$END': 0}
_3 = {'$END': -1, 'PLACEHOLDER': 4, '__start_plus_0': 5}
_4 = {'$END': -4, 'PLACEHOLDER': -4, 'TEXT': 1, 'text': 6}
_5 = {'$END': -2, 'PLACEHOLDER': 7}
_6 = {'*': -5}
_7 = {'$END': -4, 'PLACEHOLDER': -4, 'TEXT': 1, 'text': 8}
_8 = {'*': -6}
TABLES: Tables = (
    (_0, _1, _2, _3, _4, _5, _6, _7, _8),
    (
        ('start', 'k', 'addition'),
        ('start', 'ks', 'wrapper'),
        ('text', 'k', 'text'),
        ('text', '', 'text'),
        ('__start_plus_0', 'kk', ''),
        ('__start_plus_0', 'skk', ''),
    ),
)
