"""The GPDMA of the U5 between memory and the line: blocks, links in memory, suspension, what it refuses."""

from __future__ import annotations

import random
import struct

import pytest

from bitloop import resources
from tests.hil.bare import run
from tests.hil.chip_bench import ChipBench
from tests.hil.chip_serial import clear_flags, flags, open_serial, registers, start_gpdma

# RM0456 17.8: registers of a channel, from its first one; bits
FCR, SR, CR, TR1, TR2, BR1, SAR, DAR, LLR = 0x0C, 0x10, 0x14, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x7C
EN, RESET, SUSP, TCIE, HTIE = 1, 2, 4, 1 << 8, 1 << 9
IDLEF, TCF, DTEF, ULEF, USEF, SUSPF = 1, 1 << 8, 1 << 10, 1 << 11, 1 << 12, 1 << 13
MISR = 0x4002000C
LINK = 0x300
"""Where in RAM the next block is described."""


def text(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - reproducible


@pytest.fixture
def bench() -> ChipBench:
    bench = ChipBench("b-u585i-iot02a")
    open_serial(bench, 115_200, control3=1 << 6 | 1 << 7)
    bench.change(bench.chip.dma.enable.register, 1, 1)
    return bench


def ring(bench: ChipBench, count: int, control: int = 0) -> int:
    """A receiver whose block describes itself, as the driver has it; its first register."""
    at = bench.ram + LINK
    bench.store(at, struct.pack("<3I", count, bench.ram, 1 << 29 | 1 << 27 | 1 << 16 | at & 0xFFFC))
    bench.write(bench.chip.dma.base + 0x64, control)
    return start_gpdma(bench, bench.chip.dma.rx, False, bench.ram, count, at)


def test_a_ring_is_a_block_that_comes_again(bench: ChipBench) -> None:
    base, frame = ring(bench, 64), 10 / bench.wire.baud
    start = bench.seconds()
    bench.wire.feed(text(100))
    for arrived in (0, 1, 7, 31, 32, 63, 64, 65, 99):
        bench.pass_time(start + (arrived + 0.5) * frame - bench.seconds())
        assert 64 - bench.read(base + BR1) == arrived % 64
        assert bench.read(base + DAR) - bench.ram == arrived % 64
    bench.settle()
    assert bench.load(bench.ram, 64) == text(100)[64:] + text(100)[36:64]
    assert bench.read(base + CR) & EN and not bench.read(base + SR) & IDLEF
    assert bench.notes == []


def test_half_and_complete_come_at_their_times_and_interrupt(bench: ChipBench) -> None:
    channel, frame, start = bench.chip.dma.rx, 10 / bench.wire.baud, bench.seconds()
    ring(bench, 40, TCIE | HTIE)
    bench.wire.feed(bytes(80))
    seen = []
    while bench.next():
        if bench.lines.get(channel.irq):
            assert bench.read(MISR) == 1 << channel.number
            seen.append((flags(bench, channel), round((bench.seconds() - start) / frame, 1)))
            clear_flags(bench, channel)
            assert not bench.lines[channel.irq]
    assert seen == [({"half"}, 20.0), ({"complete"}, 40.0), ({"half"}, 60.0), ({"complete"}, 80.0)]


def test_a_last_block_switches_the_channel_off(bench: ChipBench) -> None:
    bench.store(bench.ram, text(8))
    base = start_gpdma(bench, bench.chip.dma.tx, True, bench.ram, 8)
    assert bench.read(base + CR) & EN
    bench.settle()
    assert bench.wire.drain() == text(8)
    assert not bench.read(base + CR) & EN
    assert bench.read(base + SR) & (IDLEF | TCF) == IDLEF | TCF
    assert (bench.read(base + BR1), bench.read(base + SAR) - bench.ram) == (0, 8)


def test_a_chain_goes_on_where_its_links_say(bench: ChipBench) -> None:
    """The second block has another source and is the last: its LLR is 0."""
    bench.store(bench.ram, text(8) + bytes(8) + text(5, 2))
    bench.store(bench.ram + LINK, struct.pack("<3I", 5, bench.ram + 16, 0))
    base = start_gpdma(bench, bench.chip.dma.tx, True, bench.ram, 0)
    assert bench.read(base + SR) & USEF  # nothing to move, and nothing to go on with
    bench.write(base + FCR, 0x7F00)
    bench.write(base + BR1, 8)
    bench.write(base, (bench.ram + LINK) & 0xFFFF0000)
    bench.write(base + LLR, 1 << 29 | 1 << 28 | 1 << 16 | bench.ram + LINK & 0xFFFC)
    bench.write(base + CR, EN)
    bench.settle()
    assert bench.wire.drain() == text(8) + text(5, 2)
    assert not bench.read(base + CR) & EN


def test_a_channel_that_is_on_keeps_its_registers(bench: ChipBench) -> None:
    base = ring(bench, 64)
    for register in (TR1, TR2, BR1, SAR, DAR, LLR):
        before = bench.read(base + register)
        bench.write(base + register, 0)
        assert bench.read(base + register) == before
    bench.write(base + CR, 0)
    assert bench.read(base + CR) & EN  # only a reset of the channel switches it off


def test_a_channel_is_reset_while_it_is_suspended(bench: ChipBench) -> None:
    base = ring(bench, 64)
    bench.wire.feed(text(5))
    bench.settle()
    bench.write(base + CR, RESET)
    assert bench.read(base + CR) & EN
    bench.write(base + CR, SUSP)
    assert bench.read(base + SR) & (SUSPF | IDLEF) == SUSPF | IDLEF
    assert bench.read(base + BR1) == 59
    bench.write(base + CR, RESET)
    assert not bench.read(base + CR) & (EN | SUSP)
    assert not bench.read(base + SR) & SUSPF


def test_a_suspended_channel_goes_on(bench: ChipBench) -> None:
    base = ring(bench, 64)
    bench.wire.feed(text(5))
    bench.settle()
    bench.write(base + CR, SUSP)
    bench.wire.feed(text(1, 2))
    bench.settle()
    assert bench.read(registers(bench).status) & 1 << 5  # it waits in the data register
    bench.write(base + CR, 0)
    assert bench.load(bench.ram, 6) == text(5) + text(1, 2)


def test_what_it_cannot_do_is_an_error(bench: ChipBench) -> None:
    tx, base = bench.chip.dma.tx, bench.chip.dma.base + 0xD0
    for width, count, offset, flag in ((1, 3, 0, USEF), (1, 4, 1, USEF), (3, 8, 0, USEF)):
        bench.write(base + FCR, 0x7F00)
        start_gpdma(bench, tx, True, bench.ram + offset, count)
        bench.settle()
        bench.write(base + TR1, width | 1 << 3)
        bench.write(base + BR1, count)
        bench.write(base + SAR, bench.ram + offset)
        bench.write(base + CR, EN)
        assert bench.read(base + SR) & flag
        assert not bench.read(base + CR) & EN
    bench.write(base + FCR, 0x7F00)
    assert not bench.read(base + SR) & USEF
    start_gpdma(bench, tx, True, 0x10000000, 4)
    assert bench.read(base + SR) & DTEF
    assert any("transfer error" in note for note in bench.notes)


def test_a_link_to_nowhere_is_an_error(bench: ChipBench) -> None:
    base = start_gpdma(bench, bench.chip.dma.rx, False, bench.ram, 4, link=0x30000000)
    bench.wire.feed(b"abcd")
    bench.settle()
    assert bench.load(bench.ram, 4) == b"abcd"
    assert bench.read(base + SR) & (TCF | ULEF) == TCF | ULEF
    assert not bench.read(base + CR) & EN


def test_memory_is_copied_without_a_request(bench: ChipBench) -> None:
    bench.store(bench.ram, text(64))
    base = bench.chip.dma.base + 0x50 + 0x80 * 15
    for register, value in ((TR1, 2 | 1 << 3 | 2 << 16 | 1 << 19), (TR2, 1 << 9), (BR1, 64), (SAR, bench.ram)):
        bench.write(base + register, value)
    bench.write(base + DAR, bench.ram + 256)
    bench.write(base + CR, EN)
    bench.settle()
    assert bench.load(bench.ram + 256, 64) == text(64)
    assert bench.read(base + SR) & TCF


def test_a_channel_set_to_another_request_moves_nothing(bench: ChipBench) -> None:
    base = ring(bench, 16)
    bench.write(base + CR, SUSP)
    bench.write(base + CR, RESET)
    bench.write(base + BR1, 16)
    bench.write(base + TR2, 26)
    bench.write(base + CR, EN)
    bench.wire.feed(b"a")
    bench.settle()
    assert bench.read(base + BR1) == 16
    assert bench.read(registers(bench).status) & 1 << 5


def test_what_is_not_modelled_says_so(bench: ChipBench) -> None:
    bench.write(bench.chip.dma.base + 0x50 + TR2, 1 << 24)
    assert bench.notes == ["channel 0 of DMA1 is asked for something that is not modelled"]


_STOPPED = """
static volatile uint8_t bytes[64];
int main(void)
{
    REG(0x46020C88u) |= 1u;
    for (uint32_t times = 0; times < 2u; times++) {
        bl_dma_start(3u, BL_DMA_CIRCULAR | BL_DMA_REQUEST(24u), 0x40013824u, bytes, 64u);
        record(BL_GPDMA_CONTROL(3u) & BL_GPDMA_ON);
        record(bl_dma_left(3u));
        bl_dma_stop(3u);
        record(BL_GPDMA_CONTROL(3u));
        bl_dma_clear_flags(3u, bl_dma_flags(3u));
    }
    bl_dma_select(3u, 24u);
    return 0;
}
"""


def test_the_driver_stops_a_channel_at_work_and_starts_it_anew() -> None:
    drivers = resources.firmware() / "drivers"
    headers = [(drivers / name).read_text(encoding="utf-8") for name in ("stm32.h", "stm32_gpdma.h")]
    unused = '#pragma GCC diagnostic ignored "-Wunused-function"'
    source = "\n".join([unused, "#define BL_DMA_BASE 0x40020000u", *headers, _STOPPED])
    ran = run("b-u585i-iot02a", source.replace('#include "chip.h"', "").replace('#include "stm32.h"', ""))
    assert ran.trace == [1, 64, 0, 1, 64, 0]
    assert ran.machine.notes == []
