"""Device models of the virtual boards: one file per kind of device, its families as tables.

`board_devices` builds what a board has, from the board file's `[chip]` and `families/<family>.toml`.
"""

from bitloop_hil.benches.virtual.devices.board import Outside, board_devices
from bitloop_hil.benches.virtual.devices.device import BusError, Device, Mapped, Services
from bitloop_hil.benches.virtual.devices.wire import Wire

__all__ = ["BusError", "Device", "Mapped", "Outside", "Services", "Wire", "board_devices"]
