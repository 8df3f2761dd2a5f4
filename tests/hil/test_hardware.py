"""The hardware bench. A virtual board stands in for the silicon: its pseudo-terminal is the port, images really run.

Here a programmer that loads images directly takes the probe's part; test_hardware_probe.py has the real one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bitloop.errors import BuildError, FlashError, LinkError, LockError, ProbeError, VerifyError
from bitloop.toolchain import Flags
from bitloop_hil import discovery
from bitloop_hil.benches import hardware
from bitloop_hil.benches.hardware import HardwareBoard, open_hardware
from bitloop_hil.benches.hardware.attached import Attached
from bitloop_hil.benches.hardware.flashed import Flashed
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.board import Programmed
from bitloop_hil.boards import board_file
from bitloop_hil.images import Image
from bitloop_hil.link.transport import SerialTransport
from bitloop_hil.locks import BoardLock, holder
from bitloop_hil.rig import Place, open_place
from bitloop_hil.segments import segments
from tests.hil import tiny

BOARD, SERIAL = "generic-cortex-m0", "066BFF49"


@dataclass
class Chip:
    """The board on the desk, and all that was done to it by probe and port."""

    virtual: VirtualBoard
    done: list[str] = field(default_factory=list)
    fails: Exception | None = None

    def flash(self, image: Path) -> Programmed:
        self.done.append("flash")
        if self.fails is not None:
            raise self.fails
        self.virtual.flash(image)
        size = sum(len(content) for _, content in segments(image))
        return Programmed(size, 0.1, size, False, "a test")

    def reset(self) -> None:
        self.done.append("reset")
        self.virtual.reset()

    def close(self) -> None:
        self.done.append("close")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and records of this test alone; what was compiled stays where it is."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setattr(hardware.flashed, "cache_dir", lambda: tmp_path / "cache")


@pytest.fixture(scope="module")
def virtual() -> Iterator[VirtualBoard]:
    with VirtualBoard(board_file(BOARD)) as board:
        yield board


@pytest.fixture
def chip(virtual: VirtualBoard) -> Chip:
    return Chip(virtual)


@pytest.fixture
def opened(chip: Chip) -> Iterator[Callable[[], HardwareBoard]]:
    """Opens the chip's board, as often as the test wants to."""
    boards: list[HardwareBoard] = []

    def start() -> Chip:
        chip.done.append("connect")
        return chip

    def make() -> HardwareBoard:
        found = Attached("stlink:066BFF49", SERIAL, chip.virtual.port, 921_600)
        boards.append(HardwareBoard(board_file(BOARD), found, BoardLock(SERIAL).acquire(), start))
        return boards[-1]

    yield make
    for board in boards:
        board.close()


@pytest.fixture(scope="module")
def image() -> Image:
    return tiny.tiny_image(BOARD)


@pytest.fixture(scope="module")
def other_image() -> Image:
    return tiny.tiny_image(BOARD, flags=Flags("-Os"))


def _greeted(board: HardwareBoard) -> str:
    board.reset()
    with board.link() as link:
        return link.greet().build


def test_a_board_is_flashed_reset_and_spoken_to(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image
) -> None:
    with opened() as board:
        programmed = board.flash(image.path)
        assert (programmed.skipped, programmed.verified) == (False, programmed.bytes)
        assert _greeted(board) == image.build
        assert (board.name, board.bench, board.unit) == (BOARD, "hardware", "cycles")
    assert chip.done == ["connect", "flash", "reset", "close"]


