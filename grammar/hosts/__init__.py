"""Hosts: files in which prompts stand among other things; found there, and rewritten alone."""
