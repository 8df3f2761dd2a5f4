"""What the LSM6 family shares: the control registers of the interface, the output registers, the flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.output import Output, Scale
from bitloop_hil.benches.virtual.sensors.registers import Shown
from bitloop_hil.benches.virtual.sensors.sensor import Sensor

_TEMPERATURE = Scale(1 / 256, origin=25.0)
_READY = {"acceleration": 1, "rotation": 2, "temperature": 4}  # bits of STATUS_REG
_RESET = 50  # microseconds
_SW_RESET, _IF_INC, _BDU, _BOOT_BIT = 0x01, 0x04, 0x40, 0x80  # of CONTROL
G_PER_COUNT = (0.061e-3, 0.488e-3, 0.122e-3, 0.244e-3)
"""By FS_XL: 2, 16, 4, 8 g."""
DPS_PER_COUNT = (8.75e-3, 17.5e-3, 35e-3, 70e-3)
"""By FS_G: 245 or 250, 500, 1000, 2000 degrees/s."""
DPS_PER_COUNT_125 = 4.375e-3


class Lsm6(Sensor):
    """`CONTROL`, STATUS_REG, and outputs from 20 on. `BOOT` is in microseconds, `NO_I2C` a register and its bit.

    Some want to be `POWERED_DOWN` before a software reset: the fields of rates in these registers are 0 then.
    """

    BOOT: ClassVar[int]
    CONTROL: ClassVar[str] = "CTRL3_C"
    NO_I2C: ClassVar[tuple[str, int]] = ("CTRL4_C", 0x04)
    POWERED_DOWN: ClassVar[Mapping[str, int]] = {}

    @property
    def deaf(self) -> bool:
        name, bit = self.NO_I2C
        return bool(self[name] & bit)

    @property
    def _increments(self) -> bool:
        return bool(self[self.CONTROL] & _IF_INC)

    @property
    def _together(self) -> bool:
        return bool(self[self.CONTROL] & _BDU)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("rotation"), Output("acceleration"), Output("temperature")]
        outputs[-1].scale = _TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"temperature": Shown(0x20, 1), "rotation": Shown(0x22, 3), "acceleration": Shown(0x28, 3)}

    def _written(self, name: str, old: int) -> None:
        if name != self.CONTROL:
            return
        if self[name] & _SW_RESET:
            if any(self[rate] & mask for rate, mask in self.POWERED_DOWN.items()):
                self._note(f"the {self.NAME} is to be powered down before a software reset")
            self._power_on()
            self[name] |= _SW_RESET
            self._clear_later(name, _SW_RESET, _RESET)
        elif self[name] & _BOOT_BIT:
            self._clear_later(name, _BOOT_BIT, self.BOOT)
        if not self[name] & _BDU:
            for shown in self.shown.values():
                shown.release()

    def _status(self) -> int:
        return sum(_READY[quantity] for quantity, shown in self.shown.items() if shown.ready)
