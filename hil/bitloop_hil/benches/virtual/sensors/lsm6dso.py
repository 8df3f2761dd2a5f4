"""LSM6DSO, ISM330DHCX, IIS3DWB, IIS2ICLX: 6 axes, also for industry, 3 of wide bandwidth, 2 of an inclinometer.

Data sheets DS12140 (section 9 the registers, 4.1 the sensitivities), DS13012 and DS12569; AN5192 on the FIFO. Not
modelled: filters, interrupt pins, sensor hub, embedded functions (their registers keep what is written), the second
interfaces for optical stabilisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from bitloop_hil.benches.virtual.sensors.batching import Batching
from bitloop_hil.benches.virtual.sensors.lsm6 import DPS_PER_COUNT, DPS_PER_COUNT_125, G_PER_COUNT
from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Register, Shown, registers
from bitloop_hil.benches.virtual.sensors.tagged_fifo import ACCELEROMETER, GYROSCOPE, TEMPERATURE

_COMMON = registers("""
    01 FUNC_CFG_ACCESS 00 C0
    02 PIN_CTRL 3F 40
    07 FIFO_CTRL1 00 FF
    08 FIFO_CTRL2 00 D7
    09 FIFO_CTRL3 00 FF
    0A FIFO_CTRL4 00 F7
    0B COUNTER_BDR_REG1 00 E7
    0C COUNTER_BDR_REG2 00 FF
    0D INT1_CTRL 00 FF
    0E INT2_CTRL 00 FF
    0F WHO_AM_I 00 00
    10 CTRL1_XL 00 FE
    11 CTRL2_G 00 FE
    12 CTRL3_C 04 FD
    13 CTRL4_C 00 7E
    14 CTRL5_C 00 FF
    15 CTRL6_C 00 FF
    16 CTRL7_G 00 F7
    17 CTRL8_XL 00 FF
    18 CTRL9_XL E0 FE
    19 CTRL10_C 00 20
    1A ALL_INT_SRC 00 00
    1B WAKE_UP_SRC 00 00
    1C TAP_SRC 00 00
    1D D6D_SRC 00 00
    1E STATUS_REG 00 00
    3A FIFO_STATUS1 00 00
    3B FIFO_STATUS2 00 00
    56 TAP_CFG0 00 FF
    57 TAP_CFG1 00 FF
    58 TAP_CFG2 00 FF
    59 TAP_THS_6D 00 FF
    5A INT_DUR2 00 FF
    5B WAKE_UP_THS 00 FF
    5C WAKE_UP_DUR 00 FF
    5D FREE_FALL 00 FF
    5E MD1_CFG 00 FF
    5F MD2_CFG 00 FF
    63 INTERNAL_FREQ_FINE 00 00
    73 X_OFS_USR 00 FF
    74 Y_OFS_USR 00 FF
    75 Z_OFS_USR 00 FF
""")
_RATES = rates("0 12.5 26 52 104 208 416 833 1667 3333 6667")
_SLOW, _SLOW_GYROSCOPE = Fraction("1.6"), Fraction("6.5")  # code 11
_TEMPERATURE_BATCHES = rates("0 1.6 12.5 52")


def _table(identity: int, without: tuple[str, ...] = (), **writable: int) -> Mapping[int, Register]:
    """The common registers with this identity, without some, and other bits of others."""
    table = {}
    for address, one in _COMMON.items():
        if one.name not in without:
            reset = identity if one.name == "WHO_AM_I" else one.reset
            table[address] = Register(one.name, reset, writable.get(one.name, one.writable))
    return table


class Lsm6dso(Batching):
    """The registers of the user's bank."""

    NAME = "LSM6DSO"
    REGISTERS = _table(0x6C)
    BOOT = 10_000
    MAX_I2C = 1_000_000

    @property
    def _threshold(self) -> int:
        return (self["FIFO_CTRL2"] & 1) << 8 | self["FIFO_CTRL1"]

    def _configure_motion(self) -> None:
        self._configure_accelerometer()
        self._configure_gyroscope()

    def _configure_accelerometer(self) -> None:
        control = self["CTRL1_XL"]
        code, full = control >> 4, control >> 2 & 3
        if full == 1 and self["CTRL8_XL"] & 0x02:  # XL_FS_MODE: 16 g are not offered
            full = 0
        low_power = self["CTRL6_C"] & 0x10 or self["CTRL5_C"] & 0x80
        self.outputs["acceleration"].scale = Scale(G_PER_COUNT[full])
        self._run("acceleration", _SLOW if code == 11 and low_power else _rate(code, _RATES[1]))

    def _configure_gyroscope(self) -> None:
        control = self["CTRL2_G"]
        step = DPS_PER_COUNT_125 if control & 0x02 else DPS_PER_COUNT[control >> 2 & 3]
        self.outputs["rotation"].scale = Scale(140e-3 if control & 0x01 else step)
        self._run("rotation", _rate(control >> 4, OFF))

    def _batches(self) -> dict[int, Fraction]:
        """Rates at which the FIFO takes samples."""
        control = self["FIFO_CTRL3"]
        return {
            GYROSCOPE: _rate(control >> 4, _SLOW_GYROSCOPE),
            ACCELEROMETER: _rate(control & 0xF, _SLOW),
            TEMPERATURE: _TEMPERATURE_BATCHES[self["FIFO_CTRL4"] >> 4 & 3],
        }


