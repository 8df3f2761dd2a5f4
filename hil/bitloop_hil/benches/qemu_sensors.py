"""A sensor's model for dataloggers in QEMU, whose machines have no STM32's I²C, SPI sensor or DMA.

The firmware's bus driver is `firmware/drivers/semihost_bus.c`: each transfer arrives through a FIFO with the time of
the machine, so that the model lives in the time of the instructions executed, and the answer goes back through
another one. Everything above the bus is what the boards run: the sensor's table, the sampler, both applications.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BuildError
from bitloop_hil.benches.qemu import MACHINES
from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.targets import I2cTarget, SpiTarget
from bitloop_hil.benches.virtual.sensors import Sensors
from bitloop_hil.benches.virtual.sensors.motion import Motion
from bitloop_hil.benches.virtual.sensors.output import Produced
from bitloop_hil.boards import board_file
from bitloop_hil.closing import Closing
from bitloop_hil.datalogger.plan import Plan
from bitloop_hil.datalogger.registers import BusSensor

STM32F4 = "netduinoplus2"
"""QEMU's STM32F405, the machine of every STM32 with a Cortex-M4F."""
_HEAD, _TICKS = 6, 4  # bytes of a transfer's beginning, and of its time


def in_qemu(plan: Plan) -> Plan:
    """The same datalogger for QEMU's STM32F405; BuildError if its board has another core."""
    machine = board_file(STM32F4)
    if plan.board.core != machine.core:
        raise BuildError(
            f"QEMU has no STM32 with the {plan.board.core} of {plan.board.name}; choose an F4 or L4 board"
        )
    _behind_bus(plan)
    ticks = MACHINES[STM32F4].counter_hertz
    return replace(plan, board=replace(machine, name=plan.board.name, clock_hz=ticks))


def _behind_bus(plan: Plan) -> BusSensor:
    if not isinstance(plan.source, BusSensor):
        raise BuildError(f"QEMU's machines have no {plan.source.place}; choose a sensor behind a bus")
    return plan.source


class QemuSensor:
    """The sensor of a plan, as something beside the link (`qemu.Beside`). Notes say what its model does not have."""

    def __init__(self, plan: Plan) -> None:
        self.notes: list[str] = []
        self._lock = threading.Lock()
        self._ticks, self._hertz = 0, MACHINES[STM32F4].counter_hertz
        sensor = _behind_bus(plan)
        mounted = sensor.mounted
        self._sensors = Sensors((mounted,), lambda: self._ticks * SECOND // self._hertz, self.notes.append)
        self._model = self._sensors[mounted.name]
        hanging = self._sensors.hanging()
        self._transfer: Callable[[int, int, int], bytes]
        if mounted.address is None:
            self._transfer = partial(_by_spi, hanging.spi[mounted.bus][0][1])
        else:
            self._transfer = partial(_by_i2c, hanging.i2c[mounted.bus][sensor.quantity.address or mounted.address])

    def replay(self, quantity: str, values: NDArray[np.float64], rate_hz: float) -> None:
        """Let it feel a motion, (samples, axes) in physical units, from the beginning of each run on."""
        with self._lock:
            self._model.replay(quantity, Motion.of(quantity, values, rate_hz, True, 0.0, 0))

    def produced(self, quantity: str) -> Produced:
        """What it has put out in this run, as its registers had it."""
        with self._lock:
            return self._model.produced(quantity)

    def serve(self, folder: Path) -> Closing:
        """Answer the transfers of one run; its time begins again."""
        with self._lock:
            self._ticks = 0
            self._sensors.restart()
        return _Serving(self, folder)

    def answer(self, ticks: int, address: int, wanted: int, value: int) -> bytes:
        """One transfer at a time of the machine's counter, which wraps at 32 bits."""
        with self._lock:
            self._ticks += ticks - self._ticks & 0xFFFF_FFFF
            return self._transfer(address, wanted, value)


def _by_i2c(target: I2cTarget, address: int, wanted: int, value: int) -> bytes:
    told = (address,) if wanted else (address, value)
    heard = target.start(False) and all(target.write(byte) for byte in told)
    if not heard or (wanted and not target.start(True)):
        return b"\0"
    data = bytes(target.read() for _ in range(wanted))
    target.stop()
    return b"\1" + data


def _by_spi(target: SpiTarget, address: int, wanted: int, value: int) -> bytes:
    target.select()
    target.exchange(address)
    data = bytes(target.exchange(byte) for byte in (bytes(wanted) or bytes([value])))
    target.release()
    return b"\1" + data[:wanted]


class _Serving(Closing):
    """The two FIFOs of a run, and the thread that answers."""

    def __init__(self, sensor: QemuSensor, folder: Path) -> None:
        for name in ("to_sensor", "from_sensor"):
            os.mkfifo(folder / name)
        # Opened for both directions a FIFO never blocks in open, and has no end of file before the firmware opens it.
        self._from_board = os.open(folder / "to_sensor", os.O_RDWR)
        self._to_board = os.open(folder / "from_sensor", os.O_RDWR)
        self._ended, self._end = os.pipe()
        self._sensor = sensor
        self._thread = threading.Thread(target=self._serve, name="bitloop-qemu-sensor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and let go of the FIFOs; safe to call twice."""
        if self._end < 0:
            return
        os.close(self._end)
        self._end = -1
        self._thread.join()
        for end in (self._from_board, self._to_board, self._ended):
            os.close(end)

    def _serve(self) -> None:
        while self._ended not in select.select([self._from_board, self._ended], [], [])[0]:
            head = os.read(self._from_board, _HEAD)  # a transfer is written at once, and shorter than a pipe's least
            ticks, address, wanted = int.from_bytes(head[:_TICKS], "little"), head[_TICKS], head[_TICKS + 1]
            value = 0 if wanted else os.read(self._from_board, 1)[0]
            os.write(self._to_board, self._sensor.answer(ticks, address, wanted, value))
