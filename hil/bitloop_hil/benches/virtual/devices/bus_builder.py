"""The bus controllers of a chip, connected with clocks, pins and what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bitloop_hil.benches.virtual.devices.device import Device, Services
from bitloop_hil.benches.virtual.devices.gpio import Port, PortV1
from bitloop_hil.benches.virtual.devices.i2c import I2cV2
from bitloop_hil.benches.virtual.devices.rcc import Rcc
from bitloop_hil.benches.virtual.devices.targets import I2cBus, I2cTarget
from bitloop_hil.buses import I2c
from bitloop_hil.pins import Pin


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on buses, by the bus's name: targets of I²C by address."""

    i2c: Mapping[str, Mapping[int, I2cTarget]] = field(default_factory=dict)


class Pins:
    """Whether pins are switched over to a device; `devices` has AFIO where there is one."""

    def __init__(self, ports: Mapping[str, Port], devices: Mapping[str, Device]) -> None:
        self._ports, self._devices = ports, devices

    def problem(self, device: str, pin: Pin) -> str:
        """Why this pin is not the device's; empty if it is."""
        port = self._ports[pin.name[1]]
        alternate = port.alternate(pin.number)
        if isinstance(port, PortV1):
            return "" if alternate is not None else f"{pin.name} is not switched over to {device}"
        if alternate == pin.alternate:
            return ""
        return f"{pin.name} is not switched over to {device} (alternate function {pin.alternate})"

    def wired_and_problem(self, device: str, pin: Pin) -> str:
        """The same of a wire that several drive: its pin has to be open drain."""
        if problem := self.problem(device, pin):
            return problem
        drains = self._ports[pin.name[1]].open_drain(pin.number)
        return "" if drains else f"{pin.name} drives {device} both ways; a pin of I2C has to be open drain"


class BusBuilder:
    """Makes controllers."""

    def __init__(self, services: Services, rcc: Rcc, pins: Pins, hanging: Hanging) -> None:
        self._services, self._rcc, self._pins, self._hanging = services, rcc, pins, hanging

    def i2c(self, file: I2c) -> Device | None:
        """The controller a board file describes; None for versions that are not modelled."""
        if file.version != 2:
            return None

        def problem() -> str:
            return next((text for pin in (file.scl, file.sda) if (text := self._wire(file.name, pin))), "")

        bus = I2cBus(file.name, self._hanging.i2c.get(file.name, {}), problem, self._services.note)
        return I2cV2(self._services, bus, self._clock(file.name))

    def _wire(self, device: str, pin: Pin) -> str:
        return self._pins.wired_and_problem(device, pin)

    def _clock(self, device: str) -> Callable[[], int]:
        name = device.lower()
        return lambda: self._rcc.hertz(name) if self._rcc.clocked(name) else 0
