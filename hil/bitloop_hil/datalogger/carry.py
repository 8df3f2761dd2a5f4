"""The arithmetic of a datalogger: what the sensor gives against what bus, line and memory take."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from bitloop.errors import BuildError
from bitloop_hil.buses import I2c
from bitloop_hil.link import packets as p

if TYPE_CHECKING:
    from bitloop_hil.datalogger.plan import Plan
    from bitloop_hil.datalogger.registers import BusSensor

TRANSFER = 255
"""Bytes of one transfer over a bus, BL_BUS_BYTES of firmware/drivers/bus.h."""
BLOCK_HEAD = int(p.BLOCK.layout.sizeof())
I2C_HZ = 400_000
_BUS_SHARE, _LINE_SHARE = 0.9, 0.95
"""Of a bus or line, what is counted on: the rest is the core's time between transfers."""
_FETCH_CYCLES = 60_000
"""From sample to sample, with four looks and sending: at 32 MHz a Cortex-M0+ keeps up with 416 Hz, not with 833."""
_OTHER_RAM = 1600
"""Bytes that a text logger needs beside its signal, its stack and the receiver's ring."""


def line_bytes(payload: int) -> int:
    """Bytes on the line for a frame with that payload, at most."""
    body = payload + int(p.OVERHEAD)
    return body + body // 254 + 3


def text_bytes(made: Plan) -> int:
    """Characters of a line with one sample, at most: signs, digits, points, and a character behind each value."""
    measured = made.source.measured
    return made.axes * (1 + measured.digits + (1 + measured.decimals if measured.decimals else 0) + 1)


def check_link(made: Plan) -> None:
    """BuildError, with the arithmetic, where the line cannot carry what has to leave without a pause."""
    if not made.continuous and (made.source.holds or not made.binary):
        return
    rate, most = float(made.source.hz), made.baud / 10 * _LINE_SHARE
    if made.binary:
        size, block = made.sample_bytes, made.block_samples
        per_sample = line_bytes(BLOCK_HEAD + block * size) / block
        what = f"{size} bytes x {rate:g} Hz = {size * rate:.0f} bytes/s, {rate * per_sample:.0f} with their frames,"
    else:
        per_sample = text_bytes(made)
        what = f"up to {per_sample:g} characters x {rate:g} Hz = {rate * per_sample:.0f} bytes/s"
    if rate * per_sample > most:
        slower = [float(hz) for hz in made.source.rates if float(hz) * per_sample <= most]
        advice = [f"up to {max(slower):g} Hz"] if slower else []
        advice += ["fewer axes"] if made.axes > 1 else []
        advice += [] if made.binary else ["--format binary"]
        baud = ceil(rate * per_sample / _LINE_SHARE) * 10
        advice += [f"--baud {baud} and more"] if baud <= made.chip.usart.clock_hz // 16 else []
        *some, last = advice or ["another sensor"]
        choices = f"{', '.join(some)} or {last}" if some else last
        raise BuildError(
            f"{made.source.name} sends {what} and {made.baud} baud carry {made.baud // 10} of which {most:.0f} are"
            f" counted on; choose {choices}"
        )


def _bus_bits(source: BusSensor) -> int:
    return 9 if isinstance(source.bus, I2c) else 8


def _bus_load(source: BusSensor) -> float:
    """Bits per second of its samples, and of the addresses and looks in between."""
    quantity, rate, head = source.quantity, float(source.hz), 3 if isinstance(source.bus, I2c) else 1
    looks = rate / float(source.per_look)
    return _bus_bits(source) * (rate * quantity.stride + looks * (2 * head + quantity.level.bytes))


def check_bus(source: BusSensor, made: Plan) -> None:
    """BuildError, with the arithmetic, where the sensor's bus is too slow for an uninterrupted signal."""
    quantity, rate, bits = source.quantity, float(source.hz), _bus_bits(source)
    carried, needed = _BUS_SHARE * source.bus_hz, _bus_load(source)
    if needed <= carried:
        return
    kept = int(quantity.memory / (1 - carried / needed))
    slower = [float(one.hz) for one in quantity.rates if _bus_load(replace(source, rate=one)) <= carried]
    advice = f"up to {max(slower):g} Hz" if slower else "another sensor"
    advice += f" or text signals of up to {kept} samples" if kept > 16 else ""
    if made.continuous or made.binary or made.samples > kept:
        raise BuildError(
            f"{source.name} at {rate:g} Hz gives {quantity.stride} bytes x {rate:g} Hz x {bits} bits ="
            f" {rate * quantity.stride * bits:.0f} bit/s and {needed:.0f} with addresses, and {source.bus.name}"
            f" carries {carried:.0f}; choose {advice}"
        )


def check_core(source: BusSensor, made: Plan) -> None:
    """BuildError, with the arithmetic, where the core is too slow for a sensor that keeps one sample only."""
    most = made.board.clock_hz / _FETCH_CYCLES
    if source.memory > 1 or source.hz <= most:
        return
    slower = [float(hz) for hz in source.rates if hz <= most]
    raise BuildError(
        f"{source.name} keeps one sample, and {made.board.name} fetches up to {most:.0f} a second"
        f" ({made.board.clock_hz} Hz / {_FETCH_CYCLES} cycles); choose"
        f" {f'up to {max(slower):g} Hz' if slower else 'a faster board'}"
    )


def spi_divider(clock_hz: int, most_hz: int) -> int:
    """The code of an SPI controller's divider that comes closest to a clock: 0 halves, 7 divides by 256."""
    return next((code for code in range(8) if clock_hz >> (code + 1) <= most_hz), 7)


def check_memory(made: Plan) -> None:
    """BuildError where a signal that is kept until it is sent does not fit into the board's RAM beside the rest."""
    source, size = made.source, made.samples * made.sample_bytes
    if made.binary and not source.holds:
        return
    stack = made.board.image.stack if made.board.image else 0
    frames = 4 * made.payload if made.binary else 0
    ring = 0 if source.holds else source.ram
    room = made.board.ram.size - stack - _OTHER_RAM - frames - ring
    if size > room:
        raise BuildError(
            f"a signal of {made.samples} samples x {made.sample_bytes} bytes takes {size}"
            f" bytes and {made.board.name} has about {room} bytes of RAM for it; choose up to"
            f" {room // made.sample_bytes} samples, or --continuous"
        )
