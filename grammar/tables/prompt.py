"""Made of prompt.lark by ``python -m mezzotint.grammar.generate``; do not edit."""

from mezzotint.grammar.lalr import Tables

_0 = {'$END': -6, 'ALTERNATION_OPEN': 1, 'BRANCH_WEIGHT': -6, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '_AND': -6, '__items_star_1': 11, 'alternation': 12, 'branch': 13, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 17, 'scheduled': 18, 'start': 19}
_1 = {'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '_ALTERNATION_BAR': -6, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 20, 'scheduled': 18}
_2 = {'*': -12}
_3 = {'*': -13}
_4 = {'*': -10}
_5 = {'*': -14}
_6 = {'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_CLOSE': -6, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, 'WEIGHT': -6, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 21, 'scheduled': 18}
_7 = {'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, 'WHEN': -6, '_SCHEDULE_COLON': -6, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 22, 'scheduled': 18}
_8 = {'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_CLOSE': -6, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 23, 'scheduled': 18}
_9 = {'*': -11}
_10 = {'*': -9}
_11 = {'$END': -5, 'ALTERNATION_CLOSE': -5, 'ALTERNATION_OPEN': 1, 'BRANCH_WEIGHT': -5, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_CLOSE': -5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_CLOSE': -5, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, 'WEIGHT': -5, 'WHEN': -5, '_ALTERNATION_BAR': -5, '_AND': -5, '_SCHEDULE_COLON': -5, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 24, 'scheduled': 18}
_12 = {'*': -18}
_13 = {'$END': -2, '_AND': 25, '__start_star_0': 26}
_14 = {'*': -16}
_15 = {'*': -15}
_16 = {'*': -27}
_17 = {'$END': -3, 'BRANCH_WEIGHT': 27, '_AND': -3}
_18 = {'*': -17}
_19 = {'$END': 0}
_20 = {'_ALTERNATION_BAR': 28, '__alternation_plus_3': 29}
_21 = {'ROUND_CLOSE': 30, 'WEIGHT': 31}
_22 = {'WHEN': 32, '_SCHEDULE_COLON': 33}
_23 = {'SQUARE_CLOSE': 34}
_24 = {'*': -28}
_25 = {'$END': -6, 'ALTERNATION_OPEN': 1, 'BRANCH_WEIGHT': -6, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '_AND': -6, '__items_star_1': 11, 'alternation': 12, 'branch': 35, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 17, 'scheduled': 18}
_26 = {'$END': -1, '_AND': 36}
_27 = {'$END': -8, 'COMMENT': 37, 'NETWORK': 38, 'TEXT': 39, '_AND': -8, '__trivia_star_2': 40, 'trivia': 41}
_28 = {'ALTERNATION_CLOSE': -6, 'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '_ALTERNATION_BAR': -6, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 42, 'scheduled': 18}
_29 = {'ALTERNATION_CLOSE': 43, '_ALTERNATION_BAR': 44}
_30 = {'*': -19}
_31 = {'ROUND_CLOSE': 45}
_32 = {'SCHEDULE_CLOSE': 46}
_33 = {'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, 'WHEN': -6, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 47, 'scheduled': 18}
_34 = {'*': -21}
_35 = {'*': -25}
_36 = {'$END': -6, 'ALTERNATION_OPEN': 1, 'BRANCH_WEIGHT': -6, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '_AND': -6, '__items_star_1': 11, 'alternation': 12, 'branch': 48, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 17, 'scheduled': 18}
_37 = {'*': -29}
_38 = {'*': -30}
_39 = {'*': -31}
_40 = {'$END': -7, 'COMMENT': 49, 'NETWORK': 50, 'TEXT': 51, '_AND': -7}
_41 = {'*': -4}
_42 = {'*': -35}
_43 = {'*': -24}
_44 = {'ALTERNATION_CLOSE': -6, 'ALTERNATION_OPEN': 1, 'BREAK': 2, 'COMMENT': 3, 'ESCAPE': 4, 'NETWORK': 5, 'ROUND_OPEN': 6, 'SCHEDULE_OPEN': 7, 'SQUARE_OPEN': 8, 'STRAY': 9, 'TEXT': 10, '_ALTERNATION_BAR': -6, '__items_star_1': 11, 'alternation': 12, 'deemphasis': 14, 'emphasis': 15, 'item': 16, 'items': 52, 'scheduled': 18}
_45 = {'*': -20}
_46 = {'*': -22}
_47 = {'WHEN': 53}
_48 = {'*': -26}
_49 = {'*': -32}
_50 = {'*': -33}
_51 = {'*': -34}
_52 = {'*': -36}
_53 = {'SCHEDULE_CLOSE': 54}
_54 = {'*': -23}
TABLES: Tables = (
    (_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, _22, _23, _24, _25, _26, _27, _28, _29, _30, _31, _32, _33, _34, _35, _36, _37, _38, _39, _40, _41, _42, _43, _44, _45, _46, _47, _48, _49, _50, _51, _52, _53, _54),
    (
        ('start', 'ks', 'start'),
        ('start', 'k', 'start'),
        ('branch', 'k', 'branch'),
        ('branch', 'kkk', 'weighted_branch'),
        ('items', 's', 'items'),
        ('items', '', 'items'),
        ('trivia', 's', 'trivia'),
        ('trivia', '', 'trivia'),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('item', 'k', '='),
        ('emphasis', 'kkk', 'emphasis'),
        ('emphasis', 'kkkk', 'weighted'),
        ('deemphasis', 'kkk', 'deemphasis'),
        ('scheduled', 'kkkk', 'appearing'),
        ('scheduled', 'kkdkkk', 'scheduled'),
        ('alternation', 'kksk', 'alternation'),
        ('__start_star_0', 'dk', ''),
        ('__start_star_0', 'sdk', ''),
        ('__items_star_1', 'k', ''),
        ('__items_star_1', 'sk', ''),
        ('__trivia_star_2', 'k', ''),
        ('__trivia_star_2', 'k', ''),
        ('__trivia_star_2', 'k', ''),
        ('__trivia_star_2', 'sk', ''),
        ('__trivia_star_2', 'sk', ''),
        ('__trivia_star_2', 'sk', ''),
        ('__alternation_plus_3', 'dk', ''),
        ('__alternation_plus_3', 'sdk', ''),
    ),
)
