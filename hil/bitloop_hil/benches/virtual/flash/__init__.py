"""Flash memories of the virtual boards: what a store to the flash does, by the registers of its controller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.flash.c0 import C0Flash
from bitloop_hil.benches.virtual.flash.controller import FAULTS, Flash
from bitloop_hil.benches.virtual.flash.f1 import F1Flash
from bitloop_hil.benches.virtual.flash.f4 import F4Flash
from bitloop_hil.benches.virtual.flash.h7 import H7Flash
from bitloop_hil.benches.virtual.flash.l0 import L0Flash
from bitloop_hil.benches.virtual.flash.l4 import L4Flash
from bitloop_hil.benches.virtual.flash.layout import Layout
from bitloop_hil.benches.virtual.flash.u5 import U5Flash
from bitloop_hil.boards import BoardFile

__all__ = ["FAULTS", "Flash", "flash_device", "make_flash"]

_CONTROLLERS: dict[str, Callable[[Layout, Services, Any], Flash]] = {
    "c0": C0Flash,
    "f1": F1Flash,
    "f4": F4Flash,
    "h7": H7Flash,
    "l0": L0Flash,
    "l4": L4Flash,
    "u5": U5Flash,
}


def flash_device(board: BoardFile, services: Services, memory: Any) -> Flash:
    """The flash of a board, erased. `memory` is its content: writable, as long as the flash.

    Its registers are at `flash.layout.base`. ProbeError for a board whose chip is not modelled.
    """
    if board.chip is None:
        raise ProbeError(f"board {board.name} has no [chip], so nobody knows its flash controller")
    return make_flash(board.chip.family, board.flash.origin, board.flash.size, services, memory)


def make_flash(family: str, origin: int, size: int, services: Services, memory: Any) -> Flash:
    """The same for any chip of a family."""
    layout = Layout.of(family, origin, size)
    return _CONTROLLERS[layout.controller](layout, services, memory)
