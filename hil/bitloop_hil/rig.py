"""A rig: the places of a bench, each a board somewhere, described by a TOML file or made up from names.

[places.left]                       a name for people; every place has its own
board = "nucleo-l432kc"             a board of boards/
bench = "hardware"                  virtual, qemu, renode or hardware
probe = "066BFF495087534867091423"  serial number of the debug probe, as `bitloop bench list` shows it
port = "/dev/ttyACM0"               serial port, rfc2217://host:port or socket://host:port (absent: the probe's own)
remote = "bench-host:5555"          where `pyocd server` serves the probe (absent: it is plugged in here)
pack = "Keil.STM32F1xx_DFP.pack"    a CMSIS-Pack file for pyOCD, relative to this file (absent: what is installed)
baud = 921_600                      speed of the port (absent: the board's)

All but `board` and `bench` are for the hardware bench alone.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from bitloop.errors import BitloopError, BuildError, InputError, LockError, ProbeError
from bitloop_hil.board import Board
from bitloop_hil.boards import BENCHES, board_file
from bitloop_hil.link.remote import DEFAULT_BAUD, scheme_of
from bitloop_hil.link.transport import Deadline

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_LOOK_AGAIN = 0.1  # seconds between rounds over places that are all taken


@dataclass(frozen=True, slots=True)
class Place:
    """Where a board is. Empty fields are left to the bench: see the module for what they mean."""

    name: str
    board: str
    bench: str
    probe: str = ""
    port: str = ""
    remote: str = ""
    pack: str = ""
    baud: int = 0

    @property
    def serial(self) -> str:
        """What the lock of this place is called; empty where nobody else can reach the board.

        >>> Place("left", "nucleo-l432kc", "hardware", probe="stlink:066BFF49").serial
        '066BFF49'
        >>> Place("right", "nucleo-l432kc", "hardware", probe="virtual:nucleo-l432kc").serial
        'virtual-nucleo-l432kc'
        """
        if self.bench != "hardware":
            return ""
        if self.remote:
            return f"remote-{self.remote}"
        kind, colon, serial = self.probe.partition(":")
        if not colon:
            return self.probe
        return f"{kind}-{serial}" if kind in ("virtual", "remote") else serial


@dataclass(frozen=True, slots=True)
class Rig:
    """Places, in the order they were named."""

    places: tuple[Place, ...]

    @staticmethod
    def load(path: Path) -> Rig:
        """Read a rig file; InputError names the file and the key at fault."""
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"the rig file cannot be read ({error})", path) from error
        return _Reader(path).rig(data)

    @staticmethod
    def of(bench: str, boards: Sequence[str]) -> Rig:
        """A rig without a file: these boards on one bench; BuildError where that bench has no such board."""
        places = [Place(_free_name(board, boards[:at]), board, bench) for at, board in enumerate(boards)]
        for place in places:
            check(place)
        return Rig(tuple(places))

    def __getitem__(self, name: str) -> Place:
        """The place of that name; BuildError lists the known ones."""
        for place in self.places:
            if place.name == name:
                return place
        known = ", ".join(place.name for place in self.places) or "none"
        raise BuildError(f"the rig has no place called {name!r}; its places are: {known}")


def check(place: Place) -> None:
    """BuildError where the place's bench does not exist or has no such board."""
    if place.bench not in BENCHES:
        raise BuildError(f"there is no bench {place.bench!r}; choose one of {', '.join(BENCHES)}")
    benches = board_file(place.board).benches
    if place.bench not in benches:
        known = f"it is on {', '.join(benches)}" if benches else "no bench has it yet"
        raise BuildError(f"board {place.board} is not on the bench {place.bench!r}; {known}")


def baud_of(place: Place) -> int:
    """Speed of a place's serial port: its own, else what the board's firmware is built for."""
    image = board_file(place.board).image
    return place.baud or (image.defines.get("BL_BAUD", 0) if image is not None else 0) or DEFAULT_BAUD


def missing(place: Place) -> str:
    """What keeps a place from being opened on this machine (a tool or the board itself), in words; empty if nothing.

    It does not ask whether somebody holds the board, and does not touch it.
    """
    from bitloop_hil import features

    lack = features.tool_missing(place.bench)
    if lack or place.bench != "hardware":
        return lack
    from bitloop_hil.discovery import absent

    return absent(place)


