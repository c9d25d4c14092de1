"""Findings about prompts that are legal and yet do not do what they look like."""
