"""The steps from prompt text to prompt program, each a pure function in a file of its name."""
