"""A sensor model without bus and board: registers by hand, and time that passes when a test says so."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.sensors import MODELS
from bitloop_hil.benches.virtual.sensors.motion import Motion


class SensorBench:
    """One model, called by its name."""

    def __init__(self, name: str) -> None:
        self.now = 0
        self.notes: list[str] = []
        self.model = MODELS[name](lambda: self.now, self.notes.append)

    def wait(self, seconds: float) -> None:
        self.now += math.ceil(seconds * SECOND)

    def write(self, address: int, *values: int) -> None:
        for value in values:
            self.model.write(address, value)
            address = self.model.after(address)

    def read(self, address: int) -> int:
        return self.model.read(address)

    def burst(self, address: int, count: int) -> bytes:
        """As a bus reads registers in one go."""
        data = bytearray()
        for _ in range(count):
            data.append(self.model.read(address))
            address = self.model.after(address)
        return bytes(data)

    def words(self, address: int, count: int) -> list[int]:
        """Signed words of 16 bits, low byte first."""
        return [int(word) for word in np.frombuffer(self.burst(address, 2 * count), "<i2")]

    def fifo_word(self, address: int) -> tuple[int, list[int]]:
        """A word of a tagged FIFO that is read from there: its tag byte and three signed values."""
        word = self.burst(address, 7)
        return word[0], np.frombuffer(word[1:], "<i2").tolist()

    def feel(self, quantity: str, values: Sequence[Sequence[float]] | NDArray[np.float64], hertz: float) -> None:
        """Replay a motion, without noise."""
        array = np.asarray(values, dtype=np.float64)
        self.model.replay(quantity, Motion.of(quantity, array, hertz, True, 0.0, 0))

    def hold(self, quantity: str, *values: float) -> None:
        """Feel the same all the time."""
        self.feel(quantity, [list(values)], 1.0)

    def produced(self, quantity: str) -> NDArray[np.int32]:
        return self.model.produced(quantity).words

    def count(self, quantity: str, seconds: float) -> int:
        """Samples in that time from now on."""
        before = len(self.produced(quantity))
        self.wait(seconds)
        return len(self.produced(quantity)) - before
