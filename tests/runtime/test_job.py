"""Settings, and their way to and from infotexts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mezzotint.grammar.document import Dialect, read_document
from mezzotint.grammar.errors import MezzotintError
from mezzotint.grammar.infotext.build import join
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.job_infotext import (
    Resources,
    infotext_items,
    missing,
    settings_from_infotext,
    unhonoured,
)
from mezzotint.runtime.passes.infotext import hires_resolved
from mezzotint.runtime.passes.settings import (
    LATENT_UPSCALERS,
    MASKED_CONTENTS,
    PIXEL_UPSCALERS,
    REFINED_PASSES,
    RESIZE_MODES,
    HiresSettings,
    ImageSettings,
    MaskSettings,
    RefinerSettings,
)
from mezzotint.runtime.request import read_request
from mezzotint.runtime.sampler_table import SAMPLERS, SCHEDULERS

NUMBERS = st.one_of(st.integers(0, 50), st.floats(0, 50).filter(lambda x: x == x))
SAMPLER_NAMES = st.sampled_from([info.name for info in SAMPLERS])
SCHEDULE_LABELS = st.sampled_from([info.label for info in SCHEDULERS])
TEXTS = st.text(st.characters(exclude_categories=["C"]), max_size=20).map(str.strip)
HASHES = st.just("") | st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda h: not h.isdigit())
HIRES = st.builds(
    HiresSettings,
    strength=st.floats(0, 1),
    upscaler=st.sampled_from([*LATENT_UPSCALERS, *PIXEL_UPSCALERS, "4x-UltraSharp", "R-ESRGAN 4x+"]),
    scale=st.floats(1, 4),
    resize=st.tuples(st.integers(0, 2048), st.integers(0, 2048)),
    steps=st.integers(0, 50),
    sampler=st.none() | SAMPLER_NAMES,
    scheduler=st.none() | SCHEDULE_LABELS,
    prompt=TEXTS,
    negative_prompt=TEXTS,
)
MASKS = st.builds(
    MaskSettings,
    blur=st.integers(0, 64),
    content=st.sampled_from(MASKED_CONTENTS),
    inverted=st.booleans(),
    only_masked=st.booleans(),
    padding=st.integers(0, 256),
    hash=HASHES,
).map(lambda mask: mask if mask.only_masked else replace(mask, padding=32))  # else it says nothing
IMAGES = st.builds(
    ImageSettings,
    strength=st.floats(0, 1),
    resize_mode=st.sampled_from(RESIZE_MODES),
    noise_multiplier=st.floats(0, 2),
    exact_steps=st.booleans(),
    mask=MASKS,
    hash=HASHES,
)
REFINERS = st.builds(
    RefinerSettings,
    model=st.sampled_from(["refiner [0123456789]", "a: b, c", "x"]),
    switch_at=st.floats(0, 1),
    by_steps=st.booleans(),
    acts_in=st.sampled_from(REFINED_PASSES),
)
PASSES = st.one_of(
    st.just({}), st.builds(lambda h: {"hires": h}, HIRES), st.builds(lambda i: {"image": i}, IMAGES)
)
PLAIN = st.builds(
    RenderSettings,
    steps=st.integers(1, 150),
    sampler=SAMPLER_NAMES,
    scheduler=SCHEDULE_LABELS,
    cfg_scale=NUMBERS,
    seed=st.integers(0, 2**64 - 1),
    width=st.integers(1, 256).map(lambda n: n * 8),
    height=st.integers(1, 256).map(lambda n: n * 8),
    clip_skip=st.integers(1, 12),
    rng=st.sampled_from(["CPU", "NV", "GPU"]),
    variation_seed=st.integers(0, 2**32),
    variation_strength=st.floats(0, 1),
    seed_resize=st.none() | st.tuples(st.integers(8, 999), st.integers(8, 999)),
    eta=st.floats(0, 1),
    eta_ddim=st.floats(0, 1),
    ensd=st.integers(-99, 31337),
    s_churn=NUMBERS,
    s_noise=NUMBERS,
    schedule_rho=NUMBERS,
    schedule_max_sigma=NUMBERS,
    ngms=NUMBERS,
    ngms_all_steps=st.booleans(),
    noise_schedule=st.sampled_from(["Default", "Zero Terminal SNR"]),
    emphasis=st.sampled_from(["Original", "No norm", "Ignore", "None"]),
    sgm_noise_multiplier=st.booleans(),
    tiling=st.booleans(),
    pad_conds=st.booleans(),
    pad_conds_v0=st.booleans(),
    guidance_rescale=st.floats(0, 1),
    extra_noise=st.floats(0, 1),
    batch_size=st.integers(1, 8),
    refiner=st.none() | REFINERS,
)
SETTINGS = st.builds(lambda plain, passes: replace(plain, **passes), PLAIN, PASSES)


def computed(settings: RenderSettings) -> list[tuple[str, str]]:
    """Sampler and schedule of each pass, as they are computed."""
    resolved = [settings.resolved]
    if settings.hires is not None:
        resolved.append(hires_resolved(settings.hires, settings.resolved))
    return [(one.sampler.name, one.effective_scheduler) for one in resolved]


@given(SETTINGS)
def test_written_settings_read_back_and_write_the_same(settings: RenderSettings) -> None:
    items = infotext_items(settings)
    text = join(
        "a prompt unlike any other", "and another one of these", {**dict(items), "Version": "mezzotint 0.1.0"}
    )
    again = read_request(read_document(text, Dialect.INFOTEXT)).settings
    assert infotext_items(again) == items
    assert computed(again) == computed(settings)
    assert again.image == settings.image
    assert again.refiner == settings.refiner
    if settings.hires is not None:
        kept = ("strength", "upscaler", "resize", "steps", "prompt", "negative_prompt")
        assert again.hires is not None
        for name in kept:
            assert getattr(again.hires, name) == getattr(settings.hires, name)
    assert unhonoured(dict(items)) == []
    assert missing(dict(items)) == []
    assert again.resolved.effective_scheduler == settings.resolved.effective_scheduler


def test_items_stand_in_a1111s_order() -> None:
    settings = RenderSettings(
        steps=8,
        sampler="Euler a",
        cfg_scale=7,
        seed=31,
        width=64,
        height=128,
        clip_skip=2,
        ensd=31337,
        eta=0.5,
        variation_seed=7,
        variation_strength=0.3,
        seed_resize=(64, 72),
        rng="NV",
    )
    items = infotext_items(settings, Resources(model_hash="ed119cb901", model="tiny"))
    assert ", ".join(f"{key}: {value}" for key, value in items) == (
        "Steps: 8, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 31, Size: 64x128, "
        "Model hash: ed119cb901, Model: tiny, Variation seed: 7, Variation seed strength: 0.3, "
        "Seed resize from: 64x72, Clip skip: 2, ENSD: 31337, RNG: NV, Eta: 0.5"
    )


@pytest.mark.parametrize(
    ("sampler", "scheduler", "written"),
    [
        ("DPM++ 2M", "Automatic", "Karras"),
        ("Euler", "Automatic", "Automatic"),
        ("Euler", "Uniform", "Uniform"),
        ("DDIM", "Karras", "Karras"),
        ("DDIM", "Automatic", "Automatic"),
        ("LCM", "Automatic", "Automatic"),
        ("DPM++ 2M SDE", "Karras", "Karras"),
    ],
)
def test_the_schedule_is_spelled_out_where_it_is_known(sampler: str, scheduler: str, written: str) -> None:
    items = dict(infotext_items(RenderSettings(sampler=sampler, scheduler=scheduler)))
    assert items["Schedule type"] == written


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        (RenderSettings(sampler="Euler a", ensd=1), True),
        (RenderSettings(sampler="Euler a", ensd=1, eta=0.0), False),
        (RenderSettings(sampler="Euler", ensd=1), False),
        (RenderSettings(sampler="Euler", ensd=1, s_churn=1.0), True),
        (RenderSettings(sampler="LCM", ensd=1), True),
        (RenderSettings(sampler="DPM++ SDE", ensd=1), False),
    ],
)
def test_ensd_is_written_where_it_acts(settings: RenderSettings, written: bool) -> None:
    assert ("ENSD" in dict(infotext_items(settings))) is written


def test_an_absent_noise_source_is_the_writers_card() -> None:
    assert settings_from_infotext({"Seed": "1"}).rng == "GPU"


def test_sizes_are_read_whole_or_split() -> None:
    for items in ({"Size": "512x768"}, {"Size-1": "512", "Size-2": "768"}):
        settings = settings_from_infotext(items)
        assert (settings.width, settings.height) == (512, 768)


def test_old_names_are_read_as_they_were_meant() -> None:
    assert settings_from_infotext({"Sampler": "DPM++ 2M"}).scheduler == "Uniform"
    assert settings_from_infotext({"Sampler": "DPM++ 2M Karras"}).scheduler == "Karras"


def test_whole_numbers_stay_whole() -> None:
    assert str(settings_from_infotext({"CFG scale": "7"}).cfg_scale) == "7"
    assert str(settings_from_infotext({"CFG scale": "7.0"}).cfg_scale) == "7.0"


def test_what_is_not_acted_on_is_reported_in_order() -> None:
    items = {
        "Steps": "20",
        "Denoising strength": "0.6",
        "Hires upscaler": "Latent",
        "Hires checkpoint": "other [0123456789]",
        "ControlNet 0": "Module: canny",
        "Model hash": "abc",
        "Version": "v1.10.1",
    }
    assert unhonoured(items) == ["Hires checkpoint", "ControlNet 0"]


def test_what_no_picture_can_do_without_is_reported() -> None:
    assert missing({"Steps": "20", "Size-1": "8", "Size-2": "8"}) == ["Sampler", "CFG scale", "Seed"]


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"steps": 0}, "use 1 to 1000"),
        ({"width": 100}, "use 96 or 104"),
        ({"height": 0}, "use 8 to 8192"),
        ({"seed": -1}, "use 0 to"),
        ({"clip_skip": 0}, "use 1 to"),
        ({"rng": "TPU"}, "CPU, GPU, NV"),
        ({"cfg_scale": float("nan")}, "use 1 to 30"),
        ({"emphasis": "Loud"}, "Original"),
        ({"seed_resize": (0, 64)}, "leave it out"),
        ({"sampler": "Eular"}, "did you mean 'Euler'"),
        ({"noise_schedule": "Other"}, "Zero Terminal SNR"),
    ],
)
def test_impossible_settings_are_refused_with_the_remedy(change: dict[str, object], remedy: str) -> None:
    with pytest.raises(MezzotintError, match=remedy):
        replace(RenderSettings(), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("items", [{"Steps": "many"}, {"Size": "wide"}, {"Eta": "x"}])
def test_malformed_fields_are_refused(items: dict[str, str]) -> None:
    with pytest.raises(MezzotintError, match="is not a"):
        settings_from_infotext(items)
