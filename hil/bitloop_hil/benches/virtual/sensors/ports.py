"""The bus interfaces of sensors: the first byte is a register's address, the rest is data."""

from __future__ import annotations

from bitloop_hil.benches.virtual.sensors.sensor import Sensor

_READS = 0x80  # in the first byte on SPI


class I2cPort:
    """A sensor as a target of I²C. A read without an address before it goes on where the last one ended."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self.name, self.max_hertz = sensor.NAME, sensor.MAX_I2C
        self._address, self._steps, self._addressing = 0, True, False

    def start(self, reads: bool) -> bool:
        self._addressing = not reads
        return self._sensor.called()

    def write(self, value: int) -> bool:
        if self._addressing:
            self._address, self._steps = self._sensor.sub_address(value)
            self._addressing = False
        else:
            self._sensor.write(self._address, value)
            self._step()
        return True

    def read(self) -> int:
        value = self._sensor.read(self._address)
        self._step()
        return value

    def stop(self) -> None:
        self._addressing = False

    def _step(self) -> None:
        if self._steps:
            self._address = self._sensor.after(self._address)


class SpiPort:
    """A sensor as a target of SPI, four wires, mode 3."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self.name, self.max_hertz = sensor.NAME, sensor.MAX_SPI
        self._address, self._steps, self._reads = 0, True, False
        self._begun = False

    def select(self) -> None:
        self._begun = False

    def exchange(self, value: int) -> int:
        if not self._begun:
            self._begun, self._reads = True, bool(value & _READS)
            self._address, self._steps = self._sensor.command(value & ~_READS)
            return 0xFF
        answer = 0xFF
        if self._reads:
            answer = self._sensor.read(self._address)
        else:
            self._sensor.write(self._address, value)
        if self._steps:
            self._address = self._sensor.after(self._address)
        return answer

    def release(self) -> None:
        self._begun = False
