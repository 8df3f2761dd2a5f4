"""What is plugged in: debug probes as pyOCD sees them, serial ports as pyserial sees them, tied by serial number.

pyOCD is asked in a process of its own (`python -m bitloop_hil.discovery`), for enumeration keeps global state and
hangs on a wedged USB device. The name of a probe's board is only asked for while nobody holds that board: asking
opens the probe.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitloop.errors import LockError, ProbeError
from bitloop_hil.boards import BoardFile, board_file, names

if TYPE_CHECKING:
    from bitloop_hil.rig import Place

_COMMAND = [sys.executable, "-m", "bitloop_hil.discovery"]
_LIST_SECONDS = 30.0
_CONNECT_SECONDS = 2.0
PYOCD_PORT = 5555
"""Where `pyocd server` listens unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port. `serial` is that of its USB device (a probe's own ports have the probe's), `interface` its
    place within the device, by which several ports of one probe are told apart."""

    device: str
    serial: str = ""
    interface: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A debug probe. `kind` is pyOCD's plugin (`stlink`); `board` and `target` are what it says of its board."""

    serial: str
    kind: str
    product: str
    board: str = ""
    target: str = ""

    @property
    def uid(self) -> str:
        """The whole name for pyOCD: with the kind, it need not enumerate every other sort of probe."""
        return f"{self.kind}:{self.serial}"


@dataclass(frozen=True, slots=True)
class Found:
    """A probe with its serial ports, the first being its board's, and the boards it may be."""

    probe: Probe
    ports: tuple[Port, ...]
    boards: tuple[str, ...]


def look() -> list[Found]:
    """All probes that are plugged in, by serial number. ProbeError if they cannot be listed."""
    found, attached = [], ports()
    for probe in probes():
        boards = tuple(name for name in names() if _may_be(board_file(name), probe))
        found.append(Found(probe, ports_of(probe.serial, attached), boards))
    return found


def ports() -> list[Port]:
    """Every serial port of this machine."""
    from serial.tools import list_ports

    return [
        Port(str(p.device), str(p.serial_number or ""), str(p.location or p.interface or ""))
        for p in list_ports.comports()
    ]


def ports_of(serial: str, attached: Iterable[Port]) -> tuple[Port, ...]:
    """The ports of a probe, in the order of their USB interfaces: the first is its board's."""
    mine = [port for port in attached if port.serial and port.serial.lower() == serial.lower()]
    return tuple(sorted(mine, key=lambda port: (_numbers(port.interface), port.device)))


def probes() -> list[Probe]:
    """Every debug probe pyOCD sees. ProbeError if it fails or does not come back."""
    try:
        done = subprocess.run(
            _COMMAND, capture_output=True, stdin=subprocess.DEVNULL, timeout=_LIST_SECONDS, check=False
        )
        if done.returncode == 0:
            return [Probe(**fields) for fields in json.loads(done.stdout)]
        said = " ".join(done.stderr.decode(errors="replace").split())[-300:]
    except subprocess.TimeoutExpired:
        said = f"no answer within {_LIST_SECONDS:g} s; a USB device is stuck, plug it in anew"
    except ValueError as error:
        said = f"its answer cannot be read: {error}"
    raise ProbeError(f"pyOCD cannot list the debug probes ({said})")


def absent(place: Place) -> str:
    """What of a hardware place is not there, in words; empty if nothing is missing. It opens no port and no probe."""
    if place.remote:
        return _unreachable(place.remote)
    if place.port.startswith("/") and not Path(place.port).exists():
        return f"the serial port {place.port} of {place.name} does not exist; plug the board in"
    if place.probe.startswith("virtual:"):
        return ""
    try:
        serials = [found.serial for found in probes()]
    except ProbeError as error:
        return str(error)
    if place.probe:
        wanted = place.probe.rpartition(":")[2].lower()
        there = wanted in (serial.lower() for serial in serials)
        return "" if there else f"the probe {place.probe} of {place.name} is not plugged in"
    return "" if serials else f"no debug probe is plugged in, so there is no {place.board}"


def choose(board: BoardFile, found: Sequence[Found]) -> Found:
    """The one probe that can be meant when none was named; ProbeError if there is none, or a choice."""
    fitting = [each for each in found if board.name in each.boards] or [each for each in found if not each.boards]
    if len(fitting) == 1:
        return fitting[0]
    if not found:
        raise ProbeError(f"no debug probe is plugged in; connect {board.name} by USB")
    there = ", ".join(f"{each.probe.serial} ({each.probe.board or each.probe.product})" for each in found)
    if not fitting:
        raise ProbeError(f"none of the boards that are plugged in is a {board.name}: {there}")
    raise ProbeError(f"several probes may be {board.name}: {there}; name one in a rig file")


def _may_be(board: BoardFile, probe: Probe) -> bool:
    if board.probe is None or not probe.board:
        return False
    return probe.board.lower() == board.name or probe.target == board.probe.target


def _unreachable(remote: str) -> str:
    host, _, port = remote.partition(":")
    try:
        socket.create_connection((host, int(port or PYOCD_PORT)), _CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        return f"no pyocd server answers at {remote} ({error})"
    return ""


def _numbers(text: str) -> list[int]:
    """The numbers in a USB location such as `1-2.1:1.4`."""
    return [int(digits) for digits in re.findall(r"\d+", text)]


def _enumerate(classes: dict[str, Any], name_of: Callable[[Any], tuple[str, str]]) -> list[Probe]:
    """Every probe of pyOCD's plugins."""
    found = []
    for kind, plugin in classes.items():
        if kind == "virtual":  # they are not plugged in, and nobody should mistake them for what is
            continue
        for probe in plugin.get_all_connected_probes():
            serial = str(probe.unique_id).removeprefix(f"{kind}:")
            product = " ".join(dict.fromkeys(f"{probe.vendor_name} {probe.product_name}".split()))
            found.append(Probe(serial, kind, product, *_name_if_free(serial, probe, name_of)))
    return sorted(found, key=lambda each: each.serial)


def _name_if_free(serial: str, probe: Any, name_of: Callable[[Any], tuple[str, str]]) -> tuple[str, str]:
    from bitloop_hil.locks import BoardLock

    try:
        with BoardLock(serial, "asking for the name of its board"):
            return name_of(probe)
    except LockError:
        return "", ""


def _board_name(probe: Any) -> tuple[str, str]:
    """Board and target as the probe knows them; it may fail in any way, which only means that it cannot say."""
    try:
        info = probe.associated_board_info
    except Exception:
        return "", ""
    return (str(info.name or ""), str(info.target or "")) if info is not None else ("", "")


def _main() -> None:
    from pyocd.probe.aggregator import PROBE_CLASSES

    sys.stdout.write(json.dumps([asdict(probe) for probe in _enumerate(PROBE_CLASSES, _board_name)]))


if __name__ == "__main__":
    _main()
