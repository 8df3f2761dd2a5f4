"""USARTs of both generations: times, flags, errors and silence, at the frequency each chip starts with."""

from __future__ import annotations

import pytest

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_serial import Registers, open_serial, registers, switch_pin
from tests.hil.test_devices_clocks import BOARDS

PARITY, FRAMING, NOISE, OVERRUN, IDLE, RECEIVED, COMPLETE, EMPTY = (1 << bit for bit in range(8))
V1, V2 = "nucleo-f103rb", "b-l475e-iot01a"
BAUD = 115_200


def opened(board: str, **options: int) -> tuple[ChipBench, Registers]:
    bench = ChipBench(board)
    return bench, open_serial(bench, BAUD, **options)  # type: ignore[arg-type]


def status(bench: ChipBench, at: Registers) -> int:
    return bench.read(at.status) & 0xFF


def send(bench: ChipBench, at: Registers, data: bytes) -> None:
    for value in data:
        bench.wait(at.status, EMPTY, EMPTY)
        bench.write(at.tdr, value)
    bench.wait(at.status, COMPLETE, COMPLETE)


def clear_errors(bench: ChipBench, at: Registers) -> None:
    if bench.chip.usart.version == 1:
        bench.read(at.status)
        bench.read(at.rdr)
    else:
        bench.write(bench.chip.usart.base + 0x20, 0x1F)


@pytest.mark.parametrize("board", BOARDS)
def test_bytes_go_both_ways(board: str) -> None:
    bench, at = opened(board)
    send(bench, at, b"hello")
    assert bench.wire.drain() == b"hello"
    bench.wire.feed(b"board")
    got = bytearray()
    for _ in range(5):
        bench.wait(at.status, RECEIVED, RECEIVED)
        got.append(bench.read(at.rdr))
    assert bytes(got) == b"board"
    assert bench.notes == []


@pytest.mark.parametrize("board", [V1, V2])
def test_a_byte_takes_ten_bits_and_two_wait_their_turn(board: str) -> None:
    bench, at = opened(board)
    bit = 1 / bench.wire.baud
    start = bench.seconds()
    bench.write(at.tdr, 0x55)
    assert status(bench, at) & EMPTY  # it went on into the shift register
    bench.write(at.tdr, 0xAA)
    assert not status(bench, at) & EMPTY
    bench.wait(at.status, EMPTY, EMPTY)
    assert bench.seconds() - start == pytest.approx(10 * bit, rel=0.01)
    bench.wait(at.status, COMPLETE, COMPLETE)
    assert bench.seconds() - start == pytest.approx(20 * bit, rel=0.01)
    assert bench.wire.drain() == b"\x55\xaa"


@pytest.mark.parametrize("board", [V1, V2])
def test_a_byte_nobody_fetched_is_kept_and_the_next_one_is_an_overrun(board: str) -> None:
    bench, at = opened(board)
    bench.wire.feed(b"123")
    bench.settle()
    assert status(bench, at) & (OVERRUN | RECEIVED) == OVERRUN | RECEIVED
    assert bench.read(at.rdr) == ord("1")
    clear_errors(bench, at)
    assert not status(bench, at) & (OVERRUN | RECEIVED)
    bench.wire.feed(b"4")
    bench.wait(at.status, RECEIVED, RECEIVED)
    assert bench.read(at.rdr) == ord("4")


def test_without_overrun_detection_the_newest_byte_is_kept() -> None:
    bench, at = opened(V2, control3=1 << 12)
    bench.wire.feed(b"123")
    bench.settle()
    assert not status(bench, at) & OVERRUN
    assert bench.read(at.rdr) == ord("3")


@pytest.mark.parametrize("board", [V1, V2])
def test_the_line_is_idle_a_frame_after_the_last_byte_and_only_once(board: str) -> None:
    bench, at = opened(board)
    assert not status(bench, at) & IDLE
    start = bench.seconds()
    bench.wire.feed(b"x")
    bench.wait(at.status, IDLE, IDLE)
    assert bench.seconds() - start == pytest.approx(20 / bench.wire.baud, rel=0.02)
    clear_errors(bench, at)
    bench.pass_time(0.01)
    assert not status(bench, at) & IDLE


