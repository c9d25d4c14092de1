"""How property tests choose their examples.

By default the same ones every time, so that a change is judged by what it changed; ``make explore`` looks
for new ones, and many more. What it finds becomes an ``@example``.
"""

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
