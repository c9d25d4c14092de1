"""The language server: what the compiler knows of a prompt, in the editor. Needs ``mezzotint[lsp]``."""
