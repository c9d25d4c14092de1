"""Mezzotint: the compiler for image prompts."""
