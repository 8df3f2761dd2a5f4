"""The plain `pyocd` command line on virtual boards, and pyOCD's own remote server in between."""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bitloop_hil.boards import board_file
from bitloop_hil.link.transport import Deadline
from bitloop_hil.probe.flasher import Flasher
from bitloop_hil.probe.sockets import OwnBoard
from bitloop_hil.published import socket_path
from tests.hil.elf_file import write_elf

L432 = "nucleo-l432kc"
ORIGIN, RAM = 0x08000000, 0x20000000
# start: movs r0, #0; loop: adds r0, #1; adds r1, r0, #7; b loop
LOOP = bytes.fromhex("00200130c11dfce7")
START = ORIGIN + 0x40
PROGRAM = struct.pack("<16I", RAM + 0x1000, *[START | 1] * 15) + LOOP
_SECONDS = 60


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Folders of these tests' own, and nobody's configuration of pyOCD."""
    folder = tmp_path_factory.mktemp("runtime")
    return {**os.environ, "XDG_RUNTIME_DIR": str(folder), "PYOCD_PROJECT_DIR": str(folder), "COLUMNS": "200"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_elf(tmp_path_factory.mktemp("image") / "loop.elf", [(ORIGIN, PROGRAM)])


@pytest.fixture(scope="module")
def published(environment: dict[str, str]) -> Iterator[str]:
    """A board that runs, as `bitloop bench run` publishes it; its probe's name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", environment["XDG_RUNTIME_DIR"])
        path = socket_path(L432)
        with OwnBoard(L432) as board:
            path.symlink_to(board.path)
            yield f"virtual:{L432}"
        path.unlink()