def test_the_port_is_open_before_the_board_starts(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def port_opened(port: str, baud: int) -> SerialTransport:
        chip.done.append(f"open at {baud}")
        return SerialTransport(port, baud)

    monkeypatch.setattr(hardware, "open_port", port_opened)
    board = opened()
    board.flash(image.path)
    _greeted(board)
    assert chip.done == ["connect", "flash", "open at 921600", "reset"]
    _greeted(board)
    assert chip.done[4:] == ["open at 921600", "reset"], "a link that was closed closed its port"


def test_a_build_the_board_reports_is_not_programmed_again(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image
) -> None:
    with opened() as board:
        board.flash(image.path)
        assert _greeted(board) == image.build
    chip.done.clear()
    with opened() as board:
        programmed = board.flash(image.path)
        assert (programmed.skipped, programmed.verified) == (True, 0)
        assert "the build the board reports" in programmed.by
        assert chip.done == [], "the probe is not even opened"
        assert _greeted(board) == image.build


def test_another_build_is_programmed(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image, other_image: Image
) -> None:
    board = opened()
    board.flash(image.path)
    assert _greeted(board) == image.build
    assert not board.flash(other_image.path).skipped
    assert _greeted(board) == other_image.build
    assert not board.flash(image.path).skipped
    assert _greeted(board) == image.build


def test_what_somebody_else_flashed_is_replaced(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image, other_image: Image
) -> None:
    board = opened()
    board.flash(image.path)
    assert _greeted(board) == image.build
    chip.virtual.flash(other_image.path)  # behind bitloop's back
    chip.virtual.reset()
    assert not board.flash(image.path).skipped
    assert _greeted(board) == image.build


def test_the_same_build_without_a_record_is_left_to_the_programmer(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image
) -> None:
    chip.virtual.flash(image.path)
    chip.virtual.reset()
    assert not opened().flash(image.path).skipped
    assert "flash" in chip.done


def test_a_board_that_says_nothing_is_programmed(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image
) -> None:
    board = opened()
    board.flash(image.path)
    assert _greeted(board) == image.build
    chip.virtual.flash(image.path)  # it stands still until a reset
    assert not board.flash(image.path).skipped


@pytest.mark.parametrize("error", [VerifyError("it reads back differently"), FlashError("no"), ProbeError("gone")])
def test_after_a_failure_nothing_is_taken_for_programmed(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image, other_image: Image, error: Exception
) -> None:
    board = opened()
    board.flash(image.path)
    assert _greeted(board) == image.build
    chip.fails = error
    with pytest.raises(type(error)):
        board.flash(other_image.path)
    chip.fails = None
    assert Flashed(SERIAL).build(segments(image.path)) == ""
    assert not board.flash(image.path).skipped


def test_an_image_that_is_none_is_refused_before_anything_is_touched(
    opened: Callable[[], HardwareBoard], chip: Chip, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.elf"
    wrong.write_bytes(b"\x7fELF and nothing else")
    with pytest.raises(FlashError, match=r"wrong\.elf"):
        opened().flash(wrong)
    assert chip.done == []


def test_a_record_is_of_one_image_and_the_build_it_reported(tmp_path: Path) -> None:
    record, parts = Flashed(SERIAL), [(0x08000000, b"vectors"), (0x08001000, b"code")]
    record.programmed(parts)
    assert record.build(parts) == ""
    record.reported("0123456789abcdef")
    record.reported("0123456789abcdef")
    assert Flashed(SERIAL.upper()).build(parts) == "0123456789abcdef"
    for other in (
        [(0x08000000, b"vectors")],
        [(0x08000004, b"vectors"), parts[1]],
        [*parts, (0x0, b"")],
        parts[::-1],
    ):
        assert record.build(other) == ""
    record.reported("fedcba9876543210")  # programmed by somebody else
    assert record.build(parts) == ""
    record.reported("0123456789abcdef")
    assert record.build(parts) == ""


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"digest": null}', '"digest"', '{"digest": []}'])
def test_a_damaged_record_knows_nothing(tmp_path: Path, damaged: str) -> None:
    record, parts = Flashed(SERIAL), [(0x08000000, b"code")]
    record.programmed(parts)
    record.reported("0123456789abcdef")
    next((tmp_path / "cache" / "flashed").iterdir()).write_text(damaged)
    assert record.build(parts) == ""
    record.reported("0123456789abcdef")
    assert record.build(parts) == ""


def test_one_link_at_a_time(opened: Callable[[], HardwareBoard], chip: Chip, image: Image) -> None:
    board = opened()
    board.flash(image.path)
    board.reset()
    with board.link() as link:
        link.greet()
        with pytest.raises(LinkError, match="has a link already"):
            board.link()
        board.reset()  # the port stays open for it
        assert link.greet().build == image.build


def test_the_lock_is_held_until_the_board_is_closed(opened: Callable[[], HardwareBoard]) -> None:
    board = opened()
    with pytest.raises(LockError):
        BoardLock(SERIAL).acquire()
    board.close()
    board.close()
    assert holder(SERIAL) is None


def test_the_lock_is_let_go_even_if_the_probe_cannot_be_closed(
    opened: Callable[[], HardwareBoard], chip: Chip, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ProbeError("the probe is gone")

    board = opened()
    board.flash(image.path)
    monkeypatch.setattr(chip, "close", fail)
    with pytest.raises(ProbeError):
        board.close()
    assert holder(SERIAL) is None
    board.close()


def test_a_place_is_opened_with_its_lock_and_not_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    port = discovery.Port("/dev/ttyACM0", SERIAL)
    probe = discovery.Probe(SERIAL, "stlink", "ST-Link", "NUCLEO-L432KC", "stm32l432kcux")
    monkeypatch.setattr(discovery, "look", lambda: [discovery.Found(probe, (port,), ("nucleo-l432kc",))])
    place = Place("left", "nucleo-l432kc", "hardware", probe=SERIAL.lower())
    with open_place(place) as board:
        assert board.bench == "hardware"
        who = holder(SERIAL)
        assert who is not None
        assert (who.pid, who.reason) == (os.getpid(), "left (nucleo-l432kc)")
        with pytest.raises(LockError, match=r"left \(nucleo-l432kc\)"):
            open_place(place)
        with pytest.raises(ProbeError, match="ttyACM0 cannot be opened"):
            board.link()
    assert holder(SERIAL) is None


def test_another_process_is_kept_out(opened: Callable[[], HardwareBoard]) -> None:
    program = (
        "import sys\nfrom bitloop.errors import LockError\nfrom bitloop_hil.rig import Place, open_place\n"
        "left = Place('left', 'nucleo-l432kc', 'hardware', probe='stlink:066bff49', port='/dev/null')\n"
        "try:\n    open_place(left)\n"
        "except LockError as error:\n    print(error)\n"
    )
    opened()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert f"(pid {os.getpid()} on" in done.stdout


def test_a_board_the_bench_cannot_have_is_refused() -> None:
    with pytest.raises(BuildError, match="not on the bench 'hardware'"):
        open_place(Place("x", "generic-cortex-m0", "hardware", probe="1"))


def test_the_flasher_is_told_what_the_board_file_says(monkeypatch: pytest.MonkeyPatch, image: Image) -> None:
    told: dict[str, Any] = {}

    class Flasher:
        def __init__(self, uid: str, target: str, **settings: Any) -> None:
            told.update(settings, uid=uid, target=target)

        def flash(self, path: Path) -> Programmed:
            return Programmed(1, 0.0, 1, False, "a test")

        def close(self) -> None:
            told["closed"] = True

    monkeypatch.setattr("bitloop_hil.probe.flasher.Flasher", Flasher)
    place = Place("left", "nucleo-l432kc", "hardware", probe="stlink:1", port="/dev/null", pack="/packs/l4.pack")
    with open_hardware(place) as board:
        assert told == {}, "nothing is connected before it is needed"
        board.flash(image.path)
    assert told == {
        "uid": "stlink:1",
        "target": "stm32l432kc",
        "pack": "/packs/l4.pack",
        "frequency": 4_000_000,
        "connect_mode": "under-reset",
        "closed": True,
    }
