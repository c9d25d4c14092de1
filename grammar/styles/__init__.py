"""Styles: the sheet that A1111-style programs keep them in, and the texts in it."""
