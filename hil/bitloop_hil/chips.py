"""The `[chip]` and `[probe]` sections of a board file: what firmware uses of a microcontroller, and how to flash it.

[chip]
part = "STM32L475VG"
family = "stm32l4"                  firmware/drivers/stm32_clock_l4.c brings its clocks up
boot_alias = 0x00000000             where the flash is seen a second time, from which the core boots (may be absent)
hse_hz = 8_000_000                  clock on OSC_IN (absent: none); the firmware falls back on the internal oscillator

[chip.usart]                        the serial port of the link
name = "USART1"
base = 0x40013800
version = 2                         1: SR and DR (F1, F4); 2: ISR, RDR and TDR (the others)
irq = 37
clock_hz = 80_000_000               what the firmware's clock set-up feeds it with
enable = {register = 0x40021060, bit = 14}
tx = {pin = "PB6", port = 0x48000400, alternate = 7, enable = {register = 0x4002104C, bit = 1}}
rx = {pin = "PB7", port = 0x48000400, alternate = 7, enable = {register = 0x4002104C, bit = 1}}

[chip.dma]                          what moves its bytes
kind = "channel"                    channel (F0, F1, L0, L4), stream (F4, F7), one of them behind a DMAMUX
                                    (channel-mux: C0, L4+; mux: streams, H7) or gpdma (U5)
base = 0x40020000
select = 0x400200A8                 channel: CSELR where there is one; behind a DMAMUX: its first register
select_enable = {...}               clock of the DMAMUX where it has one of its own (absent: none)
enable = {register = 0x40021048, bit = 0}
rx = {channel = 5, request = 2, irq = 15}     channels count from 1, streams and a gpdma's from 0; request is what the
tx = {channel = 4, request = 2, irq = 14}     selection takes (CSELR, CHSEL, DMAREQ_ID, REQSEL); absent if wired

[[chip.i2c]], [[chip.spi]], [[chip.pdm]]     its buses: see buses.py
[chip.adc]                          its analogue inputs: see converters.py

[probe]
target = "stm32l475xg"              pyOCD's name of the chip
pack = "Keil.STM32L4xx_DFP"         the CMSIS-Pack that brings the target, where neither pyOCD nor bitloop does
connect = "under-reset"             pyOCD's connect mode
frequency = 4_000_000               of the debug port in Hz
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitloop_hil.buses import I2c, Pdm, Spi, read_i2c, read_pdm, read_spi
from bitloop_hil.converters import Adc, read_adc
from bitloop_hil.fields import Fields
from bitloop_hil.pins import Enable, Pin, read_enable, read_pin

__all__ = [
    "CONNECT_MODES",
    "DMA_KINDS",
    "FAMILIES",
    "Chip",
    "Dma",
    "DmaChannel",
    "Enable",
    "Pin",
    "ProbeFile",
    "Usart",
    "read_chip",
    "read_probe",
]

FAMILIES = (
    "stm32c0",
    "stm32f0",
    "stm32f1",
    "stm32f4",
    "stm32f7",
    "stm32h7",
    "stm32l0",
    "stm32l4",
    "stm32u5",
)
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "channel": (1, 7),
    "channel-mux": (1, 7),
    "stream": (0, 7),
    "mux": (0, 7),
    "gpdma": (0, 15),
}
"""First and last channel or stream of each kind of DMA controller."""
DMA_KINDS = tuple(_NUMBERS)
CONNECT_MODES = ("halt", "pre-reset", "under-reset", "attach")


@dataclass(frozen=True, slots=True)
class Usart:
    """The serial port of the link: registers of `version` 1 (SR, DR) or 2 (ISR, RDR, TDR); kernel clock in Hz."""

    name: str
    base: int
    version: int
    irq: int
    clock_hz: int
    enable: Enable
    tx: Pin
    rx: Pin


@dataclass(frozen=True, slots=True)
class DmaChannel:
    """One direction: number of the channel or stream, its request's code, its interrupt."""

    number: int
    request: int
    irq: int


