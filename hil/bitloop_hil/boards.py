"""Boards as data: one TOML file each in boards/, read into a checked `BoardFile`.

title = "..."                       for people
core = "cortex-m4f"                 a target of boards/targets.toml
benches = ["virtual"]               where it can be opened
clock_hz = 80_000_000

[memory]                            absolute addresses; sizes as "1M", "128K" or bytes
flash = {origin = 0x08000000, size = "1M"}
ram = {origin = 0x20000000, size = "96K"}
more = {sram2 = {origin = 0x10000000, size = "32K"}}     RAM that images leave alone (may be absent)

[image]                             what firmware for it looks like (absent: the board is a target for budgets only)
driver = "stm32_usart_v2"           firmware/drivers/<driver>.c
stack = "8K"
payload = 1024                      largest payload of a frame it takes

[image.defines]                     constants of the driver, as C macros
BL_UART_BASE = 0x40013800

Boards with a microcontroller that bitloop drives and flashes have `[chip]` and `[probe]` too: see chips.py. Their
`[[sensors]]` and `[arduino]` are in buses.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.errors import BuildError
from bitloop.targets import Target, cores, target
from bitloop_hil.board import Board
from bitloop_hil.buses import FittedSensor, read_arduino, read_sensors, shield
from bitloop_hil.chips import Chip, ProbeFile, read_chip, read_probe
from bitloop_hil.fields import Fields, Region, read_file

BENCHES = ("virtual", "qemu", "renode", "hardware")
__all__ = ["BENCHES", "BoardFile", "Chip", "ImageFile", "ProbeFile", "Region", "board_file", "names", "open_board"]


@dataclass(frozen=True, slots=True)
class ImageFile:
    """What the firmware for a board is made of. `stack` in bytes, `payload` the largest of a frame."""

    driver: str
    stack: int
    payload: int
    defines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoardFile:
    """A board as its file describes it. `image` is None for boards that only serve as targets for budgets.

    `chip` and `probe` are None for boards of emulators; `more` names the RAM that images leave alone. `arduino` is
    the bus that a shield's sensors are on, empty where no shield fits.
    """

    name: str
    title: str
    core: str
    benches: tuple[str, ...]
    clock_hz: int
    flash: Region
    ram: Region
    image: ImageFile | None
    chip: Chip | None = None
    probe: ProbeFile | None = None
    more: Mapping[str, Region] = field(default_factory=dict)
    sensors: tuple[FittedSensor, ...] = ()
    arduino: str = ""

    @property
    def target(self) -> Target:
        """Core and ABI to build for."""
        return target(self.core)

    @staticmethod
    def load(path: Path) -> BoardFile:
        """Read and check a board file; BuildError names the file and the field at fault."""
        fields, data = read_file(path)
        return _board(fields, path.stem, data)


@cache
def board_file(name: str) -> BoardFile:
    """The board of that name; BuildError lists the known ones."""
    if name not in names():
        raise BuildError(f"no board is called {name!r}; choose one of {', '.join(names())}")
    return BoardFile.load(resources.boards() / f"{name}.toml")


def with_shield(board: BoardFile, name: str) -> BoardFile:
    """The board with a shield in its Arduino connector; BuildError if it has none, or there is no such shield."""
    if not board.arduino:
        raise BuildError(f"{board.name} has no Arduino connector with a known bus, so no shield fits")
    return replace(board, sensors=board.sensors + shield(name).on(board.arduino))


@cache
def names() -> tuple[str, ...]:
    """Every board there is a file for."""
    return tuple(sorted(path.stem for path in resources.boards().glob("*.toml") if path.stem != "targets"))


def boards_with(has: Callable[[BoardFile], bool]) -> str:
    """Names of the boards of which that is true, for messages."""
    return ", ".join(one.name for one in map(board_file, names()) if has(one))


def open_board(name: str, bench: str) -> Board:
    """The board on a bench, powered and waiting for an image; BuildError if that bench has no such board."""
    from bitloop_hil.rig import Place, open_place

    return open_place(Place(name, name, bench))


def _board(fields: Fields, name: str, data: Mapping[str, Any]) -> BoardFile:
    known = {"title", "core", "benches", "clock_hz", "memory", "image", "chip", "probe", "sensors", "arduino"}
    fields.only(data, known, "the file")
    core = fields.take(data, "core", str)
    if core not in cores():
        raise fields.wrong(f"core {core!r} is unknown; choose one of {', '.join(cores())}")
    benches = tuple(fields.take(data, "benches", list))
    if unknown := [bench for bench in benches if bench not in BENCHES]:
        raise fields.wrong(f"bench {unknown[0]!r} is unknown; choose from {', '.join(BENCHES)}")
    memory = fields.take(data, "memory", dict)
    fields.only(memory, {"flash", "ram", "more"}, "[memory]")
    more = fields.take(memory, "more", dict) if "more" in memory else {}
    image = _image(fields, fields.take(data, "image", dict)) if "image" in data else None
    if benches and image is None:
        raise fields.wrong("a board on a bench needs an [image] section")
    ram = fields.region(memory, "ram", "memory")
    if image is not None and image.stack >= ram.size:
        raise fields.wrong(f"a stack of {image.stack} bytes does not fit into {ram.size} bytes of RAM")
    chip = read_chip(fields, fields.take(data, "chip", dict)) if "chip" in data else None
    return BoardFile(
        name,
        fields.take(data, "title", str),
        core,
        benches,
        fields.count(data, "clock_hz"),
        fields.region(memory, "flash", "memory"),
        ram,
        image,
        chip,
        read_probe(fields, fields.take(data, "probe", dict)) if "probe" in data else None,
        {region: fields.region(more, region, "memory.more") for region in more},
        read_sensors(fields, data, *((chip.i2c, chip.spi, chip.pdm) if chip else ((), (), ()))),
        read_arduino(fields, data, chip.i2c if chip else ()),
    )


def _image(fields: Fields, data: Mapping[str, Any]) -> ImageFile:
    fields.only(data, {"driver", "stack", "payload", "defines"}, "[image]")
    driver = fields.take(data, "driver", str)
    if not (resources.firmware() / "drivers" / f"{driver}.c").is_file():
        raise fields.wrong(f"driver {driver!r} does not exist in firmware/drivers")
    payload = fields.number(data, "payload", 64, 0xFFFF)
    defines = data.get("defines", {})
    if not isinstance(defines, dict) or not all(isinstance(value, int) for value in defines.values()):
        raise fields.wrong("[image.defines] has to be integers by name")
    stack = fields.size(data, "stack")
    if stack % 8 or stack < 512:
        raise fields.wrong(f"stack = {stack} has to be a multiple of 8 and at least 512")
    return ImageFile(driver, stack, payload, dict(defines))
