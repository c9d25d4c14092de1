"""Rules about prompts that are legal and mean something else than they look like."""
