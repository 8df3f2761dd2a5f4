"""The whole hardware bench, from rig to verdict: pyOCD flashes through a probe, pyserial talks to a port.

The silicon is a powered virtual board, reached as other programs reach it: by its probe's name and its port.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import BuildError, LinkError, LockError, ProbeError
from bitloop_hil.benches import hardware
from bitloop_hil.boards import board_file
from bitloop_hil.bridge import Bridge, Served
from bitloop_hil.images import Image
from bitloop_hil.locks import holder
from bitloop_hil.power import Powered
from bitloop_hil.prove import Recipe, Signals, prove
from bitloop_hil.published import all_running, running
from bitloop_hil.rig import Place, Rig, missing, open_place
from tests.hil import tiny
from tests.library import examples

BOARD = "nucleo-l432kc"

# pyserial's RFC 2217 client names its thread the old way.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name)")


@pytest.fixture(scope="module", autouse=True)
def folders() -> Iterator[Path]:
    """Virtual boards, locks and records of these tests alone. The path is short: a socket's may have 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="bl-") as path, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", path)
        patch.setenv("BITLOOP_LOCKS", f"{path}/locks")
        patch.setattr(hardware.flashed, "cache_dir", lambda: Path(path) / "cache")
        yield Path(path)


@pytest.fixture(scope="module")
def powered(folders: Path) -> Iterator[Powered]:
    with Powered(BOARD) as board:
        yield board


@pytest.fixture(scope="module")
def place(powered: Powered, folders: Path) -> Place:
    """The board as a rig file has it."""
    path = folders / "rig.toml"
    there = powered.published
    what = {"board": BOARD, "bench": "hardware", "probe": there.uid, "port": there.port}
    path.write_text("[places.desk]\n" + "".join(f'{key} = "{value}"\n' for key, value in what.items()))
    return Rig.load(path)["desk"]


@pytest.fixture(scope="module")
def image() -> Image:
    return tiny.tiny_image(BOARD)


def test_a_library_is_proven_on_a_board_of_a_rig(place: Place) -> None:
    library, recipe = examples.library("classes-both"), Recipe()
    assert missing(place) == ""
    with open_place(place) as board:
        images = recipe.images(library, board_file(place.board))
        proof = prove(library, board, images, Signals(examples.signals(6, 3)), recipe=recipe)
    assert (proof.verdict, proof.differing, proof.subject.bench) == ("PASS", 0, "hardware")
    assert proof.unit == "cycles"
    assert proof.detect is not None
    assert proof.detect.median > 0, "leaving the debug port must not stop the cycle counter"


def test_an_image_is_read_back_and_then_left_where_it_is(place: Place, image: Image) -> None:
    with open_place(place) as board:
        first = board.flash(image.path)
        board.reset()
        with board.link() as link:
            assert link.greet(image.library_id, image.build).board == BOARD
    with open_place(place) as board:
        again = board.flash(image.path)
    assert first is not None
    assert again is not None
    assert (first.verified, first.skipped, first.by.startswith("pyOCD ")) == (first.bytes, False, True)
    assert (again.bytes, again.skipped) == (first.bytes, True)


def test_the_board_is_ours_alone_while_it_is_open(place: Place) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom bitloop.errors import LockError\n"
        "from bitloop_hil.rig import Rig, open_place\n"
        "try:\n    open_place(Rig.load(Path(sys.argv[1]))['desk'])\nexcept LockError as error:\n    print(error)\n"
    )
    path = Path(os.environ["XDG_RUNTIME_DIR"]) / "rig.toml"
    with open_place(place):
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
        assert f"desk ({BOARD})" in done.stdout
        assert f"(pid {os.getpid()} on" in done.stdout
    assert holder(f"virtual-{BOARD}") is None


