"""The flasher: pyOCD's own algorithms on modelled flash, and nothing believed that was not read back."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bitloop.errors import BitloopError, FlashError, ProbeError, VerifyError
from bitloop_hil.boards import BoardFile, board_file, names
from bitloop_hil.probe.flasher import Flasher, Progress
from bitloop_hil.published import socket_path
from tests.hil.elf_file import write_elf
from tests.hil.stand_in import Served

BOARDS = [name for name in names() if board_file(name).probe is not None]
SOME = [
    name
    if name in ("nucleo-c031c6", "steval-stwinkt1b", "nucleo-f103rb", "nucleo-h743zi", "nucleo-l432kc")
    else pytest.param(name, marks=pytest.mark.slow)
    for name in BOARDS
]
L475 = "b-l475e-iot01a"
ORIGIN = 0x08000000
SMALL = struct.pack("<II", 0x20000800, ORIGIN | 9) + random.Random(5).randbytes(6000)  # noqa: S311 - test data


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own for the sockets of virtual boards."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def served(runtime: Path) -> Iterator[Served]:
    with Served(board_file(L475), socket_path(L475)) as up:
        yield up


@pytest.fixture
def flasher(served: Served) -> Iterator[Flasher]:
    with flasher_of(served.target.board) as made:
        yield made


def flasher_of(name: str, operation_seconds: float | None = None, progress: Progress | None = None) -> Flasher:
    probe = board_file(name).probe
    assert probe is not None
    return Flasher(
        f"virtual:{name}",
        probe.target,
        frequency=probe.frequency,
        connect_mode=probe.connect,
        operation_seconds=operation_seconds,
        progress=progress,
    )


def image(folder: Path, *parts: tuple[int, bytes], name: str = "image.elf") -> Path:
    return write_elf(folder / name, parts)


def held(served: Served, board: BoardFile, size: int) -> bytes:
    return bytes(served.target.memory[:size])


@pytest.mark.parametrize("name", BOARDS)
def test_every_board_is_flashed_by_pyocds_own_algorithm_and_read_back(name: str, runtime: Path) -> None:
    board = board_file(name)
    with Served(board, socket_path(name)) as served, flasher_of(name) as flasher:
        first = flasher.flash(image(runtime, (ORIGIN, SMALL)))
        assert (first.bytes, first.verified, first.skipped) == (len(SMALL), len(SMALL), False)
        assert held(served, board, len(SMALL)) == SMALL
        changed = SMALL[:100] + bytes([SMALL[100] ^ 0xFF]) + SMALL[101:]
        second = flasher.flash(image(runtime, (ORIGIN, changed)))
        assert (second.verified, second.skipped) == (len(SMALL), False)
        assert held(served, board, len(SMALL)) == changed
        assert served.target.notes == []


def test_a_c0_that_came_empty_starts_what_was_programmed(runtime: Path) -> None:
    """RM0490, FLASH_ACR: with PROGEMPTY set, a reset starts the chip's own boot loader."""
    name, empty = "nucleo-c031c6", 1 << 16
    with Served(board_file(name), socket_path(name)) as served, flasher_of(name) as flasher:
        assert served.target.flash.read(0, 4) & empty
        flasher.flash(image(runtime, (ORIGIN, SMALL)))
        flasher.reset()
        assert not served.target.flash.read(0, 4) & empty


def test_what_is_there_already_is_not_programmed_again(served: Served, flasher: Flasher, runtime: Path) -> None:
    elf = image(runtime, (ORIGIN, SMALL))
    assert not flasher.flash(elf).skipped
    served.target.flash.inject("flash-ignore", {})  # would make programming fail
    again = flasher.flash(elf)
    assert again.skipped
    assert again.verified == len(SMALL)


def test_several_segments_are_all_read_back(served: Served, flasher: Flasher, runtime: Path) -> None:
    parts = (ORIGIN, SMALL[:1000]), (ORIGIN + 0x4100, SMALL[:77]), (ORIGIN + 0x80000, SMALL[:3])
    done = flasher.flash(image(runtime, *parts))
    assert done.verified == sum(len(data) for _, data in parts)
    for address, data in parts:
        assert served.target.memory[address - ORIGIN :][: len(data)] == data


