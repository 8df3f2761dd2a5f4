"""One filter of a DFSDM: regular conversions, their results and flags (RM0351 24.4.7 to 24.4.15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.devices.dma_transfer import Transfer
from bitloop_hil.benches.virtual.devices.sinc import Samples, SincFilter

_WORD, _DATA, _SIGN = 1 << 32, 0xFFFFFF, 1 << 23
LOWEST, HIGHEST = 0x800000, 0x7FFFFF  # as the detector of extremes starts
_EMPTY: Samples = np.zeros(0, np.int16)


def signed(word: int) -> int:
    """24 bits as a number."""
    return (word & _DATA ^ _SIGN) - _SIGN


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a filter does from its start on: a channel, how it filters, what the channel does with results."""

    channel: int
    sinc: SincFilter
    continuous: bool
    dma: bool
    shift: int
    offset: int


class Filter:
    """Samples in, results out. It stands still while `conversion` is None."""

    def __init__(
        self, name: str, channel: Callable[[], tuple[Transfer, int] | None], note: Callable[[str], None]
    ) -> None:
        """`channel` gives the DMA channel that reads its results now, and from which byte of the register on."""
        self.name, self._channel, self._note = name, channel, note
        self.reset()

    def reset(self) -> None:
        """As after the chip's reset."""
        self.stop()
        self.data, self.converted = 0, 0
        self.extremes = [LOWEST, HIGHEST]
        self.extreme_channels = [0, 0]

    def stop(self) -> None:
        """Switched off: no conversion, no flag."""
        self.conversion: Conversion | None = None
        self.ready = self.lost = False
        self.cursor = 0
        self._samples = _EMPTY

    def begin(self, conversion: Conversion, cursor: int) -> None:
        """Convert from an empty filter on. `cursor` is the number of the first sample, for whoever fetches them."""
        self.conversion, self.cursor, self._samples = conversion, cursor, _EMPTY
        if conversion.sinc.gain > _WORD >> 1:
            self._note(f"{self.name} overflows 32 bits: its oversampling to the power of its order is above 2^31")

    @property
    def wanted(self) -> int:
        """Samples until anybody could notice the next result; 0 if nobody could."""
        conversion = self.conversion
        if conversion is None:
            return 0
        serving = self._channel() if conversion.dma else None
        results = serving[0].boundary if serving else 0 if self.ready and self.lost else 1
        sinc = conversion.sinc
        return max(0, sinc.window + sinc.lag + (results - 1) * sinc.hop - len(self._samples)) if results else 0

    def feed(self, samples: Samples, watched: int) -> None:
        """The next samples. `watched` has a bit for each channel whose extremes are kept."""
        conversion = self.conversion
        if conversion is None:
            return
        self.cursor += len(samples)
        self._samples = np.concatenate([self._samples, samples])
        sinc = conversion.sinc
        count = (len(self._samples) - sinc.window - sinc.lag) // sinc.hop + 1
        count = count if conversion.continuous else min(count, 1)
        if count <= 0:
            return
        results = self._finish(conversion, sinc.results(self._samples, count))
        self._samples = self._samples[count * sinc.hop :]
        if watched >> conversion.channel & 1:
            self._watch(results, conversion.channel)
        self.converted = sinc.hop - sinc.lag * (not sinc.fast)
        if not conversion.continuous:
            self.conversion, self._samples = None, _EMPTY
        self._deliver(conversion, results)

    def _finish(self, conversion: Conversion, sums: NDArray[np.int32]) -> NDArray[np.int64]:
        """Shifted right to the nearest, less the offset, as 24 bits."""
        results = sums.astype(np.int64)
        if conversion.shift:
            results = results + (1 << conversion.shift - 1) >> conversion.shift
        results -= conversion.offset
        kept = (results + _SIGN & _DATA) - _SIGN
        if not np.array_equal(kept, results):
            self._note(f"a result of {self.name} does not fit into 24 bits; DTRBS shifts it right")
        return kept

    def _watch(self, results: NDArray[np.int64], channel: int) -> None:
        for place, found in enumerate((int(results.max()), int(results.min()))):
            kept = signed(self.extremes[place])
            if found > kept if place == 0 else found < kept:
                self.extremes[place], self.extreme_channels[place] = found & _DATA, channel

    def _deliver(self, conversion: Conversion, results: NDArray[np.int64]) -> None:
        words = ((results & _DATA) << 8 | conversion.channel).astype(np.uint32)
        serving = self._channel() if conversion.dma else None
        if serving is not None:
            transfer, byte = serving
            taken = transfer.put_items(words >> np.uint32(8 * byte))
            if taken:
                self.ready, self.data = False, int(words[taken - 1])
            words = words[taken:]
        if not len(words):
            return
        self.lost = self.lost or self.ready or len(words) > 1
        if not self.ready:  # an overrun leaves the register as it is
            self.ready, self.data = True, int(words[0])
