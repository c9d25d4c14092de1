"""What encoding prompts costs beyond the text encoder itself, and how much the encoder is asked to do.

A CLIP-L-sized `CLIPTextModel` with random weights, one thread, float32; prompts of `prompts.txt` with one
negative prompt. All figures are of one run:

* own time: wall time of `encode_program` less the time inside the encoder's forward;
* rows (chunks of 77 tokens) and calls of the encoder, ours and those of compel and sd_embed for the same
  prompts. Neither of the two knows schedules, AND or BREAK, so only prompts without them are taken;
  compel gets the same weights in its own spelling.

Peers that are not installed are left out: `pip install --no-deps compel pyparsing`, and
`pip install --no-deps git+https://github.com/xhinker/sd_embed`. With an argument, writes the figures there
as JSON.
"""

import json
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import torch
from transformers import CLIPTextConfig, CLIPTokenizer
from transformers.models.clip.modeling_clip import CLIPTextModel

from mezzotint.compiler.conditioning.cache import Cache
from mezzotint.compiler.conditioning.cache_folder import CacheFolder
from mezzotint.compiler.conditioning.clip import ClipEncoder, encode_program
from mezzotint.compiler.ir import Break, Piece, Program
from mezzotint.compiler.lower import compile_prompt
from mezzotint.runtime.builtin import model_path

PROMPTS = Path(__file__).with_name("prompts.txt")
COUNT = 30
NEGATIVE = "lowres, bad anatomy, bad hands, text, error, worst quality, low quality, jpeg artifacts, blurry"


class Meter:
    """Rows, calls and seconds of a text model's forward."""

    def __init__(self, model: CLIPTextModel) -> None:
        self.rows = self.calls = 0
        self.seconds = self.start = 0.0
        model.register_forward_pre_hook(self._begin, with_kwargs=True)
        model.register_forward_hook(self._end)

    def _begin(self, _: object, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        self.rows += len(args[0] if args else options["input_ids"])
        self.calls += 1
        self.start = time.perf_counter()

    def _end(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self.start

    def measure(self, work: Callable[[], object]) -> dict[str, float]:
        """What some work takes; own time in per cent of the time inside the forward."""
        self.rows = self.calls = 0
        self.seconds = 0.0
        start = time.perf_counter()
        work()
        total = time.perf_counter() - start
        own = total - self.seconds
        found: dict[str, float] = {"rows": self.rows, "calls": self.calls, "own_ms": own * 1000 / COUNT}
        if self.calls:
            found["forward_ms"] = self.seconds * 1000 / COUNT
            found["own_percent"] = own / self.seconds * 100
        return {name: round(value, 3) for name, value in found.items()}


def load() -> CLIPTextModel:
    """A text encoder of the size of CLIP-L."""
    torch.manual_seed(0)
    config = CLIPTextConfig(
        hidden_size=768,
        intermediate_size=3072,
        num_attention_heads=12,
        num_hidden_layers=12,
        bos_token_id=49406,
        eos_token_id=49407,
    )
    return CLIPTextModel(config).eval()


def plain_prompts() -> Iterator[tuple[str, Program]]:
    """The first prompts that peers can read, too."""
    for prompt in PROMPTS.read_text(encoding="utf-8").splitlines():
        program = compile_prompt(prompt, NEGATIVE)
        if len(program.positive) == 1 and len(program.positive[0].timeline) == 1:
            pieces = program.positive[0].timeline[0].pieces
            if not any(isinstance(piece, Break) for piece in pieces):
                yield prompt, program


def compel_spelling(pieces: tuple[Piece, ...]) -> str:
    """The same words and weights for compel."""
    parts = []
    for piece in pieces:
        assert not isinstance(piece, Break)  # noqa: S101 (left out above)
        text = re.sub(r"([()])", r"\\\1", piece.text)
        parts.append(text if piece.weight == 1 else f"({text}){float(piece.weight):.3f}")
    return "".join(parts)


def measure_ours(model: CLIPTextModel, meter: Meter, programs: list[Program]) -> dict[str, Any]:
    """Each setting of the cache, in the order in which a process meets them."""
    encoder = ClipEncoder(model)
    cache = Cache()

    def run(used: Cache | None) -> None:
        for program in programs:
            encode_program(program, encoder, cache=used)

    with TemporaryDirectory() as folder:
        disk = Cache(folder=CacheFolder(folder))
        return {
            "first pass, batches checked": meter.measure(lambda: run(cache)),
            "same prompts, warm cache": meter.measure(lambda: run(cache)),
            "later pass, no cache": meter.measure(lambda: run(None)),
            "later pass, cold cache": meter.measure(lambda: run(Cache())),
            "cold folder": meter.measure(lambda: run(disk)),
            "warm folder, memory empty": meter.measure(lambda: run(Cache(folder=disk.folder))),
        }


def measure_compel(model: CLIPTextModel, meter: Meter, programs: list[Program]) -> dict[str, float]:
    """compel, long prompts not truncated."""
    from compel import Compel

    compel = Compel(tokenizer=tokenizer(), text_encoder=model, truncate_long_prompts=False)
    texts = [compel_spelling(program.positive[0].timeline[0].pieces) for program in programs]
    return meter.measure(lambda: [compel([text, NEGATIVE]) for text in texts])


def measure_sd_embed(model: CLIPTextModel, meter: Meter, prompts: list[str]) -> dict[str, float]:
    """sd_embed reads the web UI's brackets itself."""
    from sd_embed.embedding_funcs import get_weighted_text_embeddings_sd15

    # It looks for `text_model` inside the model, which transformers 5 does not have any more.
    pipe = SimpleNamespace(
        text_encoder=WithTextModel(model), tokenizer=tokenizer(), device=torch.device("cpu")
    )
    with torch.no_grad():
        return meter.measure(
            lambda: [
                get_weighted_text_embeddings_sd15(pipe, prompt, NEGATIVE, pad_last_block=True)
                for prompt in prompts
            ]
        )


class WithTextModel:
    """A text model as transformers 4 laid it out."""

    def __init__(self, model: CLIPTextModel) -> None:
        self.text_model, self.model = model, model

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Run the model."""
        return self.model(*args, **options)


def tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer as peers want it."""
    return CLIPTokenizer.from_pretrained(model_path() / "tokenizer")


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    model = load()
    meter = Meter(model)
    prompts, programs = zip(*list(plain_prompts())[:COUNT], strict=True)
    # Loads the tokenizer's tables, as starting does, and checks the first size of batch.
    start = meter.measure(lambda: encode_program(compile_prompt("a", "b"), ClipEncoder(model), cache=None))
    ours = measure_ours(model, meter, list(programs))
    peers: dict[str, Any] = {}
    if find_spec("compel"):
        peers[f"compel {version_of('compel')}"] = measure_compel(model, meter, list(programs))
    if find_spec("sd_embed"):
        peers[f"sd_embed {version_of('sd_embed')}"] = measure_sd_embed(model, meter, list(prompts))
    for name, figures in {**ours, **peers}.items():
        print(f"{name:28} " + "  ".join(f"{key} {value:9.2f}" for key, value in figures.items()))
    if len(sys.argv) > 1:
        result = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": version("transformers"),
            "prompts": COUNT,
            "threads": torch.get_num_threads(),
            "unit": "ms a prompt pair; own time in per cent of the encoder's forward",
            "start_own_ms": round(start["own_ms"] * COUNT, 1),
            "mezzotint": ours,
            "peers": peers,
        }
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def version_of(name: str) -> str:
    """The version of a peer, which a checkout of its sources does not tell."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "(sources)"


if __name__ == "__main__":
    main()
