"""From a place of a rig to what has to be opened: the probe by its whole name, the serial port, the speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitloop.errors import ProbeError
from bitloop_hil import discovery
from bitloop_hil.boards import BoardFile
from bitloop_hil.discovery import Found, Port
from bitloop_hil.rig import Place, baud_of


@dataclass(frozen=True, slots=True)
class Attached:
    """A board's probe as pyOCD is to be asked for it (`stlink:066B...`), its serial port and speed, and its lock."""

    uid: str
    serial: str
    port: str
    baud: int


def attached(place: Place, board: BoardFile) -> Attached:
    """What a hardware place means on this machine; ProbeError where probe or port is not there, or not clear."""
    baud = baud_of(place)
    if place.remote:
        host, colon, port = place.remote.rpartition(":")
        uid = f"remote:{host}:{port}" if colon else f"remote:{place.remote}:{discovery.PYOCD_PORT}"
        return Attached(uid, place.serial, place.port, baud)
    if ":" in place.probe and place.port:  # fully said: nothing needs to be looked for
        return Attached(place.probe, place.serial, place.port, baud)
    if place.probe.startswith("virtual:"):
        raise ProbeError(f"{place.probe} needs a port in the rig file; `bitloop bench run` prints both")
    found = _found(place, board, discovery.look())
    port = place.port or _first(found.ports, found.probe.serial)
    return Attached(found.probe.uid, found.probe.serial, port, baud)


def _found(place: Place, board: BoardFile, there: Sequence[Found]) -> Found:
    if not place.probe:
        return discovery.choose(board, there)
    wanted = place.probe.rpartition(":")[2].lower()
    for each in there:
        if each.probe.serial.lower() == wanted:
            return each
    plugged = ", ".join(each.probe.serial for each in there) or "none"
    raise ProbeError(f"the probe {place.probe} of {place.name} is not plugged in; the probes there are: {plugged}")


def _first(ports: Sequence[Port], serial: str) -> str:
    if not ports:
        raise ProbeError(f"no serial port belongs to probe {serial}; name the board's port in a rig file")
    return ports[0].device
