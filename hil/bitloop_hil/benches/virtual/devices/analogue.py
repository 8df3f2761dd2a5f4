"""The ADC of a chip and the timers that pace it, connected with clocks, pins, DMA and the voltages outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bitloop_hil.benches.virtual.devices.adc import Adc, AdcSurroundings, AdcTable, VoltageSource
from bitloop_hil.benches.virtual.devices.adc_versions import AdcV1, AdcV2
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.dma_transfer import Transfer
from bitloop_hil.benches.virtual.devices.family import Family
from bitloop_hil.benches.virtual.devices.gpio import Port
from bitloop_hil.benches.virtual.devices.rcc import Rcc
from bitloop_hil.benches.virtual.devices.timer import Timer

_WIDE = "tim2"  # counts to 32 bits but on the L0, whose reload register takes 16
_NAME = "ADC1"


class AnalogueBuilder:
    """Makes timers, and the ADC of a family that has a table for it."""

    def __init__(self, services: Services, rcc: Rcc, family: Family, ports: Mapping[str, Port]) -> None:
        self._services, self._rcc, self._family, self._ports = services, rcc, family, ports

    def timers(self) -> dict[str, Timer]:
        """Every timer that is modelled, by name."""
        small = bool(self._family.adc.get("small"))
        made = {
            name: Timer(name, self._services, self._clock(name), name == _WIDE and not small)
            for name in self._family.timers
        }
        for timer in made.values():
            self._rcc.before.append(timer.sync)
            self._rcc.after.append(timer.kick)
        return made

    def adc(
        self,
        timers: Mapping[str, Timer],
        voltage: Callable[[str], VoltageSource],
        channel: Callable[[int], Transfer | None],
    ) -> Adc:
        """The ADC. `channel` is the DMA channel that serves it at the address of its data register."""
        data = self._family.adc
        table = AdcTable(
            {number: pin for pin, number in data["channels"].items()},
            {int(code): timer for code, timer in data["triggers"].items()},
            tuple(data["sampling"]),
            data["max_hertz"],
        )
        around = AdcSurroundings(_NAME, self._hertz, self._problem, voltage, channel, timers)
        if data["version"] == 1:
            return AdcV1(self._services, data["base"], around, table, bool(data.get("modern")))
        small, confirms = bool(data.get("small")), bool(data.get("confirms"))
        return AdcV2(self._services, data["base"], around, table, small, confirms, data.get("bus", "pclk2"))

    def _clock(self, device: str) -> Callable[[], int]:
        return lambda: self._rcc.hertz(device) if self._rcc.clocked(device) else 0

    def _hertz(self, node: str) -> int:
        return self._rcc.hertz(node) if self._rcc.clocked("adc") else 0

    def _problem(self, pin: str) -> str:
        """Why a pin does not reach the ADC."""
        port, number = self._ports[pin[1]], int(pin[2:])
        if not port.analogue(number):
            return f"{pin} is not switched to analogue"
        switches = self._family.adc.get("switches")
        if switches is not None and not port.words.get(switches, 0) >> number & 1:
            return f"{pin} is not connected to {_NAME}: its bit in ASCR is off"
        return ""
