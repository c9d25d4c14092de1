"""The server's two ways of being spoken to, and clients that do it badly or leave."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from mezzotint.cli.group import cli

pytest.importorskip("pygls")

ROOT = Path(__file__).parents[2]
TIMEOUT = 30
COMMAND = [sys.executable, "-m", "mezzotint", "lsp"]


def message(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


INITIALIZE = message(
    json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}).encode()
)
EXIT = message(b'{"jsonrpc":"2.0","method":"exit"}')


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


@pytest.mark.parametrize("sent", [b"", INITIALIZE])
def test_the_server_ends_with_its_client(sent: bytes) -> None:
    subprocess.run(COMMAND, input=sent, capture_output=True, timeout=TIMEOUT, cwd=ROOT)


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