def test_what_an_image_leaves_alone_in_its_sectors_stays(served: Served, flasher: Flasher, runtime: Path) -> None:
    flasher.flash(image(runtime, (ORIGIN + 0x400, b"keep")))
    flasher.flash(image(runtime, (ORIGIN, SMALL[:64])))
    assert served.target.memory[0x400:0x404] == b"keep"


def test_a_sector_that_was_right_survives_the_one_before_it(runtime: Path) -> None:
    """pyOCD's algorithm for the H743 erases one sector more than it is told."""
    name, second = "nucleo-h743zi", ORIGIN + 0x20000
    with Served(board_file(name), socket_path(name)) as served, flasher_of(name) as flasher:
        flasher.flash(image(runtime, (ORIGIN, SMALL[:64]), (second, SMALL[:64])))
        done = flasher.flash(image(runtime, (ORIGIN, SMALL[64:128]), (second, SMALL[:64])))
        assert (done.verified, done.skipped) == (128, False)
        assert served.target.memory[0x20000:0x20040] == SMALL[:64]


def test_it_ends_halted_and_a_reset_lets_it_run(served: Served, flasher: Flasher, runtime: Path) -> None:
    flasher.flash(image(runtime, (ORIGIN, SMALL)))
    assert served.target.halted
    resets = served.target.resets
    flasher.reset()
    assert not served.target.halted
    assert not served.target.enabled
    assert served.target.resets > resets