def open_place(place: Place, lock_seconds: float = 0.0) -> Board:
    """The board of a place, powered and waiting for an image, locked until it is closed.

    `lock_seconds` is how long to wait while somebody else holds it; then LockError names the holder. ProbeError where
    probe or port is missing, BuildError where the bench has no such board.
    """
    check(place)
    board = board_file(place.board)
    if place.bench == "virtual":
        from bitloop_hil.benches.virtual import VirtualBoard

        return VirtualBoard(board)
    if place.bench == "qemu":
        from bitloop_hil.benches.qemu import QemuBoard

        return QemuBoard(board)
    if place.bench == "hardware":
        from bitloop_hil.benches.hardware import open_hardware

        return open_hardware(place, lock_seconds)
    if place.bench == "renode":
        from bitloop_hil.benches.renode import RenodeBoard

        return RenodeBoard(board)
    raise BuildError(f"the bench {place.bench!r} is not part of this bitloop; choose one of {', '.join(BENCHES)}")


def open_free(places: Iterable[Place], lock_seconds: float = 0.0) -> tuple[Place, Board]:
    """The first of several places that is there and that nobody holds, found and taken in one go, and its board.

    LockError names every holder once `lock_seconds` have passed and all are still taken; ProbeError where none is
    there at all.
    """
    wanted, deadline = list(places), Deadline.after(lock_seconds)
    if not wanted:
        raise BuildError("no place was named to choose a board from; name a board or a rig file")
    if len(wanted) == 1:
        return wanted[0], open_place(wanted[0], lock_seconds)
    while True:
        refused: dict[str, BitloopError] = {}
        for place in wanted:
            try:
                return place, open_place(place)
            except (LockError, ProbeError) as error:
                refused[place.name] = error
        said = "; ".join(f"{name}: {error}" for name, error in refused.items())
        if not any(isinstance(error, LockError) for error in refused.values()):
            raise ProbeError(f"no place is there; {said}")
        if deadline.passed:
            raise LockError(f"no place is free; {said}")
        time.sleep(min(_LOOK_AGAIN, deadline.left()))


def _free_name(board: str, before: Sequence[str]) -> str:
    """The board's name, numbered from the second on."""
    count = list(before).count(board)
    return f"{board}-{count + 1}" if count else board


class _Reader:
    """Fields of a rig file, each checked where it is taken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rig(self, data: Mapping[str, Any]) -> Rig:
        if extra := sorted(set(data) - {"places"}):
            raise self._wrong(f"the key {extra[0]!r} is unknown; a rig has [places.<name>] tables")
        places = data.get("places")
        if not isinstance(places, dict) or not places:
            raise self._wrong("there is no [places.<name>] table; describe at least one place")
        read = tuple(self._place(name, table) for name, table in places.items())
        self._distinct(read)
        return Rig(read)

    def _place(self, name: str, table: Any) -> Place:
        where = f"places.{name}"
        if not _NAME.fullmatch(name):
            raise self._wrong(f"the place {name!r} has to be named by letters, digits, '-', '_' and '.'")
        if not isinstance(table, dict):
            raise self._wrong(f"{where} has to be a table, [{where}]")
        known = {field.name: field.type for field in fields(Place) if field.name != "name"}
        if extra := sorted(set(table) - set(known)):
            raise self._wrong(f"{where}.{extra[0]} is unknown; choose from {', '.join(known)}")
        values = {key: self._value(f"{where}.{key}", value, str(known[key])) for key, value in table.items()}
        for key in ("board", "bench"):
            if not values.get(key):
                raise self._wrong(f"{where}.{key} is missing")
        place = Place(name, **values)
        try:
            check(place)
            scheme_of(place.port)
        except BitloopError as error:
            raise self._wrong(f"{where}: {error}") from error
        return self._whole(where, place)

    def _value(self, where: str, value: Any, kind: str) -> Any:
        if kind == "int":
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 20_000_000:
                raise self._wrong(f"{where} = {value!r} has to be a speed of 1 to 20000000 baud")
        elif not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self._wrong(f"{where} = {value!r} has to be a string of printable characters")
        return value

    def _whole(self, where: str, place: Place) -> Place:
        """What only the hardware bench knows is given there alone, and there it is complete."""
        given = [f.name for f in fields(Place) if f.name not in ("name", "board", "bench") and getattr(place, f.name)]
        if place.bench != "hardware":
            if given:
                raise self._wrong(f"{where}.{given[0]} is for the hardware bench alone; leave it out")
            return place
        if not place.probe and not place.remote:
            raise self._wrong(f"{where}.probe is missing: without a serial number another board could be flashed")
        if place.remote and not place.port:
            raise self._wrong(f"{where}.port is missing: a remote probe does not tell its serial port")
        return replace(place, pack=str((self._path.parent / place.pack).resolve())) if place.pack else place

    def _distinct(self, places: Sequence[Place]) -> None:
        seen: dict[str, str] = {}
        for place in places:
            for key, value in (("probe", place.serial.lower()), ("port", place.port)):
                if value and (other := seen.setdefault(f"{key} {value}", place.name)) != place.name:
                    raise self._wrong(f"places.{place.name}.{key} is that of places.{other}; every board has its own")

    def _wrong(self, what: str) -> InputError:
        return InputError(what, self._path)
