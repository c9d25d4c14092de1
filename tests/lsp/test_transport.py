"""The server's two ways of being spoken to, and clients that do it badly or leave."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mezzotint.cli.group import cli

pytest.importorskip("pygls")

ROOT = Path(__file__).parents[2]
TIMEOUT = 30
REQUEST_CANCELLED, INVALID_PARAMS = -32800, -32602
COMMAND = [sys.executable, "-m", "mezzotint", "lsp"]


def message(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


INITIALIZE = message(
    json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}).encode()
)
EXIT = message(b'{"jsonrpc":"2.0","method":"exit"}')
SHUTDOWN = message(b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}')


def test_broken_messages_are_survived() -> None:
    """Bytes as no client sends them, then a request."""
    broken = [b"{not json", b'{"jsonrpc": "2.0", "method": 5}', b"[]", b"null", b"\xff\xfe"]
    done = subprocess.run(
        COMMAND,
        input=b"".join(map(message, broken)) + INITIALIZE + EXIT,
        capture_output=True,
        timeout=TIMEOUT,
        cwd=ROOT,
    )
    assert b'"capabilities"' in done.stdout


Call = tuple[int | None, str, object]


def talk(*calls: Call, until: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """What a new server says to messages that are sent at once, up to the one that is waited for."""
    said: list[dict[str, Any]] = []
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(INITIALIZE)
        for number, method, params in calls:
            one = {"jsonrpc": "2.0", "method": method, "params": params}
            server.stdin.write(message(json.dumps(one if number is None else {**one, "id": number}).encode()))
        server.stdin.flush()
        while not (said and until(said[-1])):
            length = int(server.stdout.readline().partition(b":")[2])
            while server.stdout.readline().strip():
                pass
            said.append(json.loads(server.stdout.read(length)))
    return said


def opening(uri: str, text: str) -> Call:
    item = {"uri": uri, "languageId": "image-prompt", "version": 1, "text": text}
    return None, "textDocument/didOpen", {"textDocument": item}


def codes(said: dict[str, Any]) -> list[str]:
    """Those of findings; none in other messages."""
    return [found["code"] for found in said.get("params", {}).get("diagnostics", ())]


def test_requests_may_be_cancelled() -> None:
    text = "a (cat:1.2) " * 2000
    place = {"textDocument": {"uri": "untitled:a"}, "position": {"line": 0, "character": 3}}
    said = talk(
        opening("untitled:a", text),
        (2, "textDocument/hover", place),
        (None, "$/cancelRequest", {"id": 2}),
        (None, "$/cancelRequest", {"id": 99}),
        (3, "mezzotint/fileText", {"uri": "untitled:a"}),
        (4, "shutdown", None),
        until=lambda one: one.get("id") == 4,
    )
    answers = {one["id"]: one for one in said if "id" in one}
    assert "result" in answers[2] or answers[2]["error"]["code"] == REQUEST_CANCELLED
    assert answers[3]["result"] == text


def test_documents_need_no_file_and_may_come_back_with_another_text() -> None:
    closing = (None, "textDocument/didClose", {"textDocument": {"uri": "untitled:Untitled-1"}})
    said = talk(
        opening("untitled:Untitled-1", "(cat"),
        closing,
        opening("untitled:Untitled-1", "a clock 10:30"),
        until=lambda one: codes(one) == ["MZ201"],
    )
    assert said[-1]["params"]["uri"] == "untitled:Untitled-1"


def test_one_very_long_line() -> None:
    text = "\U0001f408 (cat:1,3), " * 3000
    colours = (2, "textDocument/semanticTokens/full", {"textDocument": {"uri": "untitled:a"}})
    said = talk(opening("untitled:a", text), colours, until=lambda one: codes(one) != [])
    assert codes(said[-1]).count("MZ009") == 1000


@pytest.mark.parametrize("sent", [b"", INITIALIZE])
def test_the_server_ends_with_its_client(sent: bytes) -> None:
    subprocess.run(COMMAND, input=sent, capture_output=True, timeout=TIMEOUT, cwd=ROOT)


@pytest.mark.parametrize(("sent", "status"), [(SHUTDOWN + EXIT, 0), (EXIT, 1)])
def test_the_status_tells_whether_the_client_took_its_leave(sent: bytes, status: int) -> None:
    done = subprocess.run(COMMAND, input=INITIALIZE + sent, capture_output=True, timeout=TIMEOUT, cwd=ROOT)
    assert done.returncode == status


def test_who_asks_what_cannot_be_read_is_told() -> None:
    wrong = (7, "textDocument/hover", {"x": 1})
    said = talk(wrong, until=lambda one: one.get("id") == 7)
    assert said[-1]["error"]["code"] == INVALID_PARAMS


def test_a_client_may_come_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen([*COMMAND, "--tcp", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        with connected(port) as client:
            client.sendall(INITIALIZE)
            assert b"Content-Length" in client.recv(4096)
    finally:
        server.kill()
        server.wait(TIMEOUT)


def connected(port: int) -> socket.socket:
    for _ in range(TIMEOUT * 20):
        try:
            return socket.create_connection(("127.0.0.1", port), TIMEOUT)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise TimeoutError


@pytest.mark.parametrize("arguments", [["--tcp", "2087"], ["--tcp", "x:99999"], ["--stdio", "--tcp", "x:1"]])
def test_wrong_addresses_are_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["lsp", *arguments]).exit_code == 2


def test_the_command_does_not_wait_for_pygls_before_it_serves() -> None:
    code = "import sys, mezzotint.cli.lsp; sys.exit('pygls' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_no_model_library_is_loaded() -> None:
    code = "import sys, mezzotint.lsp.features; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
