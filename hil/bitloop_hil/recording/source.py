"""Which port a recording comes from, and finding it again after it was unplugged.

A port is named by its device, by a board that is plugged in or powered on the virtual bench, or by a place of a rig.
Where its USB device has a serial number, that is what is looked for afterwards: device names change.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bitloop.errors import BuildError, ProbeError
from bitloop_hil import boards, discovery, published
from bitloop_hil.discovery import Port, ports_of
from bitloop_hil.link.remote import DEFAULT_BAUD, open_port, scheme_of
from bitloop_hil.link.transport import Transport
from bitloop_hil.rig import Place, Rig, baud_of


@dataclass(frozen=True, slots=True)
class Source:
    """A port as it was found. `usb` is the serial number of its USB device, `nth` which of that device's ports it is.

    `baud` is its speed, 0 where nobody has said it; then the link speaks at `link_baud`. `lock` names the lock under
    which its board is used; empty where nobody could share it.
    """

    port: str
    baud: int
    link_baud: int = DEFAULT_BAUD
    board: str = ""
    usb: str = ""
    nth: int = 0
    lock: str = ""

    def now(self) -> str:
        """The port as it is called now; empty while it is not there."""
        if self.usb:
            mine = ports_of(self.usb, discovery.ports())
            return mine[self.nth].device if self.nth < len(mine) else ""
        return self.port if scheme_of(self.port) or not self.port.startswith("/") or Path(self.port).exists() else ""

    def open(self) -> Transport:
        """The line; ProbeError or LockError where it cannot be had."""
        port = self.now()
        if not port:
            raise ProbeError(f"{self.port} is not there; plug it in")
        return open_port(port, self.baud)


def find(where: str, baud: int = 0, rig: Rig | None = None) -> Source:
    """The source somebody means, at that speed (0: to be found out). ProbeError says what there is instead."""
    if rig is not None:
        place = rig[where]
        return _of_board(place, baud)
    if scheme_of(where) or "/" in where or "\\" in where or where.upper().startswith("COM"):
        return _of_port(where, baud)
    if (board := where.lower()) in boards.names():
        return _of_board(Place(board, board, "hardware"), baud)
    there = ", ".join(port.device for port in discovery.ports()) or "none"
    raise ProbeError(f"{where!r} is neither a port nor a board; the serial ports of this machine are: {there}")


def _of_port(port: str, baud: int) -> Source:
    """A port by its name, with the serial number of its USB device where that tells it from all others."""
    attached = discovery.ports()
    mine = next((each for each in attached if os.path.realpath(each.device) == os.path.realpath(port)), None)
    if mine is None or not mine.serial:
        return Source(port, baud)
    return _known(Source(port, baud), mine, ports_of(mine.serial, attached))


def _known(source: Source, mine: Port, same: Sequence[Port]) -> Source:
    """The source by its serial number. Cheap adapters all have the same one, which then says nothing."""
    devices = {each.interface.partition(":")[0] for each in same}
    if len(devices) > 1:
        return source
    return replace(source, usb=mine.serial, nth=list(same).index(mine), lock=mine.serial)


def _of_board(place: Place, baud: int) -> Source:
    """The port of a board: of the virtual one that is powered, else of the one that is plugged in."""
    from bitloop_hil.benches.hardware.attached import attached

    if place.bench != "hardware":
        raise BuildError(
            f"the place {place.name} starts a board of its own each time;"
            f" power one with `bitloop bench run {place.board}` and record from that"
        )
    source = Source("", baud or place.baud, baud_of(place), place.board)
    powered = published.running(place.board) if not place.probe and not place.remote else None
    if powered is not None:
        lock = Place("", place.board, "hardware", probe=powered.uid).serial
        return replace(source, port=str(powered.port), lock=lock)
    found = attached(place, boards.board_file(place.board))
    source = replace(source, port=found.port, lock=found.serial)
    same = ports_of(found.serial, discovery.ports())
    mine = next((port for port in same if port.device == found.port), None)
    return source if mine is None else _known(source, mine, same)
