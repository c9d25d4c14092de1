"""The fingerprint of pixels."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from mezzotint.runtime.metadata.digest import digest_file, digest_pixels
from mezzotint.runtime.metadata.record import MetadataError


def test_definition() -> None:
    image = Image.effect_noise((7, 600), 50).convert("RGB")
    assert digest_pixels(image) == hashlib.sha256(b"RGB 7x600\n" + image.tobytes()).hexdigest()


def test_only_pixels_count(tmp_path: Path) -> None:
    image = Image.new("RGB", (5, 4), (1, 2, 3))
    image.quantize().save(tmp_path / "palette.png")
    image.save(tmp_path / "plain.png", dpi=(72, 72), compress_level=0)
    assert (
        digest_file(tmp_path / "palette.png") == digest_file(tmp_path / "plain.png") == digest_pixels(image)
    )
    assert digest_pixels(image.convert("RGBA")) != digest_pixels(image)
    assert digest_pixels(image.resize((4, 5))) != digest_pixels(image)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (100, 100)).save(path)
    with pytest.raises(MetadataError, match="more than"):
        digest_file(path, max_pixels=9999)
    for limit in (9999, 4999):  # Pillow warns above its limit and refuses above twice
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(MetadataError, match="too many pixels"):
            digest_file(path)


@pytest.mark.parametrize("cut", [0, 3, 50, 90])
def test_damaged_files(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((64, 64), 50).save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(MetadataError, match=r"a\.png"):
        digest_file(path)
