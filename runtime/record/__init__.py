"""Mezzotint's own record in a picture: all that its infotext cannot say; reading it needs no torch."""
