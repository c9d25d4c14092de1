"""Noise, sampling, pixels and files."""
