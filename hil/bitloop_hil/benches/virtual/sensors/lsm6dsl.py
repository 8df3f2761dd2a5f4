"""LSM6DSL: accelerometer, gyroscope and a FIFO of 4 kB whose pattern follows from decimation factors.

Data sheet DocID028475 (section 9 the registers, 4.1 the sensitivities), application note AN5040 (section 9 the FIFO).
Not modelled: filters, interrupt pins, sensor hub, embedded functions (their registers keep what is written),
the FIFO's third and fourth data set.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from bitloop_hil.benches.virtual.sensors.lsm6 import DPS_PER_COUNT, DPS_PER_COUNT_125, G_PER_COUNT, Lsm6
from bitloop_hil.benches.virtual.sensors.output import OFF, Scale, rates
from bitloop_hil.benches.virtual.sensors.pattern_fifo import PatternFifo
from bitloop_hil.benches.virtual.sensors.registers import registers

_REGISTERS = registers("""
    01 FUNC_CFG_ACCESS 00 A0
    04 SENSOR_SYNC_TIME_FRAME 00 0F
    05 SENSOR_SYNC_RES_RATIO 00 03
    06 FIFO_CTRL1 00 FF
    07 FIFO_CTRL2 00 CF
    08 FIFO_CTRL3 00 3F
    09 FIFO_CTRL4 00 FF
    0A FIFO_CTRL5 00 7F
    0B DRDY_PULSE_CFG_G 00 81
    0D INT1_CTRL 00 FF
    0E INT2_CTRL 00 FF
    0F WHO_AM_I 6A 00
    10 CTRL1_XL 00 FF
    11 CTRL2_G 00 FE
    12 CTRL3_C 04 FF
    13 CTRL4_C 00 FE
    14 CTRL5_C 00 FF
    15 CTRL6_C 00 FB
    16 CTRL7_G 00 F4
    17 CTRL8_XL 00 FF
    18 CTRL9_XL E0 F4
    19 CTRL10_C 00 FF
    1A MASTER_CONFIG 00 DF
    1B WAKE_UP_SRC 00 00
    1C TAP_SRC 00 00
    1D D6D_SRC 00 00
    1E STATUS_REG 00 00
    3A FIFO_STATUS1 00 00
    3B FIFO_STATUS2 00 00
    3C FIFO_STATUS3 00 00
    3D FIFO_STATUS4 00 00
    3E FIFO_DATA_OUT_L 00 00
    3F FIFO_DATA_OUT_H 00 00
    40 TIMESTAMP0_REG 00 00
    41 TIMESTAMP1_REG 00 00
    42 TIMESTAMP2_REG 00 00
    58 TAP_CFG 00 FF
    59 TAP_THS_6D 00 FF
    5A INT_DUR2 00 FF
    5B WAKE_UP_THS 00 BF
    5C WAKE_UP_DUR 00 FF
    5D FREE_FALL 00 FF
    5E MD1_CFG 00 FF
    5F MD2_CFG 00 FF
    60 MASTER_CMD_CODE 00 FF
    61 SENS_SYNC_SPI_ERROR_CODE 00 FF
    73 X_OFS_USR 00 FF
    74 Y_OFS_USR 00 FF
    75 Z_OFS_USR 00 FF
""")
_RATES = rates("0 12.5 26 52 104 208 416 833 1660 3330 6660")
_LOW_POWER = Fraction("1.6")  # of the accelerometer, code 11, where high performance is off; else 12.5 Hz
_TEMPERATURE_RATE = Fraction(52)
_DECIMATIONS = (0, 1, 2, 3, 4, 8, 16, 32)
_FIFO_WORDS = 2048


class Lsm6dsl(Lsm6):
    """The registers of bank A."""

    NAME = "LSM6DSL"
    REGISTERS = _REGISTERS
    BOOT = 15_000  # AN5040, 5.7

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        self._fifo = PatternFifo(_FIFO_WORDS)
        super().__init__(now, note)

    def restart(self) -> None:
        super().restart()
        self._fifo.restart(0)

    def after(self, address: int) -> int:
        return 0x3E if address == 0x3F else super().after(address)

    def _configure(self) -> None:
        self._run("acceleration", self._acceleration_rate())
        self.outputs["acceleration"].scale = Scale(G_PER_COUNT[self["CTRL1_XL"] >> 2 & 3])
        control = self["CTRL2_G"]
        self._run("rotation", _RATES[control >> 4] if control >> 4 < len(_RATES) else OFF)
        self.outputs["rotation"].scale = Scale(DPS_PER_COUNT_125 if control & 2 else DPS_PER_COUNT[control >> 2 & 3])
        on = self.outputs["acceleration"].rate or self.outputs["rotation"].rate
        self._run("temperature", _TEMPERATURE_RATE if on else OFF)
        self._configure_fifo()

    def _acceleration_rate(self) -> Fraction:
        code = self["CTRL1_XL"] >> 4
        if code == 11:
            return _LOW_POWER if self["CTRL6_C"] & 0x10 else _RATES[1]
        return _RATES[code] if code < len(_RATES) else OFF

    def _configure_fifo(self) -> None:
        code, mode = self["FIFO_CTRL5"] >> 3 & 0xF, self["FIFO_CTRL5"] & 7
        rate = _RATES[code] * self._deviation if code < len(_RATES) else OFF
        fastest = max(self.outputs["acceleration"].rate, self.outputs["rotation"].rate)
        threshold = (self["FIFO_CTRL2"] & 7) << 8 | self["FIFO_CTRL1"]
        decimation = self["FIFO_CTRL3"]
        factors = (_DECIMATIONS[decimation >> 3 & 7], _DECIMATIONS[decimation & 7])
        self._fifo.configure(mode, min(rate, fastest), factors, threshold, self._synced)
        self._fifo.stops_at_threshold = bool(self["FIFO_CTRL4"] & 0x80)

    def _arrived(self, now: int) -> None:
        self._fifo.fill((self.outputs["rotation"], self.outputs["acceleration"]), now)

    def _written(self, name: str, old: int) -> None:
        super()._written(name, old)
        if name == "CTRL3_C" and self[name] & 0x02:
            self._note("the LSM6DSL's output with the high byte first is not modelled")
        elif name == "FUNC_CFG_ACCESS" and self[name]:
            self._note("the LSM6DSL's banks of embedded functions are not modelled")
        elif name == "FIFO_CTRL4" and self[name] & 0x7F:
            self._note("of the LSM6DSL's FIFO, only the data sets of gyroscope and accelerometer are modelled")
        elif name == "FIFO_CTRL2" and self[name] & 0xC8:
            self._note("the LSM6DSL's FIFO of steps, time and temperature is not modelled")

    def _read(self, address: int) -> int:
        if 0x3A <= address <= 0x3F:
            return self._fifo.read(address - 0x3A)
        return super()._read(address)

    def _power_on(self) -> None:
        self._fifo.clear()
        super()._power_on()
