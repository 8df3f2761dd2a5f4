"""A datalogger as a folder of readable C with a Makefile, and as an image."""

from __future__ import annotations

import shutil
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.cache import digest
from bitloop.errors import BitloopError, BuildError
from bitloop.files import write_bytes
from bitloop.toolchain import BARE_GCC_LINK, Flags, Sources, Toolchain, gcc_command
from bitloop_hil.boards import ImageFile
from bitloop_hil.buses import I2c
from bitloop_hil.datalogger import carry
from bitloop_hil.datalogger.plan import Plan
from bitloop_hil.images import (
    BARE_SOURCES,
    BUILD_DIGITS,
    Image,
    defines,
    port_sources,
    render,
    ring,
    too_large,
)

IMAGE = "datalogger.elf"
_MARK = "sensor.h"
"""A folder with this file was written here, and may be written again with --force."""
_FLAGS = Flags("-O2", debug=True)
_APP = ("sampler.[ch]",)
_TEXT, _BINARY = ("text.c", "decimal.h"), ("binary.c",)


def sources(plan: Plan) -> Sources:
    """Everything the datalogger is made of, the Makefile and a page for people among it."""
    firmware = resources.firmware()
    parts = _parts(plan)
    app = [f"apps/datalogger/{name}" for name in (*_APP, *(_BINARY if plan.binary else _TEXT))]
    lines = "i2c" if isinstance(plan.bus, I2c) else "spi"
    drivers = ["drivers/bus.h", f"drivers/{plan.bus_driver}.c", f"drivers/stm32_{lines}_lines.h"]
    sensor = ["sensors/registers.[ch]"]
    if plan.quantity.calibration:
        sensor.append(f"sensors/{plan.quantity.calibration}.c")
    link = ["link/*.[ch]"] if plan.binary else []
    found = Sources.of(firmware, *app, *BARE_SOURCES, *port_sources(plan.board, parts), *drivers, *sensor, *link)
    found |= Sources({"LICENSE": (firmware / "LICENSE").read_bytes(), **_written(plan, parts)})
    content = [part for name in sorted(found.files) for part in (name, found.files[name])]
    build = digest([*defines(plan.board, parts), *content])[:BUILD_DIGITS]
    found |= Sources({"build.h": render("build.h.j2", build=build)})
    return found | Sources({"Makefile": _makefile(plan, found, parts)})


def build(plan: Plan, compiler: str = "zig") -> Image:
    """The datalogger's image by a compiler; BuildError if it does not compile or fit."""
    made = sources(plan)
    flags = Flags(_FLAGS.optimize, debug=True, defines=tuple(defines(plan.board, _parts(plan))))
    try:
        path = Toolchain(compiler, plan.board.target).executable(made, flags, IMAGE, script="image.ld")
    except BuildError as error:
        raise too_large(error, plan.board, "choose fewer --samples, or --continuous") from error
    line = made.files["build.h"].decode().split("{ ")[1].split(" }")[0]
    return Image(path, bytes(int(byte.rstrip("u"), 16) for byte in line.split(", ")).hex(), "")


def write(plan: Plan, folder: Path, image: Image, force: bool = False) -> None:
    """Write the folder, sources and image. It has to be new or empty, or with `force` one that was written here.

    Everything is written beside it first, and moved there at the end.
    """
    if folder.exists() and not folder.is_dir():
        raise BitloopError(f"{folder} is a file; choose another name for the datalogger's folder")
    filled = folder.is_dir() and any(folder.iterdir())
    if filled and not (force and (folder / _MARK).is_file()):
        raise BitloopError(
            f"{folder} has something in it; choose a new folder, or say --force where bitloop wrote it"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        fresh = Path(temporary) / "new"
        for name, content in sources(plan).files.items():
            write_bytes(fresh / name, content)
        shutil.copyfile(image.path, fresh / IMAGE)
        if folder.exists():
            folder.replace(Path(temporary) / "old")
        fresh.replace(folder)


def _parts(plan: Plan) -> ImageFile:
    """The board's image section at the datalogger's speed."""
    image = plan.board.image
    if image is None:
        raise BuildError(f"board {plan.board.name} has no [image] section; choose another")
    own = {"BL_BAUD": plan.baud, "BL_TICK_PERIOD": plan.board.clock_hz // 1000}
    return ImageFile(image.driver, image.stack, image.payload, {**image.defines, **own})


def _written(plan: Plan, parts: ImageFile) -> dict[str, bytes]:
    """What is written for this board, sensor, rate and range."""
    board = {"board": plan.board}
    return {
        "sensor.h": render("sensor.h.j2", **_sensor(plan)),
        "identity.h": render("logger_identity.h.j2", **board),
        "image.ld": render("image.ld.j2", **board),
        "chip.h": render("chip.h.j2", **board, chip=plan.chip, ring=ring(parts)),
        "README.md": render("logger.md.j2", plan=plan, rate=float(plan.rate.hz)),
    }


def _sensor(plan: Plan) -> dict[str, Any]:
    bus, quantity = plan.bus, plan.quantity
    if isinstance(bus, I2c):
        pins = [("SCL", bus.scl), ("SDA", bus.sda)]
        wired: dict[str, Any] = {"spi": None, "remap": bus.remap, "increment": quantity.increment}
        wired["address"] = quantity.address or plan.mounted.address
    else:
        pins = [("SCK", bus.sck), ("MISO", bus.miso), ("MOSI", bus.mosi)]
        if plan.mounted.select is not None:
            pins.append(("SELECT", plan.mounted.select))
        access = plan.sensor.spi
        wired = {"spi": access, "remap": None, "increment": access.increment if access else 0}
        wired |= {"divider": carry.spi_divider(bus.clock_hz, access.hz if access else 1), "spi_hz": plan.bus_hz}
    return wired | {
        "board": plan.board,
        "sensor": plan.sensor,
        "quantity": quantity,
        "bus": bus,
        "pins": pins,
        "range": plan.range,
        "rate": float(plan.rate.hz),
        "millihertz": int(plan.rate.hz * 1000),
        "codes": (plan.rate.code, plan.range.code),
        "letters": plan.letters,
        "axes": plan.axes,
        "places": [f"{quantity.places[axis]}u" for axis in plan.axes],
        "scales": [_scale(plan.range.step)] * len(plan.axes),
        "continuous": plan.continuous,
        "samples": plan.samples or 1,
        "block_samples": plan.block_samples,
        "decimals": plan.decimals,
        "burst": plan.burst,
        "look_ticks": plan.look_ticks,
        "period_ticks": int(plan.board.clock_hz / plan.rate.hz),
    }


def _scale(step: Fraction | None) -> str:
    """Initialiser of an axis: offset, multiplier, divisor; of 1 where the sensor says it later."""
    known = step or Fraction(1)
    return f"{{0, {known.numerator}, {known.denominator}u}}"


def _makefile(plan: Plan, made: Sources, parts: ImageFile) -> bytes:
    compiler, *options = gcc_command(plan.board.target, _FLAGS)
    return render(
        "Makefile.j2",
        compiler=compiler,
        flags=options,
        defines=[f"-D{define}" for define in defines(plan.board, parts)],
        link=["-Wl,--gc-sections", "-Wl,--no-enum-size-warning", *BARE_GCC_LINK],
        units=made.units,
    )
