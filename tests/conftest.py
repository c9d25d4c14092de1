"""What all tests have in common: how property tests choose examples, and that nothing of the user's is read.

By default examples are the same every time, so that a change is judged by what it changed; ``make explore``
looks for new ones, and many more. What it finds becomes an ``@example``.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session", autouse=True)
def _no_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The index of models of whoever runs the tests plays no part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEZZOTINT_INDEX", str(tmp_path_factory.mktemp("index") / "index.sqlite"))
        yield
