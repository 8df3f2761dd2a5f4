"""Boards on other machines, on the loopback: RFC 2217 and plain sockets carry the link of a real virtual board."""

from __future__ import annotations

import os
import socket
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bitloop.errors import LinkError, ProbeError
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file
from bitloop_hil.bridge import PROTOCOLS, Bridge, Served
from bitloop_hil.link.client import Link
from bitloop_hil.link.remote import open_port, scheme_of
from bitloop_hil.link.transport import Deadline, SerialTransport, Transport
from bitloop_hil.locks import BoardLock, holder
from tests.hil import tiny

# pyserial's RFC 2217 client names its thread the old way.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name)")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of this test alone."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: the end a board would have, and the name of the port."""
    ours, far = os.openpty()
    tty.setraw(far)
    yield ours, os.ttyname(far)
    os.close(ours)
    os.close(far)


@contextmanager
def _served(served: Served, protocol: str) -> Iterator[Bridge]:
    with Bridge(served, protocol) as bridge:
        thread = threading.Thread(target=bridge.serve)
        thread.start()
        try:
            yield bridge
        finally:
            bridge.stop()
            thread.join()


def _all(transport: Transport, size: int) -> bytes:
    data, deadline = b"", Deadline.after(30)
    while len(data) < size:
        assert not deadline.passed, f"{len(data)} of {size} bytes arrived"
        data += transport.read(deadline.left())
    return data


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_byte_passes_in_both_directions(line: tuple[int, str], protocol: str) -> None:
    ours, port = line
    bytes_of_all_sorts = bytes(range(256)) * 8 + b"\xff" * 512 + b"\xff\xfa\x2c\xff\xf0" * 50
    with _served(Served(port, 115_200), protocol) as bridge:
        transport = open_port(bridge.url, 921_600)
        transport.write(bytes_of_all_sorts)
        got = b""
        while len(got) < len(bytes_of_all_sorts):
            got += os.read(ours, 1 << 16)
        assert got == bytes_of_all_sorts
        os.write(ours, bytes_of_all_sorts)
        assert _all(transport, len(bytes_of_all_sorts)) == bytes_of_all_sorts
        transport.close()
        transport.close()


def test_rfc2217_sets_the_speed_of_the_line(line: tuple[int, str]) -> None:
    import termios

    ours, port = line
    with _served(Served(port, 9600), "rfc2217") as bridge:
        transport = open_port(bridge.url, 460_800)
        assert termios.tcgetattr(ours)[4] == termios.B460800
        transport.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_link_of_a_board_works_from_afar(protocol: str) -> None:
    image = tiny.tiny_image("generic-cortex-m0")
    board = board_file("generic-cortex-m0")
    with VirtualBoard(board) as virtual:
        virtual.flash(image.path)
        virtual.reset()
        with _served(Served(virtual.port, 921_600), protocol) as bridge, Link(open_port(bridge.url)) as link:
            greeting = link.greet(image.library_id, image.build)
            assert greeting.board == "generic-cortex-m0"
            assert link.echo(bytes(range(200))) == bytes(range(200))
            assert link.stats.to_json()["crc_errors"] == 0


def test_big_pieces_come_through_a_socket_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = open_port(f"socket://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        with peer:
            data = os.urandom(4 << 20)
            sender = threading.Thread(target=peer.sendall, args=(data,))
            sender.start()
            pieces, size = [], 0
            while size < len(data):
                pieces.append(transport.read(10))
                size += len(pieces[-1])
            sender.join()
        assert b"".join(pieces) == data
        assert len(pieces) < len(data) // 1000, "reading a byte at a time could not keep up with a board"
        with pytest.raises(LinkError, match="closed"):
            transport.read(1)
        transport.close()


def test_a_peer_that_reads_nothing_does_not_block_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bitloop_hil.link.transport._WRITE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = open_port(f"socket://127.0.0.1:{server.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(LinkError, match="took no more bytes"):
            transport.write(bytes(64 << 20))
        assert time.monotonic() - began < 10
        transport.close()


def test_the_board_is_locked_while_a_client_is_connected(line: tuple[int, str]) -> None:
    _, port = line
    with _served(Served(port, 115_200, "abc"), "rfc2217") as bridge:
        transport = open_port(bridge.url)
        who = holder("abc")
        assert who is not None
        assert who.reason == "served to 127.0.0.1"
        transport.close()
        with BoardLock("abc", seconds=30):  # the bridge lets go when the client does
            pass


def test_a_board_in_use_is_not_served(line: tuple[int, str]) -> None:
    _, port = line
    with _served(Served(port, 115_200, "abc"), "socket") as bridge, BoardLock("abc"):
        transport = open_port(bridge.url)
        with pytest.raises(LinkError, match="closed"):
            _all(transport, 1)
        transport.close()


def test_a_bridge_outlives_its_clients_and_a_port_that_is_taken(line: tuple[int, str]) -> None:
    ours, port = line
    with _served(Served(port, 115_200), "socket") as bridge:
        local = SerialTransport(port)
        refused = open_port(bridge.url)
        with pytest.raises(LinkError, match="closed"):
            _all(refused, 1)
        refused.close()
        local.close()
        again = open_port(bridge.url)
        again.write(b"hello?")
        assert os.read(ours, 100) == b"hello?"
        os.write(ours, b"hello!")
        assert _all(again, 6) == b"hello!"
        again.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_server_that_ends_ends_the_link(line: tuple[int, str], protocol: str) -> None:
    ours, port = line
    with _served(Served(port, 115_200), protocol) as bridge:
        transport = open_port(bridge.url)
        transport.write(b"last words")
        assert os.read(ours, 100) == b"last words"
    with pytest.raises(LinkError, match=r"closed|went away"):
        _all(transport, 1)
    transport.close()


def test_a_board_in_use_is_no_port_to_negotiate_about(line: tuple[int, str]) -> None:
    with (
        _served(Served(line[1], 115_200, "abc"), "rfc2217") as bridge,
        BoardLock("abc"),
        pytest.raises(ProbeError, match="cannot be opened"),
    ):
        open_port(bridge.url)


@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_a_server_that_is_not_there_is_one_sentence(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    with pytest.raises(ProbeError, match="check that its server runs"):
        open_port(f"{scheme}://127.0.0.1:{free}")


@pytest.mark.parametrize("port", ["http://host:1", "socket://host", "rfc2217://:5", "socket://h:99999", "loop://"])
def test_names_that_are_no_ports_are_refused(port: str) -> None:
    with pytest.raises(ProbeError, match="names no port"):
        scheme_of(port)


def test_a_port_that_cannot_be_listened_on_is_one_sentence(line: tuple[int, str]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(ProbeError, match="cannot be listened on"),
    ):
        Bridge(Served(line[1], 9600), port=server.getsockname()[1])
    with pytest.raises(ProbeError, match="cannot be served as 'telnet'"):
        Bridge(Served(line[1], 9600), "telnet")