def test_a_board_far_away_is_flashed_and_spoken_to(powered: Powered, image: Image) -> None:
    there = powered.published
    with (
        _pyocd_server(there.uid) as remote,
        Bridge(Served(str(there.port), 921_600), "rfc2217") as bridge,
    ):
        thread = threading.Thread(target=bridge.serve)
        thread.start()
        try:
            far = Place("far", BOARD, "hardware", remote=remote, port=bridge.url)
            assert missing(far) == ""
            with open_place(far) as board:
                assert holder(f"remote-{remote}") is not None
                programmed = board.flash(image.path)
                assert programmed is not None
                assert programmed.verified == programmed.bytes
                board.reset()
                with board.link() as link:
                    assert link.greet().build == image.build
        finally:
            bridge.stop()
            thread.join()


@contextmanager
def _pyocd_server(uid: str) -> Iterator[str]:
    """`pyocd server` for a probe on a free port; it is there once it says so."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pyocd", "server", "-u", uid, "-p", str(port), "-v"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line.decode())
            if "Serving debug probe" in said[-1]:
                break
        else:
            pytest.fail("".join(said))
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            drain.join()


def test_a_remote_probe_that_vanished_is_a_probe_error(powered: Powered, image: Image) -> None:
    with _pyocd_server(powered.published.uid) as remote:
        far = Place("far", BOARD, "hardware", remote=remote, port=str(powered.published.port))
    assert "no pyocd server answers" in missing(far)
    with open_place(far) as board, pytest.raises(ProbeError, match=f"remote:{remote}"):
        board.flash(image.path)


def test_a_powered_board_is_there_for_others_and_only_once(powered: Powered) -> None:
    assert [there.uid for there in all_running()] == [f"virtual:{BOARD}"]
    assert powered.published.port.exists()
    with pytest.raises(LockError, match="is powered already"):
        Powered(BOARD)
    with pytest.raises(BuildError, match="has no debug probe"):
        Powered("generic-cortex-m0")


def test_what_a_powered_board_says_of_itself_is_passed_on(image: Image) -> None:
    heard, said = threading.Event(), []

    def told(text: str) -> None:
        said.append(text)
        if "HardFault" in text:
            heard.set()

    with Powered("nucleo-l031k6", told=told) as powered:
        there = powered.published
        place = Place("desk", "nucleo-l031k6", "hardware", probe=there.uid, port=str(there.port))
        with open_place(place) as board:
            board.flash(tiny.tiny_image("nucleo-l031k6").path)
            board.reset()
            with board.link() as link:
                link.greet()
                link.init()
                signal_ = np.zeros(96, dtype=np.float32)
                signal_[0] = 5.0  # an undefined instruction
                with pytest.raises(LinkError, match="the core took exception 3"):
                    link.detect(signal_)
        assert heard.wait(30)
    assert "holds no program" in said[0]


def test_a_board_that_loses_its_power_ends_a_link() -> None:
    with Powered("nucleo-f103rb") as powered:
        there = powered.published
        place = Place("desk", "nucleo-f103rb", "hardware", probe=there.uid, port=str(there.port))
        with open_place(place) as board, board.link() as link:
            powered.close()
            with pytest.raises(LinkError, match="went away"):
                link.echo(b"anybody?")
    assert running("nucleo-f103rb") is None
    assert "does not exist" in missing(place)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["interrupt", "terminate"])
def test_bitloop_bench_run_powers_a_board_until_it_is_stopped(how: signal.Signals) -> None:
    command = [
        sys.executable,
        "-c",
        "from bitloop.cli import main; main()",
        "bench",
        "run",
        "nucleo-f412zg",
        "--json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = ""
        while not said.endswith("}\n"):
            said += process.stdout.readline().decode()
        told = json.loads(said)
        assert told["probe"] == "virtual:nucleo-f412zg"
        assert Path(told["port"]).exists()
        assert running("nucleo-f412zg") is not None
        process.send_signal(how)
        assert process.wait(60) == 130
    assert running("nucleo-f412zg") is None
    assert not Path(told["port"]).exists()