@pytest.mark.parametrize("board", [V1, V2])
@pytest.mark.parametrize(
    ("enable", "flag"), [(RECEIVED, RECEIVED), (IDLE, IDLE), (COMPLETE, COMPLETE), (EMPTY, EMPTY)]
)
def test_an_enabled_flag_holds_the_interrupt_line(board: str, enable: int, flag: int) -> None:
    bench, at = opened(board)
    line = bench.chip.usart.irq
    bench.wire.feed(b"x")
    bench.settle()
    assert not bench.lines.get(line)
    bench.change(at.cr1, enable, enable)
    assert status(bench, at) & flag
    assert bench.lines[line]
    bench.change(at.cr1, enable, 0)
    assert not bench.lines[line]


@pytest.mark.parametrize("board", [V1, V2])
def test_an_interrupt_comes_with_the_byte_and_goes_with_it(board: str) -> None:
    bench, at = opened(board, control1=RECEIVED)
    bench.wire.feed(b"x")
    assert not bench.lines.get(bench.chip.usart.irq)
    bench.pass_time(11 / bench.wire.baud)
    assert bench.lines[bench.chip.usart.irq]
    bench.read(at.rdr)
    assert not bench.lines[bench.chip.usart.irq]


@pytest.mark.parametrize("board", BOARDS)
def test_a_usart_whose_pins_are_not_switched_over_is_silent_and_deaf_and_says_so(board: str) -> None:
    bench = ChipBench(board)
    at = open_serial(bench, BAUD, pins=False)
    send(bench, at, b"hello")
    assert bench.wire.drain() == b""
    bench.wire.feed(bytes(200))
    bench.settle()
    usart = bench.chip.usart
    pins = (usart.tx,) if board == V1 else (usart.tx, usart.rx)  # an F1's RX needs no switching: it is an input
    assert bool(status(bench, at) & RECEIVED) == (board == V1)
    for pin in pins:
        assert any(f"{pin.name} is not switched over to {usart.name}" in note for note in bench.notes)


def test_the_wrong_alternate_function_is_silent_too() -> None:
    bench, at = opened(V2)
    bench.change(bench.chip.usart.tx.port + 0x20, 0xF << 24, 8 << 24)
    send(bench, at, b"hello")
    assert bench.wire.drain() == b""
    assert bench.notes == ["PB6 is not switched over to USART1 (alternate function 7)"]


def test_the_f1_can_move_its_usart_away_from_its_pins() -> None:
    bench, at = opened(V1)
    bench.change(0x40021018, 1, 1)
    bench.change(0x40010004, 1 << 3, 1 << 3)
    send(bench, at, b"hello")
    assert bench.wire.drain() == b""
    assert "AFIO_MAPR moves USART2 away from PA2" in bench.notes


@pytest.mark.parametrize("board", BOARDS)
def test_without_its_clock_a_usart_reads_0_and_ignores_writes(board: str) -> None:
    bench = ChipBench(board)
    at = registers(bench)
    bench.write(at.brr, 100)
    assert bench.read(at.status) == 0
    assert any("while its clock is off" in note for note in bench.notes)
    enable = bench.chip.usart.enable
    bench.change(enable.register, 1 << enable.bit, 1 << enable.bit)
    assert bench.read(at.brr) == 0
    assert bench.read(at.status) & 0xC0 == 0xC0


def test_what_comes_before_firmware_is_ready_is_lost_without_a_word_and_later_with_one() -> None:
    bench = ChipBench(V2)
    bench.wire.feed(b"hello?")
    bench.settle()
    assert bench.notes == []
    bench.pass_time(0.02)
    bench.wire.feed(b"hello?")
    bench.settle()
    assert bench.notes == ["USART1 has no clock: its enable bit in the RCC is off"]
    assert bench.wire.waiting == 0


@pytest.mark.parametrize("board", [V1, V2])
@pytest.mark.parametrize("percent", [-2.0, -1.0, 1.0, 2.0])
def test_small_differences_of_speed_do_no_harm(board: str, percent: float) -> None:
    bench, at = opened(board)
    bench.wire.baud = round(bench.wire.baud * (1 + percent / 100 * 0.99))
    send(bench, at, bytes(range(256)))
    assert bench.wire.drain() == bytes(range(256))


@pytest.mark.parametrize("board", [V1, V2])
@pytest.mark.parametrize("factor", [0.5, 0.85, 1.15, 2.0])
def test_a_wrong_clock_garbles_what_is_sent_and_says_both_speeds(board: str, factor: float) -> None:
    bench, at = opened(board)
    mine = bench.wire.baud
    bench.wire.baud = round(mine * factor)
    send(bench, at, b"The quick brown fox")
    bench.pass_time(0.001)
    heard = bench.wire.drain()
    assert heard
    assert heard != b"The quick brown fox"
    assert any(f"and the line at {round(mine * factor)}" in note for note in bench.notes)


