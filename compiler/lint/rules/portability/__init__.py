"""Rules about what another program, or another model, does not understand."""
