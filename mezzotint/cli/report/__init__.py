"""The findings of a check in the formats of people, programs and code hosts."""
