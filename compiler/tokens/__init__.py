"""Text to the token ids of CLIP, without transformers; the vocabulary loads on first use."""
