"""Models of sensors, and those of a board on its buses.

A model is written from the data sheet alone, without a look at the firmware that reads it, so that each checks the
other. Its tables are data; what chips have in common is shared (`sensor`, `output`, `registers`, the FIFOs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.devices.bus_builder import Hanging
from bitloop_hil.benches.virtual.devices.pdm import Edge, PdmSource
from bitloop_hil.benches.virtual.devices.targets import I2cTarget, SpiTarget
from bitloop_hil.benches.virtual.sensors.hts221 import Hts221
from bitloop_hil.benches.virtual.sensors.iis2dh import Iis2dh
from bitloop_hil.benches.virtual.sensors.lis2duxs12 import Lis2duxs12
from bitloop_hil.benches.virtual.sensors.lis2dw12 import Iis2dlpc, Lis2dw12
from bitloop_hil.benches.virtual.sensors.lis2mdl import Iis2mdc, Lis2mdl, Lis3mdl
from bitloop_hil.benches.virtual.sensors.lis3dsh import Lis3dsh
from bitloop_hil.benches.virtual.sensors.lps22 import Lps22hb, Lps22hh
from bitloop_hil.benches.virtual.sensors.lps22df import Ilps22qs, Lps22df
from bitloop_hil.benches.virtual.sensors.lsm6dsl import Lsm6dsl
from bitloop_hil.benches.virtual.sensors.lsm6dso import Iis2iclx, Iis3dwb, Ism330dhcx, Lsm6dso
from bitloop_hil.benches.virtual.sensors.lsm6dso16is import Lsm6dso16is
from bitloop_hil.benches.virtual.sensors.lsm6dsv16x import Lsm6dsv16x
from bitloop_hil.benches.virtual.sensors.lsm303agr import Lsm303agr
from bitloop_hil.benches.virtual.sensors.microphone import MICROPHONES, Microphone
from bitloop_hil.benches.virtual.sensors.ports import I2cPort, SpiPort
from bitloop_hil.benches.virtual.sensors.sensor import Sensor
from bitloop_hil.benches.virtual.sensors.thermometers import Stts22h, Stts751
from bitloop_hil.benches.virtual.sensors.voltage import AnaloguePin
from bitloop_hil.buses import FittedSensor
from bitloop_hil.pins import Pin

__all__ = ["MODELS", "Sensors"]

_PIN = re.compile(r"P[A-K]\d{1,2}")
_ALL: tuple[type[Sensor], ...] = (
    Lsm6dsl,
    Lsm6dso,
    Ism330dhcx,
    Iis3dwb,
    Iis2iclx,
    Lsm6dsv16x,
    Lsm6dso16is,
    Lis2duxs12,
    Lis2dw12,
    Iis2dlpc,
    Lis3dsh,
    Lsm303agr,
    Iis2dh,
    Lis2mdl,
    Iis2mdc,
    Lis3mdl,
    Hts221,
    Lps22hb,
    Lps22hh,
    Lps22df,
    Ilps22qs,
    Stts22h,
    Stts751,
)
MODELS: Mapping[str, type[Sensor]] = {model.NAME: model for model in _ALL}
"""Every model by the name of its chip."""


class Sensors:
    """The sensors of one board. Those without a model are not there."""

    def __init__(self, fitted: tuple[FittedSensor, ...], now: Callable[[], int], note: Callable[[str], None]) -> None:
        """`now` is virtual time in picoseconds; `note` tells people what is not modelled."""
        self._fitted = [(one, MODELS[one.name](now, note)) for one in fitted if one.name in MODELS]
        self._microphones = [
            (one, MICROPHONES[one.name](Edge(one.edge), now, note)) for one in fitted if one.name in MICROPHONES
        ]
        self._models: dict[str, Sensor | Microphone] = {one.name: model for one, model in self._fitted}
        self._models |= {one.name: model for one, model in self._microphones}
        self._now = now
        self._pins: dict[str, AnaloguePin] = {}

    def hanging(self) -> Hanging:
        """All of them, on their buses."""
        i2c: dict[str, dict[int, I2cTarget]] = {}
        spi: dict[str, list[tuple[Pin, SpiTarget]]] = {}
        for one, model in self._fitted:
            if one.address is not None:
                i2c.setdefault(one.bus, {})[one.address] = I2cPort(model)
                if isinstance(model, Lsm303agr):
                    i2c[one.bus][model.COMPANION] = I2cPort(model.companion)
            elif one.select is not None:
                spi.setdefault(one.bus, []).append((one.select, SpiPort(model)))
        pdm: dict[str, list[PdmSource]] = {}
        for one, microphone in self._microphones:
            pdm.setdefault(one.bus, []).append(microphone)
        return Hanging(i2c, spi, self.pin, pdm)

    def pin(self, name: str) -> AnaloguePin:
        """A pin with a voltage."""
        if name not in self._pins:
            self._pins[name] = AnaloguePin(name, self._now)
        return self._pins[name]

    def restart(self) -> None:
        """The board was reset, and time begins again."""
        for pin in self._pins.values():
            pin.restart()
        for model in self._models.values():
            model.restart()

    def __getitem__(self, name: str) -> Sensor | Microphone | AnaloguePin:
        """A model, a shield's before the board's own, or a pin (`PA0`); ProbeError if there is none of that name."""
        if _PIN.fullmatch(name):
            return self.pin(name)
        if name not in self._models:
            known = ", ".join(self._models) or "none"
            raise ProbeError(f"the virtual board has no sensor called {name!r}; it has {known}, and pins as PA0")
        return self._models[name]