def pyocd(environment: dict[str, str], *arguments: str) -> str:
    """What a command of pyOCD prints; it has to succeed."""
    command = [sys.executable, "-m", "pyocd", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def commander(environment: dict[str, str], uid: str, *commands: str) -> str:
    return pyocd(environment, "commander", "-u", uid, *(part for command in commands for part in ("-c", command)))


def test_a_board_is_powered_for_the_session_if_none_is_running(environment: dict[str, str], image: Path) -> None:
    said = pyocd(environment, "load", "-u", "virtual:stm32f0discovery", str(image))
    assert re.search(r"Erased 1024 bytes \(1 sector\), programmed 1024 bytes", said)


def test_published_boards_are_listed_with_their_chip(environment: dict[str, str], published: str) -> None:
    said = pyocd(environment, "list")
    assert re.search(r"bitloop virtual nucleo-l432kc\s+nucleo-l432kc\s+\S+ stm32l432kc", said)


def test_nothing_virtual_is_listed_where_nobody_published_it(environment: dict[str, str], tmp_path: Path) -> None:
    said = pyocd({**environment, "XDG_RUNTIME_DIR": str(tmp_path)}, "list")
    assert "No available debug probes" in said


def test_what_was_loaded_stays_while_the_board_runs(environment: dict[str, str], published: str, image: Path) -> None:
    pyocd(environment, "load", "-u", published, str(image))
    pyocd(environment, "reset", "-u", published)
    commands = ["halt", f"read32 {ORIGIN:#x} 16", "reg pc", "reset halt", "step", "reg pc", f"break {START + 4:#x}"]
    commands += ["continue", "sleep 50", "status", "reg r0"] * 2
    said = commander(environment, published, *commands)
    assert re.search(rf"{ORIGIN:08x}:  {RAM + 0x1000:08x} {START | 1:08x}", said)
    running_at, stepped_to = re.findall(r"pc = 0x([0-9a-f]{8})", said)
    assert START < int(running_at, 16) <= START + 6
    assert int(stepped_to, 16) == START + 2
    assert said.count("Halted") == 2
    assert re.findall(r"r0 = 0x(\d+)", said) == ["00000001", "00000002"]


@pytest.mark.slow
def test_erasing_a_sector_and_the_chip(environment: dict[str, str], published: str, image: Path) -> None:
    above = ORIGIN + 0x1000
    raw = image.with_name("raw.bin")
    raw.write_bytes(b"abcd")
    pyocd(environment, "load", "-u", published, str(image))
    pyocd(environment, "load", "-u", published, "--base-address", hex(above), str(raw))
    pyocd(environment, "erase", "-u", published, "--sector", hex(ORIGIN))
    said = commander(environment, published, f"read32 {ORIGIN:#x} 4", f"read32 {above:#x} 4")
    assert f"{ORIGIN:08x}:  ffffffff" in said
    assert f"{above:08x}:  64636261" in said
    pyocd(environment, "erase", "-u", published, "--chip")
    assert f"{above:08x}:  ffffffff" in commander(environment, published, f"read32 {above:#x} 4")


@pytest.mark.slow
def test_mass_erase_through_a_core_that_stands(environment: dict[str, str]) -> None:
    """The H743's is done by the debugger's own accesses, which poll the controller while the core is halted."""
    said = pyocd(environment, "erase", "-v", "-u", "virtual:nucleo-h743zi", "--mass")
    assert "mass_erase bank 1 done" in said


def test_gdb_is_served(environment: dict[str, str], published: str) -> None:
    port = free_port()
    serve = ("gdbserver", "-u", published, "--persist", "--port", str(port), "--telnet-port", "0")
    word = struct.pack("<I", 0x12345678).hex()
    with running(environment, *serve, port=port), socket.create_connection(("127.0.0.1", port), _SECONDS) as gdb:
        gdb.settimeout(_SECONDS)
        assert asked(gdb, f"M{RAM:x},4:{word}") == "OK"
        assert asked(gdb, f"m{RAM:x},4") == word
        assert asked(gdb, "P3=" + word) == "OK"
        assert asked(gdb, "g")[3 * 8 : 4 * 8] == word
        asked(gdb, "D")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running(environment: dict[str, str], *arguments: str, port: int) -> Iterator[None]:
    """A command of pyOCD that serves until it is ended; entered once its port answers."""
    command = [sys.executable, "-m", "pyocd", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            deadline = Deadline.after(_SECONDS)
            while not listens(port):
                assert process.poll() is None, process.stdout.read() if process.stdout else b""
                assert not deadline.passed, f"nothing listens at port {port}"
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=_SECONDS)


def listens(port: int) -> bool:
    with socket.socket() as end:
        return end.connect_ex(("127.0.0.1", port)) == 0


def asked(gdb: socket.socket, command: str) -> str:
    """A packet of gdb's remote protocol and the answer to it."""
    checksum = sum(command.encode()) & 0xFF
    gdb.sendall(f"${command}#{checksum:02x}".encode())
    said = b""
    while not (found := re.search(rb"\$([^#]*)#[0-9a-f]{2}", said)):
        data = gdb.recv(4096)
        assert data, said
        said += data
    gdb.sendall(b"+")
    return found[1].decode()


@pytest.mark.parametrize("name", ["nucleo-f103rb", "nucleo-f767zi"])
def test_a_board_behind_pyocds_remote_server_is_flashed_like_one_at_hand(
    name: str, environment: dict[str, str], image: Path
) -> None:
    """The F767 because pyOCD holds it in reset while it connects."""
    probe, port = board_file(name).probe, free_port()
    assert probe is not None
    with (
        running(environment, "server", "-u", f"virtual:{name}", "--port", str(port), port=port),
        Flasher(f"remote:127.0.0.1:{port}", probe.target, connect_mode=probe.connect) as flasher,
    ):
        done = flasher.flash(image)
        assert (done.verified, done.skipped) == (len(PROGRAM), False)
        flasher.reset()


def test_a_plugin_that_cannot_be_loaded_leaves_pyocd_alone(environment: dict[str, str], tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['bitloop_hil.probe.virtual'] = None\n"
        "import pyocd.probe.aggregator as a; print(sorted(a.PROBE_CLASSES))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert "'stlink'" in done.stdout
    assert "'virtual'" not in done.stdout
    assert "virtual boards of bitloop are not available" in done.stderr


def test_the_plugin_may_be_imported_before_pyocd(environment: dict[str, str]) -> None:
    program = (
        "import sys, bitloop_hil.probe.plugin as p; assert 'pyocd' not in sys.modules\n"
        "import pyocd.probe.aggregator as a; print(a.PROBE_CLASSES['virtual'].__name__, 'unicorn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["VirtualProbe", "False"]
