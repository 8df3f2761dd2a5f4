"""Analogue-to-digital converters: regular sequences, by software, continuously or at a timer's updates, with DMA.

What the registers ask for is a `Sequence`; `adc_versions` reads it. Conversions are worked out in bulk when somebody
looks, a whole sequence at its end. Not modelled: injected sequences, watchdogs, oversampling, interrupts, other ADCs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.dma_transfer import Transfer
from bitloop_hil.benches.virtual.devices.lazy import LazyDevice
from bitloop_hil.benches.virtual.devices.timer import Timer


class VoltageSource(Protocol):
    """A pin with a voltage."""

    def convert(self, seconds: NDArray[np.float64], bits: int) -> NDArray[np.uint16]:
        """Codes of so many bits at these moments."""

    def watch(self, before: Callable[[], None]) -> None:
        """`before` is called before the voltage becomes another, or is asked for."""


@dataclass(frozen=True, slots=True)
class AdcTable:
    """A family's ADC: pins by channel, timers by trigger code, cycles of sampling by code, highest clock in Hz."""

    pins: Mapping[int, str]
    triggers: Mapping[int, str]
    sampling: tuple[float, ...]
    max_hertz: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """What is to be converted: channels with the cycles each takes, when, how wide, and whether DMA takes it."""

    channels: tuple[int, ...]
    cycles: tuple[float, ...]
    trigger: int | None = None  # a code; None: by software
    continuous: bool = False
    bits: int = 12
    left: bool = False
    dma: bool = False


@dataclass(frozen=True, slots=True)
class AdcSurroundings:
    """What an ADC sees of the chip. `hertz` asks for a node of the clock tree, 0 while the ADC has no clock;
    `analogue` says why a pin does not reach it, empty if it does."""

    name: str
    hertz: Callable[[str], int]
    analogue: Callable[[str], str]
    voltage: Callable[[str], VoltageSource]
    channel: Callable[[int], Transfer | None]
    timers: Mapping[str, Timer] = field(default_factory=dict)


class Adc(LazyDevice):
    """Sequences `_number` from 0 on come at `_origin` plus whole multiples of `_period`, in picoseconds."""

    DR: int

    def __init__(
        self, services: Services, base: int, around: AdcSurroundings, table: AdcTable, resets: Mapping[int, int]
    ) -> None:
        super().__init__(services, resets)
        self._base, self._around, self._table = base, around, table
        self._sequence: Sequence | None = None
        self._origin = self._period = self._duration = Fraction(0)
        self._offsets: list[float] = []
        self._number = 0
        self.ready = self.ended = self.lost = False
        self._sources: dict[int, VoltageSource] = {}
        for timer in around.timers.values():
            timer.before.append(self.sync)
            timer.after.append(self.kick)

    def reset(self) -> None:
        super().reset()
        self._forget()

    def sync(self) -> None:
        sequence = self._sequence
        if sequence is None or not self._period:
            return
        done = int((self._services.clock.now() - self._origin - self._duration) // self._period) + 1
        done = done if sequence.continuous or sequence.trigger is not None else min(done, 1)
        if done <= self._number:
            return
        numbers = np.arange(self._number, done, dtype=np.float64)
        self._number = done
        starts = (float(self._origin) + numbers * float(self._period)) / SECOND
        columns = [
            self._source(channel).convert(starts + offset / SECOND, sequence.bits)
            for channel, offset in zip(sequence.channels, self._offsets, strict=True)
        ]
        shift = np.uint16(16 - sequence.bits if sequence.left else 0)
        self._deliver(np.left_shift(np.stack(columns, axis=1).ravel(), shift))
        if sequence.trigger is None and not sequence.continuous:
            self._sequence = None
            self._over()

    def kick(self) -> None:
        """A timer or a clock has changed: triggers come at another pace."""
        if self._sequence is not None:
            self._begin(self._sequence)

    @abstractmethod
    def _kernel_hertz(self) -> int:
        """Clock of the conversions; 0 if there is none."""

    @abstractmethod
    def _over(self) -> None:
        """A single sequence has ended."""

    def _begin(self, sequence: Sequence) -> None:
        """Convert this from now on."""
        self._sequence, self._period = sequence, Fraction(0)
        hertz = self._kernel_hertz()
        if not hertz:
            self._services.note(f"{self._around.name} has no clock to convert with")
            return
        if hertz > self._table.max_hertz:
            limit = f"{self._table.max_hertz / 1e6:g} MHz"
            self._services.note(f"{self._around.name} runs at {hertz / 1e6:g} MHz; the chip allows {limit}")
        ends = np.cumsum([cycles * SECOND / hertz for cycles in sequence.cycles])
        self._duration = Fraction(int(ends[-1]))
        self._offsets = [0.0, *ends[:-1]]
        self._pace(sequence)
        self._arm()

    def _pace(self, sequence: Sequence) -> None:
        """When sequences begin."""
        now = Fraction(self._services.clock.now())
        self._number = 0
        if sequence.trigger is None:
            self._origin, self._period = now, max(self._duration, Fraction(1))
            return
        timer = self._around.timers.get(self._table.triggers.get(sequence.trigger, ""))
        if timer is None:
            self._services.note(f"trigger {sequence.trigger} of {self._around.name} is not modelled")
            return
        if not timer.triggers:
            return
        lost = -int(-self._duration // timer.period)  # a trigger during a conversion is not heard
        if lost > 1:
            self._services.note(
                f"{timer.name.upper()} triggers {self._around.name} every {float(timer.period) / 1e6:.3f} µs, "
                f"and a sequence takes {float(self._duration) / 1e6:.3f} µs"
            )
        heard = int((now - timer.origin) // timer.period) + 1
        self._origin, self._period = timer.origin + heard * timer.period, timer.period * max(1, lost)

    def _source(self, channel: int) -> VoltageSource:
        if channel not in self._sources:
            pin = self._table.pins.get(channel, "")
            if not pin:
                self._services.note(f"channel {channel} of {self._around.name} is not on a pin that is modelled")
            elif problem := self._around.analogue(pin):
                self._services.note(problem)
            self._sources[channel] = self._around.voltage(pin)
            self._sources[channel].watch(self.sync)
        return self._sources[channel]

    def _deliver(self, codes: NDArray[np.uint16]) -> None:
        sequence = self._sequence
        channel = self._around.channel(self._base + self.DR) if sequence is not None and sequence.dma else None
        left = codes[channel.put_items(codes) :] if channel else codes
        self.words[self.DR] = int(codes[-1])
        if len(left):
            self.lost = self.lost or self.ready or len(left) > 1
            self.ready = True
        self.ended = True

    def _arm(self) -> None:
        """One event, at the next moment anybody could notice."""
        if self._event is not None:
            self._event.cancel()
        self._event = None
        sequence = self._sequence
        if sequence is None or not self._period:
            return
        channel = self._around.channel(self._base + self.DR) if sequence.dma else None
        items = channel.boundary if channel else 0 if self.ready and self.ended else 1
        if items:
            last = self._number - 1 - (-items // len(sequence.channels))
            when = self._origin + last * self._period + self._duration
            self._event = self._services.clock.at(-int(-when // 1), self._happen)

    def _happen(self) -> None:
        self._event = None
        self.attend()

    def _halt(self) -> None:
        """No more conversions."""
        self.sync()
        self._sequence = None
        self._arm()

    def _forget(self) -> None:
        if self._event is not None:
            self._event.cancel()
        self._event = self._sequence = None
        self._period = Fraction(0)
        self._number = 0
        self._sources.clear()
        self.ready = self.ended = self.lost = False
