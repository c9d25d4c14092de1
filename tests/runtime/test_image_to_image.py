"""Image to image and inpainting: masks, sizes, and what happens at the edges."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from mezzotint.grammar.errors import MezzotintError
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.passes import mask as masks
from mezzotint.runtime.passes.blur import blur, kernel
from mezzotint.runtime.passes.image_to_image import finish, latent_mask, prepare, start, to_pixels
from mezzotint.runtime.passes.resize import resize
from mezzotint.runtime.passes.settings import LATENT_RESIZE, RESIZE_MODES, ImageSettings, MaskSettings
from mezzotint.runtime.passes.source import Source, open_source, pixel_hash

# A row of 255 at 3..8, 77 at 15 and 200 at 20, as cv2.GaussianBlur of OpenCV 4.10 blurs it.
BLURRED = {
    1: [2, 15, 77, 178, 240, 254, 254, 240, 178, 77, 15, 1, 0, 4, 19, 31, 19, 5, 11, 48, 80, 48, 11, 2],
    2: [
        52,
        66,
        104,
        153,
        196,
        220,
        220,
        196,
        153,
        102,
        57,
        28,
        14,
        11,
        14,
        17,
        19,
        23,
        29,
        37,
        41,
        37,
        30,
        27,
    ],
    4: [
        128,
        129,
        134,
        140,
        145,
        148,
        144,
        136,
        121,
        105,
        87,
        70,
        56,
        43,
        35,
        28,
        28,
        26,
        28,
        28,
        31,
        31,
        33,
        32,
    ],
    7: [
        129,
        128,
        128,
        124,
        122,
        118,
        112,
        107,
        101,
        94,
        86,
        81,
        73,
        64,
        60,
        53,
        49,
        44,
        41,
        38,
        36,
        34,
        34,
        33,
    ],
}


@pytest.mark.parametrize("sigma", BLURRED)
def test_blur_is_opencvs(sigma: int) -> None:
    row = np.zeros((1, 24), np.uint8)
    row[0, 3:9], row[0, 15], row[0, 20] = 255, 77, 200
    assert blur(row, sigma)[0].tolist() == BLURRED[sigma]
    assert blur(row.T.copy(), sigma)[:, 0].tolist() == BLURRED[sigma]


@given(st.integers(1, 200))
def test_kernels_sum_to_one(sigma: int) -> None:
    weights = kernel(sigma)
    assert sum(weights) == 256
    assert weights == weights[::-1]
    assert len(weights) == 2 * int(2.5 * sigma + 0.5) + 1


def picture(width: int = 64, height: int = 64, mode: str = "RGB") -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    return Image.fromarray(noise, "RGBA").convert(mode)


def spot(width: int = 64, height: int = 64, box: masks.Box = (16, 24, 40, 48)) -> Image.Image:
    image = Image.new("L", (width, height))
    image.paste(255, box)
    return image


def settings(width: int = 64, height: int = 64, **image: Any) -> RenderSettings:
    mask = {key: image.pop(key) for key in list(image) if key in MaskSettings.__slots__}
    return RenderSettings(width=width, height=height, image=ImageSettings(mask=MaskSettings(**mask), **image))


class Eighth:
    """A VAE that keeps the middle of every 8 x 8 pixels."""

    def encode_image(self, pixels: Tensor) -> Tensor:
        return pixels[:, [0, 1, 2, 0], 4::8, 4::8]


def no_noise() -> Tensor:
    raise AssertionError


@pytest.mark.parametrize("mode", RESIZE_MODES[:3])
@pytest.mark.parametrize("size", [(64, 64), (96, 64), (64, 104), (8, 128)])
def test_pictures_are_brought_to_size(mode: str, size: tuple[int, int]) -> None:
    prepared = prepare(Source(picture(80, 48)), settings(*size, resize_mode=mode))
    assert prepared.image.size == size
    assert prepared.image.mode == "RGB"


def test_covering_crops_and_fitting_stretches_the_edges() -> None:
    image = Image.new("RGB", (40, 20), "red")
    image.paste((0, 0, 255), (20, 0, 40, 20))
    cropped = resize(image, (16, 16), "Crop and resize")
    assert cropped.getpixel((2, 8)) == (255, 0, 0)
    assert cropped.getpixel((13, 8)) == (0, 0, 255)
    fitted = resize(image, (40, 40), "Resize and fill")
    assert [fitted.getpixel((5, y)) for y in (0, 20, 39)] == [(255, 0, 0)] * 3
    assert [fitted.getpixel((35, y)) for y in (0, 20, 39)] == [(0, 0, 255)] * 3


def test_transparency_is_laid_on_white() -> None:
    prepared = prepare(Source(Image.new("RGBA", (64, 64), (9, 9, 9, 0))), settings())
    assert prepared.image.getpixel((5, 5)) == (255, 255, 255)


def test_latent_upscaling_resizes_latents() -> None:
    chosen = settings(128, 96, resize_mode=LATENT_RESIZE)
    prepared = prepare(Source(picture(64, 64)), chosen)
    assert prepared.image.size == (64, 64)
    assert start(prepared, chosen, Eighth(), no_noise).latents.shape == (1, 4, 12, 16)
    with pytest.raises(MezzotintError, match="choose another resize mode"):
        prepare(Source(picture(), spot()), chosen)


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "RGBA", "LA"])
def test_pictures_of_any_mode_are_masks(mode: str) -> None:
    assert masks.read_mask(spot().convert("L").convert(mode), MaskSettings()).getbbox() == (16, 24, 40, 48)


def test_masks_by_transparency_are_hard() -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    image.putpixel((1, 1), (0, 0, 0, 128))
    image.putpixel((2, 2), (0, 0, 0, 129))
    assert masks.read_mask(image, MaskSettings()).getbbox() == (2, 2, 3, 3)


def test_inverted_masks_paint_the_rest() -> None:
    mask = masks.read_mask(spot(), MaskSettings(inverted=True))
    assert mask.getpixel((0, 0)) == 255
    assert mask.getpixel((30, 30)) == 0


@given(
    st.integers(8, 200),
    st.integers(8, 200),
    st.tuples(st.integers(8, 512), st.integers(8, 512)),
    st.data(),
)
def test_the_part_stays_inside_and_holds_the_masked(
    width: int, height: int, proportions: tuple[int, int], data: st.DataObject
) -> None:
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    found = masks.widen((left, top, right, bottom), proportions, (width, height))
    assert 0 <= found[0] <= left < right <= found[2] <= width
    assert 0 <= found[1] <= top < bottom <= found[3] <= height


def test_a_part_is_enlarged_and_put_back_where_it_was() -> None:
    source = Source(picture(120, 80), spot(120, 80, (20, 10, 40, 30)))
    chosen = settings(only_masked=True, padding=6)
    prepared = prepare(source, chosen)
    assert prepared.box == (14, 4, 46, 36)
    assert prepared.image.size == (64, 64)
    done = finish(prepared, Image.new("RGB", (64, 64), "red"))
    assert done.size == (120, 80)
    assert done.getpixel((30, 20)) == (255, 0, 0)
    assert done.getpixel((10, 20)) == source.image.getpixel((10, 20))
    assert done.getpixel((16, 6)) == source.image.getpixel((16, 6))  # in the part, but not masked


def test_a_black_mask_has_no_part() -> None:
    prepared = prepare(Source(picture(), Image.new("L", (64, 64))), settings(only_masked=True))
    assert prepared.mask is None
    assert finish(prepared, picture()).tobytes() == picture().tobytes()


def test_what_is_not_masked_comes_back_untouched() -> None:
    prepared = prepare(Source(picture(), spot()), settings())
    done = np.asarray(finish(prepared, Image.new("RGB", (64, 64), "red")))
    inside = np.asarray(spot()) == 255
    assert (done[inside] == (255, 0, 0)).all()
    assert (done[~inside] == np.asarray(picture())[~inside]).all()


def test_filling_takes_colours_from_around() -> None:
    image = Image.new("RGB", (64, 64), "blue")
    image.paste((255, 0, 0), (16, 24, 40, 48))
    red, _, blue = masks.fill(image, spot()).getpixel((28, 36))  # type: ignore[misc]
    assert (red, blue) == (0, 255)


def test_latent_contents_replace_what_is_painted() -> None:
    source = Source(picture(), spot())
    ones = torch.ones(1, 4, 8, 8)
    for content, value in (("latent noise", 1.0), ("latent nothing", 0.0)):
        chosen = settings(content=content)
        begun = start(prepare(source, chosen), chosen, Eighth(), lambda: ones)
        assert begun.keep is not None
        painted = begun.latents[:, :, begun.keep == 0]
        assert painted.numel() > 0
        assert (painted == value).all()


def test_latent_masks_are_ones_and_zeros() -> None:
    found = latent_mask(spot(), (8, 8))
    assert found.shape == (8, 8)
    assert set(found.flatten().tolist()) == {0.0, 1.0}
    assert found[3:6, 2:5].all()
    assert found.sum() == 9


def test_pixels_span_minus_one_to_one() -> None:
    pixels = to_pixels(Image.merge("RGB", [Image.new("L", (8, 8), v) for v in (0, 255, 51)]))
    assert pixels.shape == (1, 3, 8, 8)
    assert pixels[0, :, 0, 0].tolist() == pytest.approx([-1, 1, -0.6])


def test_sources_are_read_and_told_apart(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png")
    spot().save(tmp_path / "m.png")
    source = open_source(tmp_path / "a.png", tmp_path / "m.png")
    assert source.mask is not None
    assert pixel_hash(source.image) == pixel_hash(picture())
    assert pixel_hash(source.mask) != pixel_hash(source.image)
    (tmp_path / "x.png").write_bytes(b"no picture")
    with pytest.raises(MezzotintError, match="cannot decode"):
        open_source(tmp_path / "x.png")


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"strength": 1.5}, "use 0 to 1"),
        ({"resize_mode": "Stretch"}, "Crop and resize"),
        ({"noise_multiplier": -1.0}, "use 0 to 10"),
    ],
)
def test_impossible_settings_are_refused(change: dict[str, object], remedy: str) -> None:
    with pytest.raises(MezzotintError, match=remedy):
        replace(ImageSettings(), **change)  # type: ignore[arg-type]
    with pytest.raises(MezzotintError, match="latent nothing"):
        MaskSettings(content="magic")


def test_sources_stand_upright_and_keep_their_transparency(tmp_path: Path) -> None:
    image = picture(16, 8)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise
    image.save(tmp_path / "lies.png", exif=exif)
    assert open_source(tmp_path / "lies.png").image.tobytes() == image.rotate(-90, expand=True).tobytes()
    image.save(
        tmp_path / "damaged.png",
        exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\xff\xff\xff\xff\xff\xff\xff\xff",
    )
    assert open_source(tmp_path / "damaged.png").image.size == (16, 8)
    flat = Image.new("P", (8, 8), 1)
    flat.save(tmp_path / "palette.png", transparency=bytes([255, 0]))
    assert open_source(tmp_path / "palette.png").image.mode == "RGBA"