@dataclass(frozen=True, slots=True)
class Dma:
    """The DMA controller of the link. `select` is the address of CSELR or of the DMAMUX, 0 where there is none;
    `select_enable` the clock of the latter, None where it comes with the controller's."""

    kind: str
    base: int
    select: int
    enable: Enable
    rx: DmaChannel
    tx: DmaChannel
    select_enable: Enable | None = None

    @property
    def streams(self) -> bool:
        """Whether it has streams rather than channels."""
        return self.kind in ("stream", "mux")

    @property
    def multiplexed(self) -> bool:
        """Whether it is behind a DMAMUX."""
        return self.kind.endswith("mux")


@dataclass(frozen=True, slots=True)
class Chip:
    """The microcontroller. `hse_hz` is 0 where nothing drives OSC_IN; `boot_alias` None where flash is seen once."""

    part: str
    family: str
    boot_alias: int | None
    hse_hz: int
    usart: Usart
    dma: Dma
    i2c: tuple[I2c, ...] = ()
    spi: tuple[Spi, ...] = ()
    pdm: tuple[Pdm, ...] = ()
    adc: Adc | None = None


@dataclass(frozen=True, slots=True)
class ProbeFile:
    """How a debug probe reaches the chip. `pack` is empty where pyOCD or bitloop knows the target; Hz of the port."""

    target: str
    pack: str
    connect: str
    frequency: int


def read_chip(fields: Fields, data: Mapping[str, Any]) -> Chip:
    """The `[chip]` section, checked; BuildError names the field at fault."""
    fields.only(
        data, {"part", "family", "boot_alias", "hse_hz", "usart", "dma", "i2c", "spi", "pdm", "adc"}, "[chip]"
    )
    return Chip(
        fields.take(data, "part", str),
        fields.one_of(data, "family", FAMILIES),
        fields.number(data, "boot_alias", 0, 0x1FFFFFFF) if "boot_alias" in data else None,
        fields.count(data, "hse_hz") if "hse_hz" in data else 0,
        _usart(fields, fields.take(data, "usart", dict)),
        _dma(fields, fields.take(data, "dma", dict)),
        read_i2c(fields, data),
        read_spi(fields, data),
        read_pdm(fields, data),
        read_adc(fields, data),
    )


def read_probe(fields: Fields, data: Mapping[str, Any]) -> ProbeFile:
    """The `[probe]` section, checked; BuildError names the field at fault."""
    fields.only(data, {"target", "pack", "connect", "frequency"}, "[probe]")
    return ProbeFile(
        fields.take(data, "target", str),
        fields.take(data, "pack", str) if "pack" in data else "",
        fields.one_of(data, "connect", CONNECT_MODES),
        fields.count(data, "frequency"),
    )


def _usart(fields: Fields, data: Mapping[str, Any]) -> Usart:
    fields.only(data, {"name", "base", "version", "irq", "clock_hz", "enable", "tx", "rx"}, "[chip.usart]")
    return Usart(
        fields.take(data, "name", str),
        fields.register(data, "base"),
        fields.number(data, "version", 1, 2),
        fields.number(data, "irq", 0, 239),
        fields.count(data, "clock_hz"),
        read_enable(fields, data),
        read_pin(fields, data, "tx", "chip.usart"),
        read_pin(fields, data, "rx", "chip.usart"),
    )


def _dma(fields: Fields, data: Mapping[str, Any]) -> Dma:
    fields.only(data, {"kind", "base", "select", "select_enable", "enable", "rx", "tx"}, "[chip.dma]")
    kind = fields.one_of(data, "kind", DMA_KINDS)
    select = fields.register(data, "select") if "select" in data else 0
    if (kind.endswith("mux") and not select) or (kind in ("stream", "gpdma") and select):
        raise fields.wrong("chip.dma.select is needed for kind mux and has no meaning for stream and gpdma")
    return Dma(
        kind,
        fields.register(data, "base"),
        select,
        read_enable(fields, data),
        _channel(fields, data, "rx", kind),
        _channel(fields, data, "tx", kind),
        read_enable(fields, data, "select_enable") if "select_enable" in data else None,
    )


def _channel(fields: Fields, data: Mapping[str, Any], name: str, kind: str) -> DmaChannel:
    table = fields.take(data, name, dict)
    fields.only(table, {"channel", "request", "irq"}, f"chip.dma.{name}")
    low, high = _NUMBERS[kind]
    return DmaChannel(
        fields.number(table, "channel", low, high),
        fields.number(table, "request", 0, 127) if "request" in table else 0,
        fields.number(table, "irq", 0, 239),
    )
