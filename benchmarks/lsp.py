"""How soon the language server tells its findings after a keystroke, as an editor sees it.

Starts `mezzotint lsp`, opens a document and types into the middle of it, one letter at a time. The time runs
from the first byte of the edit written to the server's standard input to the last byte of the findings of
that version read from its standard output; the next letter is typed when they are there. Prompts are made of
the lines of `prompts.txt` beside this file. Needs `mezzotint[lsp]`. With an argument, writes the figures
there as JSON. One of the documents has a configuration file beside it.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from mezzotint.compiler.tokens.clip import clip_tokenizer

LINES = Path(__file__).with_name("prompts.txt").read_text(encoding="utf-8").splitlines()
TOKENS = 300
KEYSTROKES = 500
WARM_UP = 20
STARTS = 5
CONFIGURATION = 'extend-select = ["MZ1"]\nignore = ["MZ201"]\n[per-file-ignores]\n"archive/*" = ["MZ0"]\n'
SETTINGS = "\nNegative prompt: bad hands, blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5"


class Server:
    """A running server, spoken to without a library, whose own time would be measured, too."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "mezzotint", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.send("initialize", {"capabilities": {}}, request=1)
        self.receive()
        self.send("initialized", {})

    def pipe(self, pipe: IO[bytes] | None) -> IO[bytes]:
        """A pipe that is there, as those of :class:`subprocess.Popen` need not be."""
        if pipe is None:
            raise RuntimeError("the server has no pipe")
        return pipe

    def send(self, method: str, params: object, request: int | None = None) -> None:
        """Send a notification, or a request."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if request is None else {**message, "id": request}).encode()
        stream = self.pipe(self.process.stdin)
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()

    def receive(self) -> dict[str, Any]:
        """The next message."""
        stream, length = self.pipe(self.process.stdout), 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        found: dict[str, Any] = json.loads(stream.read(length))
        return found

    def findings(self, number: int) -> int:
        """Wait for the findings of a version; how many there are."""
        while True:
            message = self.receive()
            if message.get("params", {}).get("version") == number:
                return len(message["params"]["diagnostics"])

    def open(self, uri: str, text: str) -> int:
        """Open a document; how many findings it has."""
        item = {"uri": uri, "languageId": "image-prompt", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})
        return self.findings(1)

    def type(self, uri: str, number: int, line: int, character: int) -> float:
        """Type or take back one letter; milliseconds until its findings are there."""
        start = {"line": line, "character": character}
        end = {"line": line, "character": character + (number % 2)}
        change = {"range": {"start": start, "end": end}, "text": "" if number % 2 else "x"}
        begun = time.perf_counter()
        document = {"uri": uri, "version": number}
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        self.findings(number)
        return (time.perf_counter() - begun) * 1000

    def stop(self) -> None:
        """End it."""
        self.send("shutdown", None, request=2)
        self.receive()
        self.send("exit", None)
        self.process.wait()


def prompt(tokens: int) -> str:
    """The first lines that have so many tokens together, on one line."""
    text, at = "", 0
    while len(clip_tokenizer().encode(text)) < tokens:
        text += f"{LINES[at % len(LINES)]}, "
        at += 1
    return text


def measure(server: Server, name: str, text: str, folder: Path) -> dict[str, float]:
    """Type into the first line of a document."""
    uri = (folder / f"{name}.prompt").as_uri()
    found = server.open(uri, text)
    column = len(text.split("\n")[0]) // 2
    times = [server.type(uri, number, 0, column) for number in range(2, WARM_UP + KEYSTROKES + 2)][WARM_UP:]
    return {
        "characters": len(text),
        "tokens": len(clip_tokenizer().encode(text)),
        "findings": found,
        "median_ms": statistics.median(times),
        "p95_ms": statistics.quantiles(times, n=20)[-1],
        "max_ms": max(times),
    }


def first_findings() -> float:
    """Milliseconds from starting the server to the first findings."""
    begun = time.perf_counter()
    server = Server()
    server.open("file:///first.prompt", "a clock 10:30")
    taken = (time.perf_counter() - begun) * 1000
    server.stop()
    return taken


def main() -> None:
    """Print the table."""
    texts = {
        "prompt of 300 tokens": prompt(TOKENS),
        "the same as an infotext": prompt(TOKENS).rstrip(", ") + SETTINGS,
        "prompt of 75 tokens": prompt(75),
        "prompt of 3000 tokens": prompt(3000),
    }
    server = Server()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        rows = {name: measure(server, str(at), text, place) for at, (name, text) in enumerate(texts.items())}
        (place / "mezzotint.toml").write_text(CONFIGURATION, encoding="utf-8")
        rows["300 tokens, configured"] = measure(server, "configured", prompt(TOKENS), place)
    server.stop()
    start = statistics.median(first_findings() for _ in range(STARTS))
    for name, row in rows.items():
        times = "".join(f"{row[f'{key}_ms']:9.2f} ms {key}" for key in ("median", "p95", "max"))
        print(f"{name:26}{times}")
    print(f"{'start to first findings':26} {start:6.0f} ms median of {STARTS}")
    if len(sys.argv) > 1:
        machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "pygls": version("pygls")}
        result = {**machine, "keystrokes": KEYSTROKES, "documents": rows, "start_ms": start}
        Path(sys.argv[1]).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
