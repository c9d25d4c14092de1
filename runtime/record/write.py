"""The record of a picture that was just made."""

from importlib.metadata import PackageNotFoundError, version

from mezzotint import __version__
from mezzotint.compiler.ir import Program
from mezzotint.compiler.ir_json import digest
from mezzotint.runtime.devices.computing import Computing
from mezzotint.runtime.engine import Rendered
from mezzotint.runtime.metadata.digest import digest_pixels
from mezzotint.runtime.record.environment import Environment
from mezzotint.runtime.record.files import RecordedFile
from mezzotint.runtime.record.record import Record, text_digest
from mezzotint.runtime.request import Request

_LIBRARIES = ("torch", "diffusers", "transformers", "numpy")


def record_of(
    request: Request,
    program: Program,
    infotext: str,
    rendered: Rendered,
    *,
    files: tuple[RecordedFile, ...],
    model_hash: str,
    environment: Environment,
) -> Record:
    """What is written beside the infotext.

    Args:
        request: what was asked for.
        program: its prompts, compiled.
        infotext: what is written for everybody.
        rendered: what came out.
        files: what it was made with.
        model_hash: identity of the weights, as the infotext names it.
        environment: of :func:`environment_of`.
    """
    return Record(
        infotext=text_digest(infotext),
        pixels=digest_pixels(rendered.image),
        model_hash=model_hash,
        program_digest=digest(program),
        program=program,
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        settings=request.settings,
        files=files,
        environment=environment,
        stages=rendered.stages,
    )


def environment_of(computing: Computing, device: str, threads: int, *, fast: bool) -> Environment:
    """How and by what a picture is computed here.

    Args:
        computing: as it was asked for.
        device: the one that was found for it.
        threads: of the CPU.
        fast: whether bits were given up for speed.
    """
    import torch

    from mezzotint.runtime.devices.choose import accelerator
    from mezzotint.runtime.devices.determinism import switches

    return Environment(
        device=device,
        dtype=computing.dtype,
        channels_last=computing.channels_last or fast,
        compiled=computing.compiled,
        offload=computing.offload,
        deterministic=not fast,
        threads=threads,
        cpu=str(torch.backends.cpu.get_cpu_capability()),
        accelerator={} if device == "cpu" else accelerator(device),
        software=software(),
        switches=switches(fast=fast),
    )


def software() -> dict[str, str]:
    """The versions of what takes part in computing a picture."""
    found = {"mezzotint": __version__}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
