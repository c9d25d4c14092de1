"""Rewritings that change the tree of a prompt and not the tensors: see :mod:`.optimize`."""
