"""The process's switches while a picture is made, and after."""

import pytest
import torch

from mezzotint.runtime.devices.determinism import SWITCHES, reproducible


def state() -> list[object]:
    return [switch.read() for switch in SWITCHES]


@pytest.mark.parametrize("fast", [False, True])
def test_switches_are_thrown_and_put_back(fast: bool) -> None:
    before = state()
    with reproducible(fast=fast):
        assert state() == [switch.fast if fast else switch.exact for switch in SWITCHES]
        assert torch.is_inference_mode_enabled()
        assert torch.are_deterministic_algorithms_enabled() is not fast
        assert torch.backends.cudnn.benchmark is fast
        assert torch.backends.cuda.matmul.allow_tf32 is fast
        assert torch.backends.cudnn.allow_tf32 is fast
        assert torch.backends.cuda.mem_efficient_sdp_enabled() is fast  # type: ignore[no-untyped-call]
        assert torch.backends.cuda.flash_sdp_enabled()  # type: ignore[no-untyped-call]
    assert state() == before
    assert not torch.is_inference_mode_enabled()


def test_they_are_put_back_after_an_error_and_as_they_were() -> None:
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = True
    try:
        before = state()
        with pytest.raises(ZeroDivisionError), reproducible(1):
            raise ZeroDivisionError
        assert state() == before
    finally:
        torch.use_deterministic_algorithms(False)
        torch.backends.cudnn.benchmark = False


def test_a_slow_picture_within_a_fast_one_is_exact() -> None:
    with reproducible(fast=True):
        with reproducible():
            assert torch.are_deterministic_algorithms_enabled()
        assert not torch.are_deterministic_algorithms_enabled()
