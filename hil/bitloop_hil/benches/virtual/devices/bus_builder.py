"""The bus controllers of a chip, connected with clocks, pins and what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bitloop_hil.benches.virtual.devices.adc import VoltageSource
from bitloop_hil.benches.virtual.devices.device import Device, Services
from bitloop_hil.benches.virtual.devices.gpio import Port, PortV1
from bitloop_hil.benches.virtual.devices.i2c_v1 import I2cV1
from bitloop_hil.benches.virtual.devices.i2c_v2 import I2cV2
from bitloop_hil.benches.virtual.devices.pdm import PdmLine, PdmSource
from bitloop_hil.benches.virtual.devices.rcc import Rcc
from bitloop_hil.benches.virtual.devices.spi import Selected, Spi, SpiBus
from bitloop_hil.benches.virtual.devices.spi_v3 import SpiV3
from bitloop_hil.benches.virtual.devices.targets import I2cBus, I2cTarget, SpiTarget
from bitloop_hil.buses import I2c, Pdm
from bitloop_hil.buses import Spi as SpiFile
from bitloop_hil.pins import Pin


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on buses, by the bus's name: targets of I²C by address, of SPI with the pin that selects them,
    microphones, and what drives analogue pins."""

    i2c: Mapping[str, Mapping[int, I2cTarget]] = field(default_factory=dict)
    spi: Mapping[str, Sequence[tuple[Pin, SpiTarget]]] = field(default_factory=dict)
    voltage: Callable[[str], VoltageSource] | None = None
    pdm: Mapping[str, Sequence[PdmSource]] = field(default_factory=dict)


class Pins:
    """Whether pins are switched over to a device. On the F1, `remap` says to where AFIO moves it."""

    def __init__(
        self, ports: Mapping[str, Port], remap: Callable[[str], int], moved: Mapping[str, list[str]]
    ) -> None:
        """`moved` has the pins of devices whose remap is 1."""
        self._ports, self._remap, self._moved = ports, remap, moved

    def port(self, pin: Pin) -> Port:
        """The port of a pin."""
        return self._ports[pin.name[1]]

    def problem(self, device: str, pin: Pin, *, listens: bool = False) -> str:
        """Why this pin is not the device's; empty if it is."""
        port = self.port(pin)
        if not isinstance(port, PortV1):
            fits = port.alternate(pin.number) == pin.alternate
            return "" if fits else f"{pin.name} is not switched over to {device} (alternate function {pin.alternate})"
        if self._remap(device.lower()) != (pin.name in self._moved.get(device.lower(), ())):
            return f"AFIO_MAPR moves {device} away from {pin.name}"
        fits = port.listens(pin.number) if listens else port.alternate(pin.number) is not None
        return "" if fits else f"{pin.name} is not switched over to {device}"

    def shared_problem(self, device: str, pin: Pin) -> str:
        """The same of a wire that several drive: its pin has to be open drain."""
        if problem := self.problem(device, pin):
            return problem
        drains = self.port(pin).open_drain(pin.number)
        return "" if drains else f"{pin.name} drives {device} both ways; a pin of I2C has to be open drain"


class BusBuilder:
    """Makes controllers."""

    def __init__(self, services: Services, rcc: Rcc, pins: Pins, hanging: Hanging) -> None:
        self._services, self._rcc, self._pins, self._hanging = services, rcc, pins, hanging

    def i2c(self, file: I2c) -> Device:
        """The controller a board file describes."""

        def problem() -> str:
            return self._pins.shared_problem(file.name, file.scl) or self._pins.shared_problem(file.name, file.sda)

        bus = I2cBus(file.name, self._hanging.i2c.get(file.name, {}), problem, self._services.note)
        kind = I2cV1 if file.version == 1 else I2cV2
        return kind(self._services, bus, self._clock(file.name))

    def spi(self, file: SpiFile) -> Device:
        """The controller a board file describes."""
        pins, targets = self._pins, []
        for pin, target in self._hanging.spi.get(file.name, ()):
            selected = Selected(target, partial(pins.port(pin).drives_low, pin.number))
            pins.port(pin).watchers.append(selected.look)
            targets.append(selected)

        def problem() -> str:
            out = pins.problem(file.name, file.sck) or pins.problem(file.name, file.mosi)
            return out or pins.problem(file.name, file.miso, listens=True)

        bus = SpiBus(file.name, targets, problem, self._services.note)
        if file.version == 3:
            return SpiV3(self._services, bus, self._clock(file.name))
        return Spi(self._services, bus, self._clock(file.name), file.version)

    def pdm(self, file: Pdm) -> PdmLine:
        """The line of microphones a board file describes."""

        def problem() -> str:
            out = self._pins.problem(file.name, file.ckout)
            return out or self._pins.problem(file.name, file.datin, listens=True)

        return PdmLine(file.name, self._hanging.pdm.get(file.name, ()), problem, self._services.note)

    def _clock(self, device: str) -> Callable[[], int]:
        name = device.lower()
        return lambda: self._rcc.hertz(name) if self._rcc.clocked(name) else 0