@pytest.mark.parametrize("name", SOME)
def test_flash_that_ignores_programming_is_found_out(name: str, runtime: Path) -> None:
    """pyOCD alone takes it for success, but on the F0 and F1, whose algorithms look at every half-word."""
    with Served(board_file(name), socket_path(name)) as served, flasher_of(name) as flasher:
        served.target.flash.inject("flash-ignore", {})
        looks_itself = board_file(name).chip.family in ("stm32f0", "stm32f1")  # type: ignore[union-attr]
        with pytest.raises(FlashError if looks_itself else VerifyError) as caught:
            flasher.flash(image(runtime, (ORIGIN, SMALL)))
        if not looks_itself:
            words = -(-len(SMALL) // 4)
            assert f"{words} of {words} words read back differently, the first at 0x08000000" in str(caught.value)


def test_every_dropped_word_is_counted_and_the_first_is_named(
    served: Served, flasher: Flasher, runtime: Path
) -> None:
    served.target.flash.inject("flash-drop", {"every": 1000})
    with pytest.raises(VerifyError) as caught:
        flasher.flash(image(runtime, (ORIGIN, SMALL)))
    want = int.from_bytes(SMALL[999 * 4 : 1000 * 4], "little")
    assert f"1 of {len(SMALL) // 4} words" in str(caught.value)
    assert f"first at 0x{ORIGIN + 999 * 4:08x}: 0xffffffff instead of 0x{want:08x}" in str(caught.value)


def test_flash_that_never_ends_an_operation_ends_in_time(served: Served, runtime: Path) -> None:
    served.target.flash.inject("flash-stuck-busy", {})
    began = time.monotonic()
    with (
        flasher_of(L475, operation_seconds=0.3) as flasher,
        pytest.raises(FlashError, match=r"virtual:b-l475e-iot01a: .*(erase|program)"),
    ):
        flasher.flash(image(runtime, (ORIGIN, SMALL)))
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("after", [0, 20, 400])
def test_a_probe_that_is_unplugged_is_a_probe_error(after: int, served: Served, runtime: Path) -> None:
    served.port.inject("probe-lost", {"after": after})
    elf = image(runtime, (ORIGIN, SMALL))
    with flasher_of(L475) as flasher:
        with pytest.raises(ProbeError, match="virtual:b-l475e-iot01a"):
            flasher.flash(elf)
        served.port.inject("probe-found", {})
        assert flasher.flash(elf).verified == len(SMALL)


@pytest.mark.parametrize("address", [ORIGIN + 0x100000 - 8, 0x20000000, ORIGIN - 4])
def test_what_lies_outside_the_flash_is_refused(address: int, flasher: Flasher, runtime: Path) -> None:
    with pytest.raises(FlashError, match="is outside the flash of stm32l475xg; build it for this board"):
        flasher.flash(image(runtime, (address, SMALL[:64])))


def test_what_is_no_image_is_refused(flasher: Flasher, tmp_path: Path) -> None:
    (tmp_path / "no.elf").write_bytes(b"no image at all")
    with pytest.raises(FlashError, match="is no image"):
        flasher.flash(tmp_path / "no.elf")


def test_a_chip_pyocd_does_not_know_names_the_command_that_helps(served: Served, runtime: Path) -> None:
    with (
        Flasher(f"virtual:{L475}", "stm32u999zz") as flasher,
        pytest.raises(ProbeError, match="install its CMSIS-Pack by `pyocd pack install stm32u999zz`"),
    ):
        flasher.flash(image(runtime, (ORIGIN, SMALL)))


def test_a_pack_that_is_not_there_is_named(served: Served, runtime: Path) -> None:
    with (
        Flasher(f"virtual:{L475}", "stm32l475xg", pack=str(runtime / "my.pack")) as flasher,
        pytest.raises(ProbeError, match=r"the CMSIS-Pack .*my\.pack is not there"),
    ):
        flasher.flash(image(runtime, (ORIGIN, SMALL)))


@pytest.mark.parametrize("uid", ["virtual:no-such-board", f"virtual:{L475}@nobody", "stlink:0000"])
def test_a_probe_that_is_not_there_is_a_probe_error(uid: str, runtime: Path) -> None:
    with Flasher(uid, "stm32l475xg") as flasher, pytest.raises(ProbeError, match=uid):
        flasher.reset()


def test_a_worker_that_dies_is_reported_and_replaced(served: Served, flasher: Flasher, runtime: Path) -> None:
    elf = image(runtime, (ORIGIN, SMALL))
    flasher.flash(elf)
    assert flasher._process is not None
    flasher._process.kill()
    flasher._process.wait()
    with pytest.raises(ProbeError, match="the worker for the probe virtual:b-l475e-iot01a ended"):
        flasher.flash(elf)
    assert flasher.flash(elf).skipped


def test_what_does_not_finish_by_its_deadline_is_ended(served: Served, runtime: Path) -> None:
    served.target.flash.inject("flash-stuck-busy", {})  # pyOCD would wait for 10 s
    probe = board_file(L475).probe
    assert probe is not None
    began = time.monotonic()
    with (
        Flasher(f"virtual:{L475}", probe.target, connect_mode=probe.connect, seconds=3) as flasher,
        pytest.raises(ProbeError, match="did not finish 'flash' within 3 s; plug it in anew"),
    ):
        flasher.flash(image(runtime, (ORIGIN, SMALL)))
    assert time.monotonic() - began < 9


def test_progress_is_told(served: Served, runtime: Path) -> None:
    told: list[tuple[str, float]] = []
    with flasher_of(L475, progress=lambda what, done: told.append((what, done))) as flasher:
        flasher.flash(image(runtime, (ORIGIN, SMALL)))
    assert ("programming", 1.0) in told
    assert told[-1] == ("verifying", 1.0)


@pytest.mark.slow  # a limit in wall time, for machines that have nothing else to do
def test_48_kib_are_flashed_and_read_back_within_3_seconds(served: Served, flasher: Flasher, runtime: Path) -> None:
    data = random.Random(6).randbytes(48 * 1024)  # noqa: S311 - test data
    assert flasher.flash(image(runtime, (ORIGIN, data))).seconds < 3


def test_closed_twice_it_leaves_no_process(served: Served, runtime: Path) -> None:
    flasher = flasher_of(L475)
    flasher.reset()
    process = flasher._process
    assert process is not None
    flasher.close()
    flasher.close()
    assert process.returncode == 0


def test_errors_of_the_flasher_are_bitloops(runtime: Path) -> None:
    with Flasher("nonsense", "stm32l475xg") as flasher, pytest.raises(BitloopError):
        flasher.flash(image(runtime, (ORIGIN, SMALL)))
