"""Made of infotext/infotext.lark by ``python -m mezzotint.grammar.generate``; do not edit."""

from mezzotint.grammar.lalr import Tables

_0 = {'$END': -3, 'JUNK': -3, 'KEY': -3, 'LABEL': -3, 'MARGIN': 1, 'SEPARATOR': -3, 'TEXT': -3, 'margin': 2, 'start': 3}
_1 = {'*': -2}
_2 = {'$END': -5, 'JUNK': -5, 'KEY': -5, 'LABEL': -5, 'MARGIN': -5, 'SEPARATOR': -5, 'TEXT': 4, '__prompt_star_0': 5, 'line': 6, 'prompt': 7}
_3 = {'$END': 0}
_4 = {'$END': -10, 'JUNK': -10, 'KEY': -10, 'LABEL': -10, 'LINE_END': 8, 'MARGIN': -10, 'SEPARATOR': -10, 'TEXT': -10}
_5 = {'$END': -4, 'JUNK': -4, 'KEY': -4, 'LABEL': -4, 'MARGIN': -4, 'SEPARATOR': -4, 'TEXT': 4, 'line': 9}
_6 = {'*': -19}
_7 = {'$END': -8, 'JUNK': -8, 'KEY': -8, 'LABEL': 10, 'MARGIN': -8, 'SEPARATOR': -8, 'labelled': 11, 'negative': 12}
_8 = {'*': -9}
_9 = {'*': -20}
_10 = {'$END': -14, 'JUNK': -14, 'KEY': -14, 'LABEL': -14, 'LINE_END': 13, 'MARGIN': -14, 'SEPARATOR': -14, 'TEXT': 14}
_11 = {'$END': -7, 'JUNK': -7, 'KEY': -7, 'LABEL': 10, 'MARGIN': -7, 'SEPARATOR': -7, 'TEXT': 4, '__negative_star_1': 15, 'labelled': 16, 'line': 17}
_12 = {'$END': -16, 'JUNK': 18, 'KEY': 19, 'MARGIN': -16, 'SEPARATOR': 20, '__settings_star_2': 21, 'setting': 22, 'settings': 23}
_13 = {'*': -13}
_14 = {'$END': -12, 'JUNK': -12, 'KEY': -12, 'LABEL': -12, 'LINE_END': 24, 'MARGIN': -12, 'SEPARATOR': -12, 'TEXT': -12}
_15 = {'$END': -6, 'JUNK': -6, 'KEY': -6, 'LABEL': 10, 'MARGIN': -6, 'SEPARATOR': -6, 'TEXT': 4, 'labelled': 25, 'line': 26}
_16 = {'*': -21}
_17 = {'*': -22}
_18 = {'*': -27}
_19 = {'COLON': 27}
_20 = {'*': -26}
_21 = {'$END': -15, 'JUNK': 28, 'KEY': 19, 'MARGIN': -15, 'SEPARATOR': 29, 'setting': 30}
_22 = {'*': -25}
_23 = {'$END': -3, 'MARGIN': 1, 'margin': 31}
_24 = {'*': -11}
_25 = {'*': -23}
_26 = {'*': -24}
_27 = {'$END': -18, 'JUNK': -18, 'KEY': -18, 'MARGIN': -18, 'SEPARATOR': -18, 'VALUE': 32}
_28 = {'*': -30}
_29 = {'*': -29}
_30 = {'*': -28}
_31 = {'*': -1}
_32 = {'*': -17}
TABLES: Tables = (
    (_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, _22, _23, _24, _25, _26, _27, _28, _29, _30, _31, _32),
    (
        ('start', 'kkkkk', 'start'),
        ('margin', 'k', 'margin'),
        ('margin', '', 'margin'),
        ('prompt', 's', 'prompt'),
        ('prompt', '', 'prompt'),
        ('negative', 'ks', 'negative'),
        ('negative', 'k', 'negative'),
        ('negative', '', 'negative'),
        ('line', 'kk', 'line'),
        ('line', 'k', 'line'),
        ('labelled', 'kkk', 'line'),
        ('labelled', 'kk', 'line'),
        ('labelled', 'kk', 'line'),
        ('labelled', 'k', 'line'),
        ('settings', 's', 'settings'),
        ('settings', '', 'settings'),
        ('setting', 'kkk', 'setting'),
        ('setting', 'kk', 'setting'),
        ('__prompt_star_0', 'k', ''),
        ('__prompt_star_0', 'sk', ''),
        ('__negative_star_1', 'k', ''),
        ('__negative_star_1', 'k', ''),
        ('__negative_star_1', 'sk', ''),
        ('__negative_star_1', 'sk', ''),
        ('__settings_star_2', 'k', ''),
        ('__settings_star_2', 'k', ''),
        ('__settings_star_2', 'k', ''),
        ('__settings_star_2', 'sk', ''),
        ('__settings_star_2', 'sk', ''),
        ('__settings_star_2', 'sk', ''),
    ),
)
