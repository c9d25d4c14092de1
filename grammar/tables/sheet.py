"""Made of styles/sheet.lark by ``python -m mezzotint.grammar.generate``; do not edit."""

from mezzotint.grammar.lalr import Tables

_0 = {'$END': -4, 'BLANK': -4, 'CHARACTERS': -4, 'LINE_END': -4, 'MARK': 1, 'QUOTE': -4, 'SPACE': -4, '_COMMA': -4, 'mark': 2, 'start': 3}
_1 = {'*': -3}
_2 = {'$END': -2, 'BLANK': 4, 'CHARACTERS': 5, 'LINE_END': -11, 'QUOTE': 6, 'SPACE': 7, '_COMMA': -11, '__start_star_0': 8, 'blank': 9, 'cell': 10, 'row': 11}
_3 = {'$END': 0}
_4 = {'*': -5}
_5 = {'*': -10}
_6 = {'CHARACTERS': 12, 'CLOSING_QUOTE': 13, 'DOUBLED': 14, 'LINE_END': -23, '_COMMA': -23, '__cell_star_2': 15}
_7 = {'CHARACTERS': 16, 'LINE_END': -9, 'QUOTE': 17, '_COMMA': -9}
_8 = {'$END': -1, 'BLANK': 4, 'CHARACTERS': 5, 'LINE_END': -11, 'QUOTE': 6, 'SPACE': 7, '_COMMA': -11, 'blank': 18, 'cell': 10, 'row': 19}
_9 = {'*': -25}
_10 = {'LINE_END': 20, '_COMMA': 21, '__row_star_1': 22}
_11 = {'*': -24}
_12 = {'*': -30}
_13 = {'CHARACTERS': 23, 'LINE_END': -22, '_COMMA': -22}
_14 = {'*': -31}
_15 = {'CHARACTERS': 24, 'CLOSING_QUOTE': 25, 'DOUBLED': 26, 'LINE_END': -20, '_COMMA': -20}
_16 = {'*': -8}
_17 = {'CHARACTERS': 12, 'CLOSING_QUOTE': 27, 'DOUBLED': 14, 'LINE_END': -17, '_COMMA': -17, '__cell_star_2': 28}
_18 = {'*': -27}
_19 = {'*': -26}
_20 = {'*': -7}
_21 = {'CHARACTERS': 5, 'LINE_END': -11, 'QUOTE': 6, 'SPACE': 7, '_COMMA': -11, 'cell': 29}
_22 = {'LINE_END': 30, '_COMMA': 31}
_23 = {'*': -21}
_24 = {'*': -32}
_25 = {'CHARACTERS': 32, 'LINE_END': -19, '_COMMA': -19}
_26 = {'*': -33}
_27 = {'CHARACTERS': 33, 'LINE_END': -16, '_COMMA': -16}
_28 = {'CHARACTERS': 24, 'CLOSING_QUOTE': 34, 'DOUBLED': 26, 'LINE_END': -14, '_COMMA': -14}
_29 = {'*': -28}
_30 = {'*': -6}
_31 = {'CHARACTERS': 5, 'LINE_END': -11, 'QUOTE': 6, 'SPACE': 7, '_COMMA': -11, 'cell': 35}
_32 = {'*': -18}
_33 = {'*': -15}
_34 = {'CHARACTERS': 36, 'LINE_END': -13, '_COMMA': -13}
_35 = {'*': -29}
_36 = {'*': -12}
TABLES: Tables = (
    (_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, _22, _23, _24, _25, _26, _27, _28, _29, _30, _31, _32, _33, _34, _35, _36),
    (
        ('start', 'ks', 'start'),
        ('start', 'k', 'start'),
        ('mark', 'k', 'mark'),
        ('mark', '', 'mark'),
        ('blank', 'k', 'blank'),
        ('row', 'ksk', 'row'),
        ('row', 'kk', 'row'),
        ('cell', 'kk', 'cell'),
        ('cell', 'k', 'cell'),
        ('cell', 'k', 'cell'),
        ('cell', '', 'cell'),
        ('cell', 'kkskk', 'cell'),
        ('cell', 'kksk', 'cell'),
        ('cell', 'kks', 'cell'),
        ('cell', 'kkkk', 'cell'),
        ('cell', 'kkk', 'cell'),
        ('cell', 'kk', 'cell'),
        ('cell', 'kskk', 'cell'),
        ('cell', 'ksk', 'cell'),
        ('cell', 'ks', 'cell'),
        ('cell', 'kkk', 'cell'),
        ('cell', 'kk', 'cell'),
        ('cell', 'k', 'cell'),
        ('__start_star_0', 'k', ''),
        ('__start_star_0', 'k', ''),
        ('__start_star_0', 'sk', ''),
        ('__start_star_0', 'sk', ''),
        ('__row_star_1', 'dk', ''),
        ('__row_star_1', 'sdk', ''),
        ('__cell_star_2', 'k', ''),
        ('__cell_star_2', 'k', ''),
        ('__cell_star_2', 'sk', ''),
        ('__cell_star_2', 'sk', ''),
    ),
)
