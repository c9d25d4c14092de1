"""Rules about networks, embeddings and wildcards."""
