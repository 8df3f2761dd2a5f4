"""DMA of every kind between memory and the line: counters, flags, interrupts, errors, and the work it saves."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_serial import clear_flags, flags, open_serial, registers, start_dma
from tests.hil.test_devices_clocks import BOARDS

KINDS = ("nucleo-f103rb", "b-l475e-iot01a", "nucleo-f429zi", "nucleo-h743zi", "nucleo-c031c6")
"""Channels, those with CSELR, streams, streams and channels behind a DMAMUX."""
BAUD = 115_200
DMA_RX, DMA_TX = 1 << 6, 1 << 7


def opened(board: str) -> ChipBench:
    bench = ChipBench(board)
    open_serial(bench, BAUD, control3=DMA_RX | DMA_TX)
    return bench


def ram(bench: ChipBench, offset: int, size: int) -> bytes:
    return bench.load(bench.ram + offset, size)


def text(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - reproducible


@pytest.mark.parametrize("board", BOARDS)
def test_a_block_leaves_and_another_arrives(board: str) -> None:
    bench = opened(board)
    bench.store(bench.ram, text(300))
    start_dma(bench, False, bench.ram + 512, 300)
    start_dma(bench, True, bench.ram, 300)
    bench.wire.feed(text(300, 2))
    bench.settle()
    assert bench.wire.drain() == text(300)
    assert ram(bench, 512, 300) == text(300, 2)
    assert bench.notes == []
    for channel in (bench.chip.dma.tx, bench.chip.dma.rx):
        assert flags(bench, channel) == {"half", "complete"}


@pytest.mark.parametrize("board", KINDS)
def test_the_counter_of_a_receiver_follows_the_line(board: str) -> None:
    bench = opened(board)
    at = start_dma(bench, False, bench.ram, 64, circular=True)
    start, frame = bench.seconds(), 10 / bench.wire.baud
    bench.wire.feed(text(100))
    for arrived in (0, 1, 7, 31, 32, 63, 64, 65, 99):
        bench.pass_time(start + (arrived + 0.5) * frame - bench.seconds())
        assert (64 - bench.read(at + 4)) % 64 == arrived % 64
    bench.settle()
    assert ram(bench, 0, 64) == text(100)[64:] + text(100)[36:64]


@pytest.mark.parametrize("board", KINDS)
def test_the_counter_of_a_transmitter_is_two_bytes_ahead_of_the_line(board: str) -> None:
    bench = opened(board)
    bench.store(bench.ram, text(50))
    frame = 10 / bench.wire.baud
    at = start_dma(bench, True, bench.ram, 50)
    assert bench.read(at + 4) == 48  # one in the shift register, one in the data register
    bench.pass_time(10.5 * frame)
    assert bench.read(at + 4) == 38
    bench.settle()
    assert bench.read(at + 4) == 0


@pytest.mark.parametrize("board", KINDS)
def test_half_and_complete_come_at_their_times_and_interrupt(board: str) -> None:
    bench = opened(board)
    frame, start = 10 / bench.wire.baud, bench.seconds()
    channel = bench.chip.dma.rx
    start_dma(bench, False, bench.ram, 40, circular=True, irqs=3)
    bench.wire.feed(bytes(40))
    seen = []
    while bench.next():
        if bench.lines.get(channel.irq):
            seen.append((flags(bench, channel), round((bench.seconds() - start) / frame, 1)))
            clear_flags(bench, channel)
            assert not bench.lines[channel.irq]
    assert seen == [({"half"}, 20.0), ({"complete"}, 40.0)]


@pytest.mark.parametrize("board", KINDS)
def test_without_a_channel_at_work_bytes_wait_in_the_data_register(board: str) -> None:
    bench = opened(board)
    bench.wire.feed(b"x")
    bench.settle()
    assert bench.read(registers(bench).status) & 1 << 5
    start_dma(bench, False, bench.ram, 8)
    assert ram(bench, 0, 1) == b"x"
    assert not bench.read(registers(bench).status) & 1 << 5


@pytest.mark.parametrize("board", KINDS)
def test_a_normal_transfer_ends_and_what_comes_then_overruns(board: str) -> None:
    bench = opened(board)
    start_dma(bench, False, bench.ram, 4)
    bench.wire.feed(b"abcdefg")
    bench.settle()
    assert ram(bench, 0, 6) == b"abcd\0\0"
    status = bench.read(registers(bench).status)
    assert status & 1 << 5
    assert status & 1 << 3


@pytest.mark.parametrize("board", [*KINDS[1:], "nucleo-l031k6"])
def test_a_channel_set_to_another_request_moves_nothing(board: str) -> None:
    bench = opened(board)
    bench.store(bench.ram, text(8))
    dma = bench.chip.dma
    at = start_dma(bench, True, bench.ram, 8)
    bench.settle()
    assert len(bench.wire.drain()) == 8
    bench.write(at, 0)
    if dma.kind == "channel":
        bench.write(dma.select, 0)
    elif dma.multiplexed:
        bench.write(dma.select + 4 * (dma.tx.number - (not dma.streams)), 9)
    bench.write(at + 4, 8)
    clear_flags(bench, dma.tx)
    bench.write(at, (1 << 4 | 1 << 7 if not dma.streams else 5 << 25 | 1 << 6 | 1 << 10) | 1)
    bench.settle()
    assert bench.wire.drain() == b""
    assert bench.read(at + 4) == 8


@pytest.mark.parametrize("board", KINDS)
def test_a_wrong_data_register_moves_nothing_and_is_told(board: str) -> None:
    bench = opened(board)
    at = start_dma(bench, True, bench.ram, 8)
    bench.settle()
    bench.wire.drain()
    control = bench.read(at) | 1
    bench.write(at, control & ~1)
    clear_flags(bench, bench.chip.dma.tx)
    bench.write(at + 4, 8)
    bench.write(at + 8, bench.chip.usart.base + 0x40)
    bench.write(at, control)
    bench.settle()
    assert bench.wire.drain() == b""
    assert any(f"0x{registers(bench).tdr:08x}" in note for note in bench.notes)


@pytest.mark.parametrize("board", KINDS)
def test_memory_that_is_not_there_ends_a_transfer_with_an_error(board: str) -> None:
    bench = opened(board)
    at = start_dma(bench, False, 0x60000000, 8)
    bench.wire.feed(b"x")
    bench.settle()
    assert "error" in flags(bench, bench.chip.dma.rx)
    assert not bench.read(at) & 1
    assert any("stopped with a transfer error" in note for note in bench.notes)


@pytest.mark.parametrize(("board", "address"), [("nucleo-h743zi", 0x20000000), ("nucleo-f429zi", 0x10000000)])
def test_memory_of_the_core_alone_is_out_of_reach(board: str, address: int) -> None:
    bench = opened(board)
    bench.memory[address] = bytearray(64)
    start_dma(bench, True, address, 8)
    assert "error" in flags(bench, bench.chip.dma.tx)
    assert any("belongs to the core alone" in note for note in bench.notes)


@pytest.mark.parametrize("board", KINDS)
def test_a_dma_without_its_clock_does_nothing(board: str) -> None:
    bench = opened(board)
    bench.store(bench.ram, text(100))
    start_dma(bench, True, bench.ram, 100)
    bench.pass_time(10.5 * 10 / bench.wire.baud)
    enable = bench.chip.dma.enable
    bench.change(enable.register, 1 << enable.bit, 0)
    bench.settle()
    assert bench.wire.drain() == text(100)[:12]


def test_a_stream_with_two_buffers_fills_them_in_turn() -> None:
    bench = opened("nucleo-f429zi")
    at = start_dma(bench, False, bench.ram, 16)
    control = bench.read(at)
    bench.write(at, control & ~1)
    clear_flags(bench, bench.chip.dma.rx)
    bench.write(at + 4, 16)
    bench.write(at + 0x10, bench.ram + 256)
    bench.write(at, control | 1 << 18)
    bench.wire.feed(text(40))
    seen = []
    while bench.next():
        seen.append(bench.read(at) >> 19 & 1)
    data = text(40)
    assert ram(bench, 0, 16) == data[32:] + data[8:16]
    assert ram(bench, 256, 16) == data[16:32]
    assert 1 in seen
    assert seen[-1] == 0


def test_switching_a_stream_off_early_completes_it() -> None:
    bench = opened("nucleo-f429zi")
    at = start_dma(bench, True, bench.ram, 100)
    bench.write(at, bench.read(at) & ~1)
    assert "complete" in flags(bench, bench.chip.dma.tx)
    assert bench.read(at + 4) == 98


def test_a_stream_switched_on_with_flags_set_is_told() -> None:
    bench = opened("nucleo-f429zi")
    at = start_dma(bench, True, bench.ram, 4)
    bench.settle()
    bench.write(at + 4, 4)
    bench.write(at, bench.read(at) | 1)
    assert "stream 3 of DMA1 is switched on before its flags were cleared" in bench.notes


def test_registers_of_a_channel_at_work_are_write_protected() -> None:
    bench = opened("b-l475e-iot01a")
    at = start_dma(bench, False, bench.ram, 16, circular=True)
    bench.write(at + 4, 3)
    bench.write(at + 12, 0)
    assert bench.read(at + 4) == 16
    assert bench.read(at + 12) == bench.ram


@pytest.mark.parametrize(("board", "controller"), [("b-l475e-iot01a", 0x40020000), ("nucleo-f429zi", 0x40026400)])
def test_memory_is_copied_and_sizes_are_converted(board: str, controller: int) -> None:
    bench = opened(board)
    rcc, bits = (0x40021048, 3) if board == "b-l475e-iot01a" else (0x40023830, 3 << 21)
    bench.change(rcc, bits, bits)
    bench.store(bench.ram, text(32))
    if board == "b-l475e-iot01a":
        at, control = controller + 8, 1 << 14 | 1 << 6 | 1 << 7 | 1 << 8  # from CPAR in half-words to CMAR in bytes
        expected = text(32)[::2]
    else:
        at, control = controller + 0x10, 2 << 6 | 1 << 9 | 1 << 10
        expected = text(32)[:16]
    bench.write(at + 4, 16)
    bench.write(at + 8, bench.ram)
    bench.write(at + 12, bench.ram + 64)
    bench.write(at, control)
    bench.write(at, control | 1)
    assert bench.read(at + 4) == 16
    bench.settle()
    assert bench.read(at + 4) == 0
    assert ram(bench, 64, 16) == expected


@given(
    looks=st.lists(st.integers(0, 2000), max_size=30), ring=st.sampled_from([16, 37, 128]), size=st.integers(1, 400)
)
@settings(max_examples=60, deadline=None)
def test_looking_changes_nothing(looks: list[int], ring: int, size: int) -> None:
    """Whoever looks at whatever time: the same bytes reach the same places at the same time."""

    def play(bench: ChipBench, times: list[int]) -> tuple[bytes, bytes, int, int]:
        bench.store(bench.ram + 1024, text(size, 3))
        at = start_dma(bench, False, bench.ram, ring, circular=True)
        start_dma(bench, True, bench.ram + 1024, size)
        bench.wire.feed(text(size, 4))
        out = b""
        for time in times:
            bench.pass_time(time * 1e-6)
            bench.read(at + 4)
            bench.read(registers(bench).status)
            out += bench.wire.drain()
        bench.settle()
        return out + bench.wire.drain(), ram(bench, 0, ring), bench.read(at + 4), round(bench.seconds() * 1e6)

    watched, alone = play(opened("nucleo-l031k6"), looks), play(opened("nucleo-l031k6"), [])
    assert watched[:3] == alone[:3]
    if sum(looks) < alone[3] - 200:  # else somebody looked for longer than there was something to see
        assert watched[3] == pytest.approx(alone[3], abs=2)


def test_bytes_move_in_bulk() -> None:
    """A megabyte in each direction costs accesses to memory by the look (every 4 ms), not by the byte."""
    bench = opened("b-l475e-iot01a")
    accesses = 0
    load, store = bench.load, bench.store

    def count_load(address: int, size: int) -> bytes:
        nonlocal accesses
        accesses += 1
        return load(address, size)

    def count_store(address: int, data: bytes) -> None:
        nonlocal accesses
        accesses += 1
        store(address, data)

    bench.load, bench.store = count_load, count_store  # type: ignore[method-assign]
    start_dma(bench, False, bench.ram, 4096, circular=True)
    start_dma(bench, True, bench.ram + 8192, 4096, circular=True)
    size = 1 << 20
    bench.wire.feed(bytes(size))
    bench.pass_time(size * 10 / bench.wire.baud)
    assert len(bench.wire.drain()) == pytest.approx(size, abs=4)
    assert accesses < size // 20