@pytest.mark.parametrize("board", [V1, V2])
def test_a_host_at_the_wrong_speed_is_heard_as_garbage_with_framing_errors(board: str) -> None:
    bench, at = opened(board)
    bench.wire.baud = bench.wire.baud // 2
    bench.wire.feed(b"\x00" * 4)  # ten low bits look like nine and no stop bit
    bench.wait(at.status, RECEIVED, RECEIVED)
    assert status(bench, at) & (FRAMING | NOISE) == FRAMING | NOISE
    assert bench.read(at.rdr) == 0
    clear_errors(bench, at)
    assert not status(bench, at) & (FRAMING | NOISE)
    bench.settle()


@pytest.mark.parametrize("board", [V1, V2])
def test_changing_the_clock_changes_the_speed(board: str) -> None:
    bench, at = opened(board)
    rcc = 0x40021000
    offset, shift = (0x04, 4) if board == V1 else (0x08, 4)
    bench.change(rcc + offset, 0xF << shift, 8 << shift)  # AHB halved
    start = bench.seconds()
    send(bench, at, b"x")
    assert bench.seconds() - start == pytest.approx(20 / bench.wire.baud, rel=0.02)
    assert any("baud and the line at" in note for note in bench.notes)


def test_parity_and_nine_bits_reach_a_host_as_they_would_on_the_desk() -> None:
    bench, at = opened(V2)
    bench.change(at.cr1, 1, 0)
    bench.change(at.cr1, 1 << 12 | 1 << 10 | 1, 1 << 12 | 1 << 10 | 1)  # 8 data bits and even parity
    bench.pass_time(0.001)
    bench.write(at.tdr, 0x01)  # its parity bit is 1, which the host takes for the stop bit
    bench.pass_time(0.001)
    assert bench.wire.drain() == b"\x01"
    bench.write(at.tdr, 0x03)  # parity 0: no stop bit where the host wants it
    bench.pass_time(0.001)
    assert bench.wire.drain() == b"\x00"
    assert any("9 data bits and parity" in note for note in bench.notes)


def test_a_usart_that_is_not_enabled_says_so() -> None:
    bench, at = opened(V2)
    bench.write(at.cr1, 0xC)
    bench.pass_time(0.02)
    bench.wire.feed(b"x")
    bench.settle()
    assert bench.notes == ["USART1 is not enabled"]
    bench.write(at.cr1, 0x9)
    bench.wire.feed(b"x")
    bench.settle()
    assert "the transmitter or the receiver of USART1 is off" in bench.notes


def test_fifos_of_the_h7_hold_sixteen_bytes() -> None:
    bench, at = opened("nucleo-h743zi", control1=1 << 29)
    for value in range(17):
        assert status(bench, at) & EMPTY
        bench.write(at.tdr, value)
    assert not status(bench, at) & EMPTY
    bench.wait(at.status, COMPLETE, COMPLETE)
    assert bench.wire.drain() == bytes(range(17))
    bench.wire.feed(bytes(range(17)))
    bench.settle()
    assert status(bench, at) & OVERRUN
    assert bytes(bench.read(at.rdr) for _ in range(16)) == bytes(range(16))
    assert not status(bench, at) & RECEIVED


def test_the_kernel_clock_is_the_one_that_is_chosen() -> None:
    bench, at = opened(V2)
    assert bench.clock.hertz == 4_000_000
    bench.change(0x40021000, 1 << 8, 1 << 8)
    bench.wait(0x40021000, 1 << 10, 1 << 10)
    bench.change(0x40021088, 3, 2)  # HSI16 for USART1
    start = bench.seconds()
    send(bench, at, b"x")
    assert bench.seconds() - start == pytest.approx(10 / bench.wire.baud / 4, rel=0.02)


def test_a_reset_bit_resets_the_usart() -> None:
    bench, at = opened(V2)
    bench.wire.feed(b"123")
    bench.settle()
    bench.change(0x40021040, 1 << 14, 1 << 14)
    bench.change(0x40021040, 1 << 14, 0)
    assert bench.read(at.brr) == 0
    assert status(bench, at) == COMPLETE | EMPTY


def test_every_board_file_names_pins_its_chip_has() -> None:
    for board in BOARDS:
        bench = ChipBench(board)
        for pin in (bench.chip.usart.tx, bench.chip.usart.rx):
            switch_pin(bench, pin, pin is bench.chip.usart.rx)
        assert bench.notes == []
