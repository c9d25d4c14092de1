"""Rules about the settings of an infotext, and about both of its prompts."""
