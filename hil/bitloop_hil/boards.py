"""Boards as data: one TOML file each in boards/, read into a checked `BoardFile`.

title = "..."                       for people
core = "cortex-m4f"                 a target of boards/targets.toml
benches = ["virtual"]               where it can be opened
clock_hz = 80_000_000

[memory]                            absolute addresses; sizes as "1M", "128K" or bytes
flash = {origin = 0x08000000, size = "1M"}
ram = {origin = 0x20000000, size = "96K"}

[image]                             what firmware for it looks like (absent: the board is a target for budgets only)
driver = "stm32_usart_v2"           firmware/drivers/<driver>.c
stack = "8K"
payload = 1024                      largest payload of a frame it takes

[image.defines]                     constants of the driver, as C macros
BL_UART_BASE = 0x40013800
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.errors import BuildError
from bitloop.targets import Target, cores, target
from bitloop_hil.board import Board

BENCHES = ("virtual", "qemu", "renode", "hardware")
_UNITS = {"K": 1 << 10, "M": 1 << 20}


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of memory: first address and bytes."""

    origin: int
    size: int

    @property
    def end(self) -> int:
        """First address behind it."""
        return self.origin + self.size


@dataclass(frozen=True, slots=True)
class ImageFile:
    """What the firmware for a board is made of. `stack` in bytes, `payload` the largest of a frame."""

    driver: str
    stack: int
    payload: int
    defines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoardFile:
    """A board as its file describes it. `image` is None for boards that only serve as targets for budgets."""

    name: str
    title: str
    core: str
    benches: tuple[str, ...]
    clock_hz: int
    flash: Region
    ram: Region
    image: ImageFile | None

    @property
    def target(self) -> Target:
        """Core and ABI to build for."""
        return target(self.core)

    @staticmethod
    def load(path: Path) -> BoardFile:
        """Read and check a board file; BuildError names the file and the field at fault."""
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BuildError(f"board file {path} cannot be read ({error})") from error
        return _Reader(path).board(data)


@cache
def board_file(name: str) -> BoardFile:
    """The board of that name; BuildError lists the known ones."""
    if name not in names():
        raise BuildError(f"no board is called {name!r}; choose one of {', '.join(names())}")
    return BoardFile.load(resources.boards() / f"{name}.toml")


@cache
def names() -> tuple[str, ...]:
    """Every board there is a file for."""
    return tuple(sorted(path.stem for path in resources.boards().glob("*.toml") if path.stem != "targets"))


def open_board(name: str, bench: str) -> Board:
    """The board on a bench, powered and waiting for an image; BuildError if that bench has no such board."""
    board = board_file(name)
    if bench not in board.benches:
        known = f"it is on {', '.join(board.benches)}" if board.benches else "no bench has it yet"
        raise BuildError(f"board {name} is not on the bench {bench!r}; {known}")
    if bench == "virtual":
        from bitloop_hil.benches.virtual import VirtualBoard

        return VirtualBoard(board)
    if bench == "qemu":
        from bitloop_hil.benches.qemu import QemuBoard

        return QemuBoard(board)
    raise BuildError(f"the bench {bench!r} is not part of this bitloop; choose virtual or qemu")


class _Reader:
    """Fields of a board file, each checked where it is taken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def board(self, data: Mapping[str, Any]) -> BoardFile:
        self._only(data, {"title", "core", "benches", "clock_hz", "memory", "image"}, "the file")
        core = self._take(data, "core", str)
        if core not in cores():
            raise self._wrong(f"core {core!r} is unknown; choose one of {', '.join(cores())}")
        benches = tuple(self._take(data, "benches", list))
        if unknown := [bench for bench in benches if bench not in BENCHES]:
            raise self._wrong(f"bench {unknown[0]!r} is unknown; choose from {', '.join(BENCHES)}")
        memory = self._take(data, "memory", dict)
        self._only(memory, {"flash", "ram"}, "[memory]")
        image = self._image(self._take(data, "image", dict)) if "image" in data else None
        if benches and image is None:
            raise self._wrong("a board on a bench needs an [image] section")
        ram = self._region(memory, "ram")
        if image is not None and image.stack >= ram.size:
            raise self._wrong(f"a stack of {image.stack} bytes does not fit into {ram.size} bytes of RAM")
        return BoardFile(
            self._path.stem,
            self._take(data, "title", str),
            core,
            benches,
            self._count(data, "clock_hz"),
            self._region(memory, "flash"),
            ram,
            image,
        )

    def _image(self, data: Mapping[str, Any]) -> ImageFile:
        self._only(data, {"driver", "stack", "payload", "defines"}, "[image]")
        driver = self._take(data, "driver", str)
        if not (resources.firmware() / "drivers" / f"{driver}.c").is_file():
            raise self._wrong(f"driver {driver!r} does not exist in firmware/drivers")
        payload = self._count(data, "payload")
        if not 64 <= payload <= 0xFFFF:
            raise self._wrong(f"payload = {payload} has to be 64 to 65535")
        defines = data.get("defines", {})
        if not isinstance(defines, dict) or not all(isinstance(value, int) for value in defines.values()):
            raise self._wrong("[image.defines] has to be integers by name")
        stack = self._size(data, "stack")
        if stack % 8 or stack < 512:
            raise self._wrong(f"stack = {stack} has to be a multiple of 8 and at least 512")
        return ImageFile(driver, stack, payload, dict(defines))

    def _region(self, memory: Mapping[str, Any], name: str) -> Region:
        region = self._take(memory, name, dict)
        self._only(region, {"origin", "size"}, f"memory.{name}")
        origin, size = self._take(region, "origin", int), self._size(region, "size")
        if origin < 0 or size <= 0 or origin + size > 1 << 32 or origin % 1024 or size % 1024:
            raise self._wrong(f"memory.{name} has to lie within 4 GiB, in whole KiB")
        return Region(origin, size)

    def _size(self, data: Mapping[str, Any], name: str) -> int:
        value = data.get(name)
        if isinstance(value, str) and value[:-1].isdigit() and value[-1:] in _UNITS:
            return int(value[:-1]) * _UNITS[value[-1]]
        return self._count(data, name)

    def _count(self, data: Mapping[str, Any], name: str) -> int:
        value: int = self._take(data, name, int)
        if value <= 0:
            raise self._wrong(f"{name} = {value} has to be positive")
        return value

    def _take(self, data: Mapping[str, Any], name: str, kind: type) -> Any:
        value = data.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self._wrong(f"{name} is missing or not of type {kind.__name__}")
        return value

    def _only(self, data: Mapping[str, Any], known: set[str], where: str) -> None:
        if extra := sorted(set(data) - known):
            raise self._wrong(f"{where} has the unknown field {extra[0]!r}")

    def _wrong(self, what: str) -> BuildError:
        return BuildError(f"board file {self._path}: {what}")
