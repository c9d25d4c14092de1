"""The built-in text-to-image model: its weights, and the code that drew its data and trained it."""
