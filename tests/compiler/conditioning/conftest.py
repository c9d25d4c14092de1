"""What every test here starts from."""

from collections.abc import Iterator

import pytest
import torch

from mezzotint.compiler.conditioning.cache import SHARED


@pytest.fixture(autouse=True, scope="package")
def _one_thread() -> Iterator[None]:
    """The text models here are so small that a second thread only waits for the first."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    SHARED.clear()
