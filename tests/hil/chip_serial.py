"""Set-up of a board's USART and DMA as firmware does it, for tests of the devices: registers by the board file."""

from __future__ import annotations

from dataclasses import dataclass

from bitloop_hil.chips import DmaChannel, Pin
from tests.hil.chip_bench import ChipBench

BAUD = 921_600


@dataclass(frozen=True)
class Registers:
    """Addresses of a USART of either generation."""

    status: int
    rdr: int
    tdr: int
    brr: int
    cr1: int
    cr2: int
    cr3: int
    enable: int


def registers(bench: ChipBench) -> Registers:
    base = bench.chip.usart.base
    offsets = (0x00, 0x04, 0x04, 0x08, 0x0C, 0x10, 0x14) if bench.chip.usart.version == 1 else None
    offsets = offsets or (0x1C, 0x24, 0x28, 0x0C, 0x00, 0x04, 0x08)
    return Registers(*(base + offset for offset in offsets), 1 << 13 if bench.chip.usart.version == 1 else 1)


def switch_pin(bench: ChipBench, pin: Pin, receives: bool) -> None:
    bench.change(pin.enable.register, 1 << pin.enable.bit, 1 << pin.enable.bit)
    if bench.chip.family == "stm32f1":
        shift = 4 * (pin.number % 8)
        bench.change(pin.port + 4 * (pin.number // 8), 0xF << shift, (4 if receives else 0xB) << shift)
        return
    shift = 4 * (pin.number % 8)
    bench.change(pin.port + 0x20 + 4 * (pin.number // 8), 0xF << shift, pin.alternate << shift)
    bench.change(pin.port, 3 << 2 * pin.number, 2 << 2 * pin.number)


def open_serial(
    bench: ChipBench, baud: int = BAUD, *, control1: int = 0, control3: int = 0, pins: bool = True
) -> Registers:
    """The USART at the frequency the chip starts with, near `baud`; the host follows its real speed."""
    usart, at = bench.chip.usart, registers(bench)
    if pins:
        switch_pin(bench, usart.tx, False)
        switch_pin(bench, usart.rx, True)
    bench.change(usart.enable.register, 1 << usart.enable.bit, 1 << usart.enable.bit)
    divider = max(16, round(bench.clock.hertz / baud))
    bench.wire.baud = round(bench.clock.hertz / divider)
    bench.write(at.brr, divider)
    bench.write(at.cr3, control3)
    bench.write(at.cr1, at.enable | 0xC | control1)
    bench.pass_time(11 / bench.wire.baud)  # the idle frame
    return at


def channel_address(bench: ChipBench, channel: DmaChannel) -> int:
    dma = bench.chip.dma
    if not dma.streams:
        return dma.base + 8 + 20 * (channel.number - 1)
    return dma.base + 0x10 + 0x18 * channel.number


def start_dma(
    bench: ChipBench, transmits: bool, memory: int, count: int, *, circular: bool = False, irqs: int = 0
) -> int:
    """Switch the channel on; returns the address of its control register. `irqs`: bits 1 half, 2 complete."""
    dma, at = bench.chip.dma, registers(bench)
    channel = dma.tx if transmits else dma.rx
    bench.change(dma.enable.register, 1 << dma.enable.bit, 1 << dma.enable.bit)
    if dma.kind == "gpdma":
        assert not circular and not irqs
        return start_gpdma(bench, channel, transmits, memory, count)
    address = channel_address(bench, channel)
    if dma.select_enable:
        bench.change(dma.select_enable.register, 1 << dma.select_enable.bit, 1 << dma.select_enable.bit)
    if dma.multiplexed:  # channels of the DMAMUX count from 0
        bench.write(dma.select + 4 * (channel.number - (not dma.streams)), channel.request)
    if not dma.streams:
        if dma.select and not dma.multiplexed:
            shift = 4 * (channel.number - 1)
            bench.change(dma.select, 0xF << shift, channel.request << shift)
        control = transmits << 4 | circular << 5 | 1 << 7 | (irqs & 1) << 2 | (irqs >> 1) << 1
    else:
        code = 0 if dma.select else channel.request << 25
        control = code | transmits << 6 | circular << 8 | 1 << 10 | (irqs & 1) << 3 | (irqs >> 1) << 4
    bench.write(address, control & ~1)
    clear_flags(bench, channel)
    bench.write(address + 4, count)
    bench.write(address + 8, at.tdr if transmits else at.rdr)
    bench.write(address + 12, memory)
    bench.write(address, control | 1)
    return address


def start_gpdma(
    bench: ChipBench, channel: DmaChannel, transmits: bool, memory: int, count: int, link: int = 0
) -> int:
    """The same for a channel of the GPDMA, bytes; returns the address of its first register (RM0456 17.8)."""
    base, at = bench.chip.dma.base + 0x50 + 0x80 * channel.number, registers(bench)
    clear_flags(bench, channel)
    bench.write(base + 0x40, 1 << 3 if transmits else 1 << 19)
    bench.write(base + 0x44, channel.request | transmits << 10)
    bench.write(base + 0x48, count)
    bench.write(base + 0x4C, memory if transmits else at.rdr)
    bench.write(base + 0x50, at.tdr if transmits else memory)
    bench.write(base + 0x00, link & 0xFFFF0000)
    bench.write(base + 0x7C, (1 << 29 | 1 << 27 | 1 << 16 | link & 0xFFFC) if link else 0)
    bench.write(base + 0x14, bench.read(base + 0x14) | 1)
    return base


def flags(bench: ChipBench, channel: DmaChannel) -> set[str]:
    """The channel's flags by name."""
    dma = bench.chip.dma
    if dma.kind == "gpdma":
        bits = bench.read(dma.base + 0x60 + 0x80 * channel.number)
        return {name for name, bit in (("complete", 8), ("half", 9), ("error", 10)) if bits >> bit & 1}
    if not dma.streams:
        bits = bench.read(dma.base) >> 4 * (channel.number - 1)
        return {name for name, bit in (("complete", 1), ("half", 2), ("error", 3)) if bits >> bit & 1}
    shift = 6 * (channel.number % 2) + 16 * (channel.number % 4 // 2)
    bits = bench.read(dma.base + 4 * (channel.number // 4)) >> shift
    return {name for name, bit in (("error", 3), ("half", 4), ("complete", 5)) if bits >> bit & 1}


def clear_flags(bench: ChipBench, channel: DmaChannel) -> None:
    dma = bench.chip.dma
    if dma.kind == "gpdma":
        bench.write(dma.base + 0x5C + 0x80 * channel.number, 0x7F00)
    elif not dma.streams:
        bench.write(dma.base + 4, 0xF << 4 * (channel.number - 1))
    else:
        shift = 6 * (channel.number % 2) + 16 * (channel.number % 4 // 2)
        bench.write(dma.base + 8 + 4 * (channel.number // 4), 0x3D << shift)
