"""Rules about what is said twice or in a roundabout way."""
