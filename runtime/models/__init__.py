"""Finding models and loading them; this module and :mod:`.folder` do without torch."""
