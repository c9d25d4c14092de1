"""Syntax tree to IR, passes, diagnostics and conditioning."""
