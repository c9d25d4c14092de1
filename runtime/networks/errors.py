"""What can be wrong with a network that a prompt asks for."""

from mezzotint.grammar.errors import MezzotintError


class NetworkError(MezzotintError):
    """A network cannot be found, read, or used with this model."""
