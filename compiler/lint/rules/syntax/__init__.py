"""Rules about brackets, numbers and backslashes: what is written wrong."""
