"""Infotext: the text in which A1111-style programs record how a picture was made."""
