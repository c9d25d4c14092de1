"""Proof that this install gives the reference's numbers: its vectors, run through our code."""
