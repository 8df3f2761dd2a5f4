"""What is around the core of a board: devices, flash controller, the serial line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.cmsdk_uart import CmsdkUart
from bitloop_hil.benches.virtual.devices.board import Outside, board_devices
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.devices.simple import Fixed
from bitloop_hil.benches.virtual.devices.wire import Wire
from bitloop_hil.benches.virtual.flash import Flash, flash_device
from bitloop_hil.benches.virtual.lines import FastLine, Line, WireLine
from bitloop_hil.benches.virtual.sensors import Sensors
from bitloop_hil.boards import BoardFile

if TYPE_CHECKING:
    from bitloop_hil.benches.virtual.machine import Machine

_BAUD = 115_200
_FLASH_REGISTERS = 0x400


class Surroundings:
    """Of a chip that is modelled, or of a generic board that has memory and a UART and nothing else."""

    def __init__(self, board: BoardFile, machine: Machine) -> None:
        self._machine = machine
        self.line: Line
        self._wire: Wire | None = None
        self._flash: Flash | None = None
        self._devices: list[Any] = []
        self.sensors = Sensors(board.sensors, machine.clock.now, machine.note)
        if board.chip is None:
            self._generic(board)
        else:
            self._chip(board)

    def reset(self) -> None:
        """As after a system reset of the chip."""
        if self._wire is not None:
            self._wire.reset()
        for device in self._devices:
            device.reset()
        self.sensors.restart()

    def store_flash(self, address: int, data: bytes) -> bool:
        """A store to the flash by its own address; False if it is a fault."""
        if self._flash is None:
            return False
        try:
            self._flash.store(address, data)
        except BusError:
            return False
        return True

    def inject(self, kind: str, arguments: dict[str, Any]) -> bool:
        """A fault on purpose; False if the kind is none of the flash's and none of the line's."""
        if self._flash is not None and self._flash.inject(kind, arguments):
            return True
        if self._wire is None:
            return False
        self._wire.inject(kind, **arguments)
        return True

    def _generic(self, board: BoardFile) -> None:
        image, machine = board.image, self._machine
        if image is None or image.driver != "cmsdk_uart":
            raise ProbeError(f"the virtual bench has no devices for board {board.name}, which has no [chip]")
        self._devices = [CmsdkUart(board, machine.fast, image.defines["BL_UART_BASE"], machine.note)]
        self.line = FastLine(machine.fast)

    def _chip(self, board: BoardFile) -> None:
        machine = self._machine
        baud = board.image.defines.get("BL_BAUD", _BAUD) if board.image else _BAUD
        wire = self._wire = Wire(machine.clock, baud)
        flash = self._flash = flash_device(board, machine, machine.memory.flash.data)
        flash.on_change = machine.code_changed
        outside = Outside(waits=lambda: flash.wait_states, reset=machine.ask_reset, hanging=self.sensors.hanging())
        mapped = board_devices(board, machine, wire, outside)
        self._devices = [one.device for one in mapped] + [flash]
        for one in mapped:
            machine.bus.attach(one.device, one.base, one.size)
        machine.bus.attach(flash, flash.layout.base, _FLASH_REGISTERS)
        for base in flash.layout.reserved:
            machine.bus.attach(Fixed(), base, _FLASH_REGISTERS)
        self.line = WireLine(wire)
