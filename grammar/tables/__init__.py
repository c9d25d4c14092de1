"""The ``.lark`` grammars as tables, made by :mod:`mezzotint.grammar.generate`.

Lark builds them when the project is developed, so that no user waits for it: its import and the analysis
of a grammar take longer than checking a file of prompts.
"""
