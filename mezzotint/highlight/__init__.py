"""Colours for prompts: what each mark of a text is, and how Pygments and editors call it."""