def _rate(code: int, slow: Fraction) -> Fraction:
    return slow if code == 11 else _RATES[code] if code < len(_RATES) else OFF


class Ism330dhcx(Lsm6dso):
    """A range of 4000 degrees/s more."""

    NAME = "ISM330DHCX"
    REGISTERS = _table(0x6B, CTRL2_G=0xFF)


class Iis3dwb(Lsm6dso):
    """One rate, 26.667 kHz, and no gyroscope."""

    NAME = "IIS3DWB"
    REGISTERS = _table(0x7B, ("CTRL2_G",), FIFO_CTRL3=0x0F, CTRL1_XL=0xEE)
    TEMPERATURE_RATE = Fraction(104)
    _FULL_RATE = Fraction("26667")

    def _make_outputs(self) -> list[Output]:
        return super()._make_outputs()[1:]

    def _make_shown(self) -> dict[str, Shown]:
        return {"temperature": Shown(0x20, 1), "acceleration": Shown(0x28, 3)}

    def _configure_accelerometer(self) -> None:
        control = self["CTRL1_XL"]
        self.outputs["acceleration"].scale = Scale(G_PER_COUNT[control >> 2 & 3])
        self._run("acceleration", self._FULL_RATE if control >> 5 == 0b101 else OFF)

    def _configure_gyroscope(self) -> None:
        """There is none."""

    def _batches(self) -> dict[int, Fraction]:
        temperature = self.TEMPERATURE_RATE if self["FIFO_CTRL4"] >> 4 & 3 == 3 else OFF
        acceleration = self._FULL_RATE if self["FIFO_CTRL3"] == 0b1010 else OFF
        return {ACCELEROMETER: acceleration, TEMPERATURE: temperature}

    def _written(self, name: str, old: int) -> None:
        super()._written(name, old)
        if name == "CTRL6_C" and self[name] & 0x03:
            self._note("the IIS3DWB with a single axis is not modelled")


class Iis2iclx(Lsm6dso):
    """Two axes, up to 833 Hz, in ranges of its own."""

    NAME = "IIS2ICLX"
    REGISTERS = _table(0x6B, ("CTRL2_G", "TAP_THS_6D", "FREE_FALL", "Z_OFS_USR"), FIFO_CTRL3=0x0F)
    _G_PER_COUNT = (0.015e-3, 0.122e-3, 0.031e-3, 0.061e-3)  # 0.5, 3, 1, 2 g
    _FASTEST_CODE = 7

    def _make_outputs(self) -> list[Output]:
        return [Output("acceleration", 2), *super()._make_outputs()[2:]]

    def _make_shown(self) -> dict[str, Shown]:
        return {"temperature": Shown(0x20, 1), "acceleration": Shown(0x28, 2)}

    def _configure_accelerometer(self) -> None:
        control = self["CTRL1_XL"]
        self.outputs["acceleration"].scale = Scale(self._G_PER_COUNT[control >> 2 & 3])
        self._run("acceleration", self._named(control >> 4))

    def _configure_gyroscope(self) -> None:
        """There is none."""

    def _batches(self) -> dict[int, Fraction]:
        temperature = _TEMPERATURE_BATCHES[self["FIFO_CTRL4"] >> 4 & 3]
        return {ACCELEROMETER: self._named(self["FIFO_CTRL3"]), TEMPERATURE: temperature}

    def _named(self, code: int) -> Fraction:
        return _RATES[code] if code <= self._FASTEST_CODE else OFF
