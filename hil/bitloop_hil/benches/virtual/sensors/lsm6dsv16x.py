"""LSM6DSV16X: 6 axes with a tagged FIFO, whose rates and modes are coded unlike those of its predecessors.

Data sheet DS13510 (section 9 the registers, 4.1 the sensitivities) and AN5763 on modes and FIFO. Not modelled:
filters, interrupt pins, sensor hub, embedded functions, charge sensing, stabilisation, triggered rates.
"""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.batching import Batching
from bitloop_hil.benches.virtual.sensors.output import OFF, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import registers
from bitloop_hil.benches.virtual.sensors.tagged_fifo import ACCELEROMETER, GYROSCOPE, TEMPERATURE, TaggedFifo, counted

_REGISTERS = registers("""
    01 FUNC_CFG_ACCESS 00 CF
    02 PIN_CTRL 23 E0
    03 IF_CFG 00 FD
    06 ODR_TRIG_CFG 00 FF
    07 FIFO_CTRL1 00 FF
    08 FIFO_CTRL2 00 D7
    09 FIFO_CTRL3 00 FF
    0A FIFO_CTRL4 00 FF
    0B COUNTER_BDR_REG1 00 63
    0C COUNTER_BDR_REG2 00 FF
    0D INT1_CTRL 00 7B
    0E INT2_CTRL 00 FF
    0F WHO_AM_I 70 00
    10 CTRL1 00 7F
    11 CTRL2 00 7F
    12 CTRL3 44 C5
    13 CTRL4 00 1F
    14 CTRL5 00 07
    15 CTRL6 00 7F
    16 CTRL7 00 F1
    17 CTRL8 00 EB
    18 CTRL9 00 7B
    19 CTRL10 00 4F
    1A CTRL_STATUS 00 00
    1B FIFO_STATUS1 00 00
    1C FIFO_STATUS2 00 00
    1D ALL_INT_SRC 00 00
    1E STATUS_REG 00 00
    45 WAKE_UP_SRC 00 00
    46 TAP_SRC 00 00
    47 D6D_SRC 00 00
    4F INTERNAL_FREQ 00 00
    50 FUNCTIONS_ENABLE 00 CB
    51 DEN 00 7F
    54 INACTIVITY_DUR 04 FF
    55 INACTIVITY_THS 00 3F
    56 TAP_CFG0 00 7F
    57 TAP_CFG1 00 FF
    58 TAP_CFG2 00 1F
    59 TAP_THS_6D 00 FF
    5A TAP_DUR 00 FF
    5B WAKE_UP_THS 00 FF
    5C WAKE_UP_DUR 00 EF
    5D FREE_FALL 00 FF
    5E MD1_CFG 00 FF
    5F MD2_CFG 00 FF
    62 HAODR_CFG 00 03
    63 EMB_FUNC_CFG 00 B8
    6B CTRL_EIS 00 DF
    73 X_OFS_USR 00 FF
    74 Y_OFS_USR 00 FF
    75 Z_OFS_USR 00 FF
""")
_RATES = rates("0 1.875 7.5 15 30 60 120 240 480 960 1920 3840 7680")
_HIGH_ACCURACY = {  # by HAODR_SEL, from code 3 on
    1: rates("0 0 0 15.625 31.25 62.5 125 250 500 1000 2000 4000 8000"),
    2: rates("0 0 0 12.5 25 50 100 200 400 800 1600 3200 6400"),
}
_HIGH_ACCURACY_MODE, _TRIGGERED_MODE = 1, 3
_ACCELEROMETER_CODES = {  # by OP_MODE_XL
    0: range(2, 13),
    1: range(3, 13),
    4: range(1, 8),
    5: range(1, 8),
    6: range(1, 8),
    7: range(2, 11),
}
_GYROSCOPE_CODES = {0: range(2, 13), 1: range(3, 13), 5: range(2, 8)}  # by OP_MODE_G; 4 is asleep
_G_PER_COUNT = (0.061e-3, 0.122e-3, 0.244e-3, 0.488e-3)  # 2, 4, 8, 16 g
_DPS_PER_COUNT = {0: 4.375e-3, 1: 8.75e-3, 2: 17.5e-3, 3: 35e-3, 4: 70e-3, 12: 140e-3}  # 125 to 2000, 4000 dps
_TEMPERATURE_BATCHES = rates("0 1.875 15 60")
_UNTIL_WATERMARK = 2  # mode of the FIFO


class Lsm6dsv16x(Batching):
    """The registers of the user's bank. Its FIFO has 1.5 kB, six bytes a word beside the tags."""

    NAME = "LSM6DSV16X"
    REGISTERS = _REGISTERS
    BOOT = 30_000
    MAX_I2C = 1_000_000
    CONTROL = "CTRL3"
    NO_I2C = ("IF_CFG", 0x01)
    POWERED_DOWN: ClassVar = {"CTRL1": 0x0F, "CTRL2": 0x0F}
    FIFO_STATUS = 0x1B
    TIMED = ("FUNCTIONS_ENABLE", 0x40)
    TIMESTAMP_NS = 21_750
    TEMPERATURE_RATE = Fraction(60)

    def _make_fifo(self) -> TaggedFifo:
        return TaggedFifo(256, counted)

    @property
    def _threshold(self) -> int:
        return self["FIFO_CTRL1"]

    def _configure_motion(self) -> None:
        self.outputs["acceleration"].scale = Scale(_G_PER_COUNT[self["CTRL8"] & 3])
        if (full := self["CTRL6"] & 0xF) in _DPS_PER_COUNT:
            self.outputs["rotation"].scale = Scale(_DPS_PER_COUNT[full])
        self._run("acceleration", self._rate("CTRL1", _ACCELEROMETER_CODES))
        self._run("rotation", self._rate("CTRL2", _GYROSCOPE_CODES))

    def _rate(self, control: str, codes: dict[int, range]) -> Fraction:
        """Of the sensor that register switches on; none where the mode does not have the code."""
        mode, code = self[control] >> 4, self[control] & 0xF
        return self._named(control)[code] if code in codes.get(mode, ()) else OFF

    def _named(self, control: str) -> tuple[Fraction, ...]:
        """What codes of rates mean in its mode."""
        precise = self[control] >> 4 == _HIGH_ACCURACY_MODE
        return _HIGH_ACCURACY.get(self["HAODR_CFG"], _RATES) if precise else _RATES

    def _batches(self) -> dict[int, Fraction]:
        code = {GYROSCOPE: self["FIFO_CTRL3"] >> 4, ACCELEROMETER: self["FIFO_CTRL3"] & 0xF}
        named = {GYROSCOPE: self._named("CTRL2"), ACCELEROMETER: self._named("CTRL1")}
        batches = {tag: named[tag][at] if at < len(_RATES) else OFF for tag, at in code.items()}
        return batches | {TEMPERATURE: _TEMPERATURE_BATCHES[self["FIFO_CTRL4"] >> 4 & 3]}

    def _written(self, name: str, old: int) -> None:
        super()._written(name, old)
        if name == "FIFO_CTRL4" and self[name] & 7 == _UNTIL_WATERMARK:
            self._note(f"the {self.NAME}'s FIFO that goes on from its watermark is not modelled")
        elif name == "CTRL1" and self[name] >> 4 == _TRIGGERED_MODE:
            self._note(f"the {self.NAME}'s triggered rates are not modelled")
        elif name == "FUNC_CFG_ACCESS" and self[name] & 0x04:  # SW_POR
            self._power_on()
