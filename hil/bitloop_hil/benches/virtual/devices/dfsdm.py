"""DFSDM: serial channels with a clock for sigma-delta modulators, and filters for their bits (RM0351 24).

Regular conversions, once or continuously, of serial channels in SPI format on the chip's own clock, or of samples
written into CHyDATINR; DMA. Bits are fetched and filtered in bulk when somebody looks. Not modelled: injected
conversions, watchdogs, short-circuit detectors, interrupts, Manchester coding, clocks from outside, the audio clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.dfsdm_channel import AUDIO_CLOCK, CHANNELS, ENABLE, Channel
from bitloop_hil.benches.virtual.devices.dfsdm_filter import HIGHEST, LOWEST, Conversion, Filter
from bitloop_hil.benches.virtual.devices.dma_transfer import Transfer
from bitloop_hil.benches.virtual.devices.lazy import LazyDevice
from bitloop_hil.benches.virtual.devices.pdm import PdmClock, PdmLine
from bitloop_hil.benches.virtual.devices.sinc import Samples, SincFilter

_EACH_CHANNEL = 0x20
_FILTERS, _FIRST_FILTER, _EACH_FILTER = 4, 0x100, 0x80
_ON, _START, _CONTINUOUS, _DMA, _FAST = 1, 1 << 17, 1 << 18, 1 << 21, 1 << 29  # of FLTxCR1
_FREE = 0x07040000 | _ON  # RCH and RCONT can be written while the filter is on
_NEVER_READ, _ELSEWHERE = 0x20002, 0x8603A  # RSWSTART, JSWSTART; injected and synchronous conversions
_CR1 = 0x672E7F3B
_MOST_ORDER = 5
_AT_ONCE = 1 << 19  # bits that are fetched and filtered together


@dataclass(frozen=True, slots=True)
class DfsdmSurroundings:
    """What a DFSDM sees of the chip: its kernel clock in Hz, 0 without one; data lines by the number of their input;
    the DMA channel that serves a filter and reads one of these addresses."""

    name: str
    hertz: Callable[[], int]
    lines: Mapping[int, PdmLine]
    channel: Callable[[int, tuple[int, ...]], Transfer | None]


class Dfsdm(LazyDevice):
    """CHyCFGR1, CFGR2, AWSCDR, WDATR, DATINR of 8 channels; FLTxCR1 to CNVTIMR of 4 filters."""

    CFGR1, CFGR2, DATINR = 0x00, 0x04, 0x10
    CR1, CR2, ISR, ICR, JCHGR, FCR, RDATAR, EXMAX, EXMIN, CNVTIMR = (
        *(0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x1C),
        *(0x30, 0x34, 0x38),
    )

    def __init__(self, services: Services, base: int, around: DfsdmSurroundings) -> None:
        starts = [_FIRST_FILTER + _EACH_FILTER * number for number in range(_FILTERS)]
        super().__init__(services, {start + self.JCHGR: 1 for start in starts})
        self._around = around
        self._filters = [
            Filter(f"filter {number} of {around.name}", self._serving(number, base + start), services.note)
            for number, start in enumerate(starts)
        ]
        for line in around.lines.values():
            line.watch(self.sync)
        self._power_on()

    def _power_on(self) -> None:
        self._channels = [Channel(number) for number in range(CHANNELS)]
        self._clock: PdmClock | None = None
        self._hertz = 0
        self._absent = 0xFF  # CKABF, of channels whose clock was not seen yet

    def reset(self) -> None:
        super().reset()
        self._power_on()
        for one in self._filters:
            one.reset()
        self._arm()

    def sync(self) -> None:
        for number, one in enumerate(self._filters):
            if one.conversion is None or self._clock is None:
                continue
            channel = self._channels[one.conversion.channel]
            until = self._clock.edges(channel.edge, self._services.clock.now()) // channel.every
            if self._problem(channel):
                one.cursor = until  # what nobody reads is gone
            while one.conversion is not None and until > one.cursor:
                count = min(until - one.cursor, _AT_ONCE)
                one.feed(self._bits(channel, self._clock, one.cursor, count), self._watched(number))

    def kick(self) -> None:
        """A clock of the chip may have changed."""
        if self._hertz and self._around.hertz() != self._hertz:
            self._start_clock()

    def load(self, offset: int) -> int:
        self.sync()
        number, register = divmod(offset - _FIRST_FILTER, _EACH_FILTER)
        if not 0 <= number < _FILTERS:
            return self.words.get(offset, 0)
        one = self._filters[number]
        if register == self.ISR:
            absent = self._absent << 16 if number == 0 else 0
            return absent | (one.conversion is not None) << 14 | one.lost << 3 | one.ready << 1
        if register == self.RDATAR:
            one.ready = False
            self._arm()
            return one.data
        if register in (self.EXMAX, self.EXMIN):
            place = register == self.EXMIN
            value, one.extremes[place] = one.extremes[place], HIGHEST if place else LOWEST
            return value << 8 | one.extreme_channels[place]
        if register == self.CNVTIMR:
            cycles = one.converted * self._clock.period * self._hertz / SECOND if self._clock else 0
            return int(cycles) << 4
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        self.sync()
        number, register = divmod(offset - _FIRST_FILTER, _EACH_FILTER)
        if number < 0:
            self._write_channel(self._channels[offset // _EACH_CHANNEL], offset % _EACH_CHANNEL, offset, value)
        elif number < _FILTERS:
            self._write_filter(number, register, offset, value)
        self._arm()

    def _write_channel(self, channel: Channel, register: int, offset: int, value: int) -> None:
        if register == self.CFGR1:
            old = channel.configuration
            channel.configure(value)
            self.words[offset] = channel.configuration
            if channel.number == 0 and (old ^ value) & ENABLE:
                self._switch(bool(value & ENABLE))
            if channel.detects:
                self._services.note(f"{self._around.name} notices no absent clock and no short circuit here")
            if not channel.on:
                self._absent |= 1 << channel.number
        elif register == self.CFGR2:
            channel.correct(value)
            self.words[offset] = channel.correction
        elif register == self.DATINR:
            self._push(channel, value)

    def _push(self, channel: Channel, value: int) -> None:
        """Samples from the core or DMA."""
        low, high = (np.array([half], np.uint16).view(np.int16) for half in (value & 0xFFFF, value >> 16))
        self._pour(channel, np.concatenate([low, high]) if channel.packing == 1 else low)
        if channel.packing == 2:
            self._pour(self._channels[(channel.number + 1) % CHANNELS], high)

    def _pour(self, channel: Channel, samples: Samples) -> None:
        for number, one in enumerate(self._filters):
            if one.conversion is not None and one.conversion.channel == channel.number and channel.parallel:
                one.feed(samples, self._watched(number))

    def _write_filter(self, number: int, register: int, offset: int, value: int) -> None:
        one, on = self._filters[number], self.words.get(offset - register, 0) & _ON
        if register == self.CR1:
            self._control(number, offset, value)
        elif register == self.CR2:
            if value & 0xFF007F:
                self._services.note(f"interrupts and watchdogs of {self._around.name} are not modelled")
            self.words[offset] = value & 0xFFFF7F
        elif register == self.ICR:
            one.lost = one.lost and not value & 1 << 3
            if number == 0:
                seen = sum(1 << channel.number for channel in self._channels if not self._problem(channel))
                self._absent &= ~(value >> 16 & seen)
        elif register == self.FCR and not on:
            self.words[offset] = value & 0xE3FF00FF

    def _control(self, number: int, offset: int, value: int) -> None:
        one, old = self._filters[number], self.words.get(offset, 0)
        free = _FREE if old & _ON else 0xFFFFFFFF
        control = (old & ~free | value & free) & _CR1
        self.words[offset] = control & ~_NEVER_READ
        if (value | control) & _ELSEWHERE:
            self._services.note(f"injected and synchronous conversions of {self._around.name} are not modelled")
        if not control & _ON:
            one.stop()
            return
        if one.conversion is not None and one.conversion.continuous and not control & _CONTINUOUS:
            one.conversion = None
        if value & _START and one.conversion is None:
            self._begin(number, control)

    def _begin(self, number: int, control: int) -> None:
        one, channel = self._filters[number], self._channels[control >> 24 & 7]
        setting = self.words.get(_FIRST_FILTER + _EACH_FILTER * number + self.FCR, 0)
        order = setting >> 29
        if order > _MOST_ORDER:
            self._services.note(f"{one.name} has FORD = {order}, which is reserved")
            return
        problem = self._problem(channel)
        if problem and not (channel.parallel and channel.on and self._enabled):
            self._services.note(f"{one.name} gets no samples: {problem}")
        sinc = SincFilter(order, (setting >> 16 & 0x3FF) + 1, (setting & 0xFF) + 1, bool(control & _FAST))
        how = bool(control & _CONTINUOUS), bool(control & _DMA), channel.shift, channel.offset
        edges = self._clock.edges(channel.edge, self._services.clock.now()) if self._clock else 0
        one.begin(Conversion(channel.number, sinc, *how), edges // channel.every)

    @property
    def _enabled(self) -> bool:
        """DFSDMEN."""
        return bool(self._channels[0].configuration & ENABLE)

    def _problem(self, channel: Channel) -> str:
        """Why no bits come from a channel; empty if they do."""
        if not self._enabled:
            return f"{self._around.name} is not enabled (DFSDMEN)"
        return channel.problem or ("" if self._clock else f"the clock output of {self._around.name} is off")

    def _bits(self, channel: Channel, clock: PdmClock, first: int, count: int) -> Samples:
        line, every = self._around.lines.get(channel.input), channel.every
        if line is None:
            self._services.note(f"nothing is connected to DATIN{channel.input} of {self._around.name}")
            return np.full(count, -1, np.int16)
        return line.bits(channel.edge, clock, first * every, count * every)[::every].astype(np.int16)

    def _watched(self, number: int) -> int:
        """Channels whose extremes a filter keeps, a bit each."""
        return self.words.get(_FIRST_FILTER + _EACH_FILTER * number + self.CR2, 0) >> 8 & 0xFF

    def _switch(self, on: bool) -> None:
        self._clock, self._hertz = None, 0
        if on:
            self._start_clock()
            return
        self._absent = 0xFF
        for one in self._filters:
            one.stop()

    def _start_clock(self) -> None:
        setting, self._hertz = self._channels[0].configuration, self._around.hertz()
        divider = setting >> 16 & 0xFF
        self._clock = None
        if setting & AUDIO_CLOCK:
            self._services.note(f"the audio clock of {self._around.name} is not modelled")
        elif divider and self._hertz:
            now = Fraction(self._services.clock.now())
            self._clock = PdmClock(now, Fraction((divider + 1) * SECOND, self._hertz))
        for one in self._filters:
            one.cursor = 0
        self._arm()

    def _serving(self, number: int, at: int) -> Callable[[], tuple[Transfer, int] | None]:
        """The DMA channel of a filter, and from which byte of the results it reads."""
        register = at + self.RDATAR

        def serving() -> tuple[Transfer, int] | None:
            transfer = self._around.channel(number, (register, register + 2))
            return (transfer, transfer.plan.peripheral - register) if transfer and transfer.plan else None

        return serving

    def _arm(self) -> None:
        """One event, at the next moment anybody could notice."""
        if self._event is not None:
            self._event.cancel()
        moments = [moment for one in self._filters if (moment := self._moment(one)) is not None]
        self._event = self._services.clock.at(min(moments), self._happen) if moments else None

    def _moment(self, one: Filter) -> int | None:
        conversion, clock, wanted = one.conversion, self._clock, one.wanted
        if conversion is None or clock is None or not wanted or self._problem(self._channels[conversion.channel]):
            return None
        channel = self._channels[conversion.channel]
        return clock.moment(channel.edge, (one.cursor + wanted) * channel.every - 1)

    def _happen(self) -> None:
        self._event = None
        self.attend()
