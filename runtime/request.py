"""What a user asks for: prompts and settings, from a document and from options given beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mezzotint.compiler.ir import A1111Weights, Emphasis, Program
from mezzotint.compiler.lower import HiresPrompts, compile_prompt
from mezzotint.compiler.passes.attention import attention
from mezzotint.compiler.passes.clock import Clock
from mezzotint.grammar.diagnostics import Diagnostic
from mezzotint.grammar.document import Document
from mezzotint.grammar.infotext.effective import effective
from mezzotint.grammar.infotext.record import Infotext
from mezzotint.grammar.midjourney_settings import tail_settings
from mezzotint.runtime.job import RenderSettings
from mezzotint.runtime.job_infotext import settings_from_infotext, unhonoured
from mezzotint.runtime.passes.infotext import hires_resolved
from mezzotint.runtime.record.files import FileRole
from mezzotint.runtime.record.record import Record
from mezzotint.runtime.sampler_table import Resolved

if TYPE_CHECKING:
    from mezzotint.runtime.passes.source import Source


@dataclass(frozen=True, slots=True)
class Request:
    """One picture to be made.

    Attributes:
        model, model_hash, vae, vae_hash: as the infotext names them; empty when it does not.
        ignored: settings of the infotext that would change the picture and are not acted on.
        diagnostics: findings about the document's frame; spans are into its source.
        source: the picture to start from, and its mask; no infotext holds them.
    """

    prompt: str
    negative_prompt: str
    settings: RenderSettings
    model: str = ""
    model_hash: str = ""
    vae: str = ""
    vae_hash: str = ""
    ignored: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    source: "Source | None" = None

    def program(self) -> Program:
        """The compiled prompts.

        Raises:
            PromptError: the prompts mean nothing, see :func:`mezzotint.compiler.lower.compile_prompt`.
        """
        weights = A1111Weights(Emphasis(self.settings.emphasis))
        return compile_prompt(
            self.prompt,
            self.negative_prompt,
            clock=clock(self.settings),
            interpretation=weights,
            hires=_hires_prompts(self.settings),
        )

    def without_image(self) -> "Request":
        """The request as text to image."""
        return replace(self, settings=replace(self.settings, image=None), source=None)


def clock(settings: RenderSettings) -> Clock:
    """How prompt editing is laid out in the (first) pass."""
    evaluations = _evaluations(settings.resolved, settings.steps)
    return Clock(evaluations, None, settings.old_prompt_editing_timelines)


def _hires_prompts(settings: RenderSettings) -> HiresPrompts | None:
    hires = settings.hires
    if hires is None:
        return None
    second = hires_resolved(hires, settings.resolved)
    evaluations = _evaluations(second, hires.steps or settings.steps)
    return HiresPrompts(evaluations, hires.prompt, hires.negative_prompt)


def _evaluations(resolved: Resolved, steps: int) -> int:
    """Second-order samplers are counted with two evaluations a step."""
    return steps * (2 if resolved.sampler.second_order else 1)


def read_request(
    document: Document,
    *,
    negative_prompt: str | None = None,
    native_size: tuple[int, int] = (512, 512),
    options: Mapping[str, Any] | None = None,
    record: Record | None = None,
) -> Request:
    """Make a request of a document.

    Args:
        document: where prompts come from, and settings if it is an infotext or has Midjourney flags.
        negative_prompt: replaces the document's.
        native_size: width and height in pixels for a document that names no size.
        options: fields of :class:`RenderSettings` that replace the document's; ``None`` values are skipped.
        record: what was written beside the infotext; it goes first unless somebody changed that text.

    Raises:
        MezzotintError: a setting is malformed, unknown or out of range.
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    if record is not None and record.tells_of(document.source):
        request = _from_record(record)
    elif document.infotext is None:
        request = _from_prompt(document, native_size)
    else:
        request = _from_infotext(document.infotext, document.diagnostics, native_size)
    if negative_prompt is not None:
        request = replace(request, negative_prompt=negative_prompt)
    return replace(request, settings=replace(request.settings, **given)) if given else request


def _from_record(record: Record) -> Request:
    models = {file.role: file for file in record.files}
    model, vae = models.get(FileRole.MODEL), models.get(FileRole.VAE)
    return Request(
        record.prompt or "",
        record.negative_prompt or "",
        record.settings or RenderSettings(),
        model=model.name if model else "",
        model_hash=model.hash if model else record.model_hash,
        vae=vae.name if vae else "",
        vae_hash=vae.hash if vae else "",
    )


def _from_prompt(document: Document, native_size: tuple[int, int]) -> Request:
    tail = tail_settings(document.flags, native_size)
    width, height = tail.size or native_size
    settings = RenderSettings(width=width, height=height, seed=tail.seed or 0)
    diagnostics = (*document.diagnostics, *tail.diagnostics)
    return Request(document.prompt, ", ".join(tail.negative), settings, diagnostics=diagnostics)


def _from_infotext(
    infotext: Infotext, diagnostics: tuple[Diagnostic, ...], native_size: tuple[int, int]
) -> Request:
    items = {key: str(value) for key, value in effective(infotext, attention).items()}
    if "Schedule type" not in infotext:
        del items["Schedule type"]  # filled in as "Automatic"; that it is absent tells how old the text is
    width, height = native_size
    settings = settings_from_infotext(items, RenderSettings(width=width, height=height))
    return Request(
        items["Prompt"],
        items["Negative prompt"],
        settings,
        model=items.get("Model", ""),
        model_hash=items.get("Model hash", ""),
        vae=items.get("VAE", ""),
        vae_hash=items.get("VAE hash", ""),
        ignored=tuple(unhonoured(items)),
        diagnostics=diagnostics,
    )


def document_clock(document: Document, steps: int | None = None) -> Clock:
    """The clock of a document's own settings; ``steps`` replaces the infotext's number.

    Raises:
        MezzotintError: a setting of the infotext is malformed, unknown or out of range.
    """
    return clock(read_request(document, options={"steps": steps}).settings)
