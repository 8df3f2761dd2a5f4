"""HTS221: relative humidity and temperature, whose counts mean something by the calibration in its registers only.

Data sheet DocID026333, sections 7 (registers) and 8 (how counts are interpolated between the two points of
calibration). Not modelled: averaging, the heater.
"""

from __future__ import annotations

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sensor import Sensor
from bitloop_hil.benches.virtual.sensors.windowed import MarkedIncrement

_RATES = rates("0 1 7 12.5")
_HUMIDITIES, _HUMIDITY_COUNTS = (31.5, 72.0), (-118, -9_417)  # %, and the counts there: every chip has its own
_TEMPERATURES, _TEMPERATURE_COUNTS = (19.625, 34.125), (6, 724)  # °C; the upper one needs more than eight bits
_BOOT = 2_200  # microseconds


def _calibration() -> str:
    """Registers 30 to 3F as a table."""
    humidity, temperature = [round(2 * value) for value in _HUMIDITIES], [round(8 * value) for value in _TEMPERATURES]
    high_bits = temperature[0] >> 8 | temperature[1] >> 8 << 2
    data = bytes((*humidity, temperature[0] & 0xFF, temperature[1] & 0xFF, 0, high_bits))
    words = (_HUMIDITY_COUNTS[0], 0, _HUMIDITY_COUNTS[1], *_TEMPERATURE_COUNTS)
    data += b"".join(word.to_bytes(2, "little", signed=True) for word in words)
    return "\n".join(f"{0x30 + place:X} CALIB_{place:X} {value:X} 00" for place, value in enumerate(data))


def _scale(values: tuple[float, float], counts: tuple[int, int]) -> Scale:
    step = (values[1] - values[0]) / (counts[1] - counts[0])
    return Scale(step, origin=values[0] - counts[0] * step)


_REGISTERS = registers(
    """
    0F WHO_AM_I BC 00
    10 AV_CONF 1B 3F
    20 CTRL_REG1 00 87
    21 CTRL_REG2 00 83
    22 CTRL_REG3 00 C4
    27 STATUS_REG 00 00
"""
    + _calibration()
)


class Hts221(MarkedIncrement, Sensor):
    """Rates follow CTRL_REG1; without one, CTRL_REG2 asks for a single sample, which is there at once."""

    NAME = "HTS221"
    REGISTERS = _REGISTERS

    @property
    def _together(self) -> bool:
        return bool(self["CTRL_REG1"] & 0x04)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("humidity"), Output("temperature")]
        outputs[0].scale = _scale(_HUMIDITIES, _HUMIDITY_COUNTS)
        outputs[1].scale = _scale(_TEMPERATURES, _TEMPERATURE_COUNTS)
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"humidity": Shown(0x28, 1), "temperature": Shown(0x2A, 1)}

    def _configure(self) -> None:
        control = self["CTRL_REG1"]
        for quantity in self.outputs:
            self._run(quantity, _RATES[control & 3] if control & 0x80 else OFF)

    def _written(self, name: str, old: int) -> None:
        if name != "CTRL_REG2":
            return
        if self[name] & 0x80:
            self._clear_later(name, 0x80, _BOOT)
        if self[name] & 0x01:
            if self["CTRL_REG1"] & 0x83 == 0x80:
                self._convert()
            self[name] &= ~0x01

    def _status(self) -> int:
        return self.shown["humidity"].ready << 1 | self.shown["temperature"].ready
