"""The two halves of a USART: a transmitter and a receiver, each with its place in time.

Neither has an event per byte. `sync` works out in bulk what has happened by now, with DMA as fast as memory is
copied; `due` says when something happens that firmware could wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bitloop_hil.benches.virtual.clock import SECOND, Clock
from bitloop_hil.benches.virtual.devices.dma_transfer import Transfer
from bitloop_hil.benches.virtual.devices.serial_frame import PLAIN, Format, Sampler, alike
from bitloop_hil.benches.virtual.devices.wire import Wire

_LATE = SECOND // 250  # how late a waiting firmware may see bytes that DMA receives: there is a look every so often


@dataclass(frozen=True, slots=True)
class Settings:
    """What the registers, pins and clocks make of the USART now. `bit` is picoseconds, 0 where nothing clocks it."""

    sends: bool = False
    hears: bool = False
    on_line: bool = False  # the transmitter's pin is switched over
    bit: int = 0
    frame: Format = PLAIN
    depth: int = 1  # bytes each data register holds
    keep_newest: bool = False  # overrun detection is off

    @property
    def duration(self) -> int:
        """Picoseconds per frame."""
        return self.frame.duration(self.bit)


class Transmitter:
    """Data register and shift register. `complete` is TC; who owns it clears it, by `written` for example."""

    def __init__(self, clock: Clock, wire: Wire) -> None:
        self._clock, self._wire = clock, wire
        self.channel: Transfer | None = None
        """The DMA channel that serves the transmitter now."""
        self.written: Callable[[], None] = lambda: None
        """Called when bytes go into the data register."""
        self.trouble: Callable[[], None] = lambda: None
        """Called when frames do not reach the host as they were meant."""
        self.reset()

    def reset(self) -> None:
        """As after power-on."""
        self.settings, self.channel = Settings(), None
        self.complete = True
        self._waiting = b""
        self._since = 0  # when the data register was filled
        self._end = 0  # when the shift register is through
        self._busy = False

    @property
    def has_room(self) -> bool:
        """TXE: the data register takes a byte."""
        return len(self._waiting) < self.settings.depth

    def begin(self) -> None:
        """The transmitter was switched on: an idle frame goes first."""
        self._end = max(self._end, self._clock.now() + self.settings.duration)

    def write(self, value: int) -> None:
        """A byte for the data register; the last one there is lost if it was full."""
        self._since = self._clock.now()
        self._waiting = self._waiting[: self.settings.depth - 1] + bytes((value,))
        self.written()

    def sync(self) -> None:
        """Everything until now."""
        settings = self.settings
        if not settings.sends or not settings.bit or not (self._busy or self._waiting or self.channel):
            return
        now, duration = self._clock.now(), settings.duration
        self._refill()
        while self._waiting and (start := max(self._end, self._since)) <= now:
            frames = (now - start) // duration + 1
            self._fetch(frames + settings.depth - len(self._waiting))
            data, self._waiting = self._waiting[:frames], self._waiting[frames:]
            self._shift(start, data)
        if self._busy and self._end <= now and not self._waiting:
            self._busy, self.complete = False, True

    def due(self) -> int | None:
        """When the next flag of the transmitter or its DMA channel rises."""
        settings = self.settings
        if not settings.sends or not settings.bit or not (self._busy or self._waiting):
            return None
        start = max(self._end, self._since)
        if not self._waiting:
            return start
        channel = self.channel
        return start + (channel.boundary - 1) * settings.duration if channel and channel.boundary else start

    def _shift(self, start: int, data: bytes) -> None:
        settings = self.settings
        self._end = start + len(data) * settings.duration
        self._busy = True
        if settings.on_line:
            self._wire.send(start, data, settings.bit, settings.frame)
        if not settings.on_line or not alike(settings.bit, settings.frame, self._wire.bit, PLAIN):
            self.trouble()

    def _refill(self) -> None:
        if self.has_room and (room := self.settings.depth - len(self._waiting)) and self._fetch(room):
            self._since = self._clock.now()

    def _fetch(self, wanted: int) -> bool:
        channel = self.channel
        if channel is None or not (supply := channel.supply(wanted)):
            return False
        self._waiting += channel.take(supply)
        self.written()
        return True


@dataclass
class Errors:
    """What went wrong with bytes received."""

    parity: bool = False
    framing: bool = False
    noise: bool = False
    overrun: bool = False


class Receiver:
    """Shift register and data register, in front of a line."""

    def __init__(self, clock: Clock, wire: Wire) -> None:
        self._clock, self._wire = clock, wire
        self.channel: Transfer | None = None
        """The DMA channel that serves the receiver now."""
        self.fetched: Callable[[], None] = lambda: None
        """Called when DMA is about to read the data register."""
        self.trouble: Callable[[], None] = lambda: None
        """Called when bytes arrive that nobody hears as they were meant."""
        self.reset()

    def reset(self) -> None:
        """As after power-on."""
        self.settings, self.channel = Settings(), None
        self.errors = Errors()
        self.idle = False
        self._data = b""
        self._idle_from: int | None = None  # the last byte's end, until IDLE has been told
        self._sampler: Sampler | None = None
        self._sampled_at: tuple[int, int, Format] | None = None

    @property
    def has_data(self) -> bool:
        """RXNE: the data register holds a byte."""
        return bool(self._data)

    def read(self) -> int:
        """The data register, which gives its byte away; 0 if it has none."""
        value, self._data = (self._data[0] if self._data else 0), self._data[1:]
        return value

    def flush(self) -> None:
        """Forget what the data register holds."""
        self._data = b""

    def sync(self) -> None:
        """Everything until now."""
        if self._data:
            self._by_dma()
        if arrived := self._wire.arrived():
            first, frame = self._wire.arrival(0), self._wire.frame
            data = self._wire.take(arrived)
            if self.settings.hears and self.settings.bit:
                self._hear(first, frame, data)
            else:
                self.trouble()
        if self._sampler is not None:
            for heard in self._sampler.take(self._clock.now()):
                self._receive(bytes((heard.value & 0xFF,)), heard.when)
                self.errors.framing |= heard.framing_error
                self.errors.noise |= heard.framing_error
                self.errors.parity |= heard.parity_error
        if self._idle_from is not None:
            self._tell_idle()

    def due(self) -> int | None:
        """When the next byte that matters has arrived, or the line counts as idle."""
        if waiting := self._wire.waiting:
            return self._wire.arrival(min(waiting, self._patience()) - 1)
        if self._sampler is not None and self._sampler.pending:
            return self._clock.now() + self.settings.duration
        return None if self._idle_from is None else self._idle_from + self.settings.duration

    def _patience(self) -> int:
        """How many bytes may arrive before anybody can notice."""
        late = max(1, _LATE // self._wire.frame)
        if not self.settings.hears or not self.settings.bit:
            return late
        if not self._matches():
            return 1
        channel = self.channel
        if channel is not None and channel.boundary:
            return min(channel.boundary, late)
        return late if self.errors.overrun else 1

    def _matches(self) -> bool:
        return alike(self._wire.bit, PLAIN, self.settings.bit, self.settings.frame)

    def _hear(self, first: int, frame: int, data: bytes) -> None:
        if self._matches():
            self._sampler = None
            self._receive(data, first + (len(data) - 1) * frame)
            return
        self.trouble()
        key = (self._wire.bit, self.settings.bit, self.settings.frame)
        if self._sampler is None or self._sampled_at != key:
            self._sampler, self._sampled_at = Sampler(self.settings.bit, self.settings.frame), key
        for i, value in enumerate(data):
            self._sampler.hear(first + (i - 1) * frame, value, self._wire.bit, PLAIN)

    def _receive(self, data: bytes, last: int) -> None:
        """Whole bytes, the last of which ended at `last`."""
        self._idle_from = last
        channel = self.channel
        if channel is not None and not self._data and (taken := channel.supply(len(data))):
            self.fetched()
            data = data[channel.put(data[:taken]) :]
        if not data:
            return
        room = self.settings.depth - len(self._data)
        self._data += data[:room]
        if len(data) > room:
            if self.settings.keep_newest:
                self._data = self._data[:-1] + data[-1:]
            else:
                self.errors.overrun = True

    def _by_dma(self) -> None:
        """What waits in the data register when a channel is switched on."""
        channel = self.channel
        if self._data and channel is not None and (taken := channel.supply(len(self._data))):
            self.fetched()
            self._data = self._data[channel.put(self._data[:taken]) :]

    def _tell_idle(self) -> None:
        if not self.settings.hears:
            self._idle_from = None
        if self._idle_from is None or self._wire.waiting:
            return
        if self._clock.now() >= self._idle_from + self.settings.duration:
            self.idle, self._idle_from = True, None
