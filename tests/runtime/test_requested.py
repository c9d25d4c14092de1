"""What is refused or completed before anything is computed."""

from dataclasses import replace

import pytest
from PIL import Image

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.passes.requested import check_passes, with_source_named
from mezzotint.runtime.passes.settings import HiresSettings, ImageSettings, MaskSettings
from mezzotint.runtime.passes.source import Source, pixel_hash
from mezzotint.runtime.picture import Renderer
from mezzotint.runtime.request import Request, read_request

SETTINGS = RenderSettings(width=64, height=64)
RED = Image.new("RGB", (64, 64), "red")
FROM_IMAGE = replace(SETTINGS, image=ImageSettings(mask=MaskSettings(blur=4)))


def test_pictures_and_settings_go_together() -> None:
    with pytest.raises(MezzotintError, match=r"which no infotext holds.*--init"):
        check_passes(Request("a", "", FROM_IMAGE))
    with pytest.raises(MezzotintError, match="needs a denoising strength"):
        check_passes(Request("a", "", SETTINGS, source=Source(RED)))
    check_passes(Request("a", "", FROM_IMAGE, source=Source(RED)))
    with pytest.raises(MezzotintError, match="exclude each other"):
        replace(FROM_IMAGE, hires=HiresSettings())


def test_the_hashes_of_the_pictures_are_named() -> None:
    mask = Image.new("L", (64, 64), 255)
    named = with_source_named(Request("a", "", FROM_IMAGE, source=Source(RED, mask))).settings.image
    assert named is not None
    assert (named.hash, named.mask.hash, named.mask.blur) == (pixel_hash(RED), pixel_hash(mask), 4)
    named = with_source_named(Request("a", "", FROM_IMAGE, source=Source(RED))).settings.image
    assert named is not None
    assert named.mask == MaskSettings()


def test_prompts_of_the_second_pass_are_said_once() -> None:
    hires = HiresSettings(prompt=" a cat ", negative_prompt="dog")
    named = with_source_named(Request("a cat", "", replace(SETTINGS, hires=hires))).settings.hires
    assert named is not None
    assert (named.prompt, named.negative_prompt) == ("", "dog")


@pytest.mark.parametrize("prompt", ["[red:blue:1.5], x: y", "two\nlines", "größe ☃"])
def test_prompts_of_the_second_pass_read_back(prompt: str) -> None:
    request = Request("a cat", "", replace(SETTINGS, hires=HiresSettings(prompt=prompt)))
    written = Renderer().recorded(request)
    assert written.losses == ()
    read_back = read_request(read_document(written.infotext, Dialect.INFOTEXT))
    assert read_back.settings.hires is not None
    assert read_back.settings.hires.prompt == prompt


@pytest.mark.parametrize("prompt", ["3x4", '"quoted"'])
def test_prompts_that_would_read_otherwise_are_told_of(prompt: str) -> None:
    request = Request("a cat", "", replace(SETTINGS, hires=HiresSettings(prompt=prompt)))
    written = Renderer().recorded(request)
    assert written.request.settings.hires == HiresSettings(prompt=prompt)
    (loss,) = written.losses
    assert loss.startswith("other programs will read the hires prompt otherwise (")


def test_white_space_is_no_loss_to_tell_of() -> None:
    hires = HiresSettings(prompt=" dog\r\n", negative_prompt="  ")
    written = Renderer().recorded(Request("a cat \r\n", " x\n", replace(SETTINGS, hires=hires)))
    assert written.losses == ()
    assert written.request.settings.hires == HiresSettings(prompt=" dog\r\n")
    assert (written.request.prompt, written.request.negative_prompt) == ("a cat \r\n", " x\n")
