"""A datalogger as a folder of readable C with a Makefile, and as an image."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.cache import digest
from bitloop.errors import BitloopError, BuildError
from bitloop.files import write_bytes
from bitloop.toolchain import BARE_GCC_LINK, Flags, Sources, Toolchain, gcc_command
from bitloop_hil.boards import ImageFile
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
    source = ["sensors/source.h", *plan.source.files(plan.board)]
    link = ["link/*.[ch]"] if plan.binary else []
    found = Sources.of(firmware, *app, *BARE_SOURCES, *port_sources(plan.board, parts), *source, *link)
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
        "README.md": render("logger.md.j2", plan=plan, measured=plan.source.measured, rate=float(plan.source.hz)),
    }


def _sensor(plan: Plan) -> dict[str, Any]:
    source = plan.source
    return {
        "board": plan.board,
        "source": source,
        "measured": source.measured,
        "rate": float(source.hz),
        "millihertz": int(source.hz * 1000),
        "scales": [f"{{{one.offset}, {one.multiplier}, {one.divisor}u}}" for one in source.measured.scales],
        "continuous": plan.continuous,
        "samples": plan.samples or 1,
        "block_samples": plan.block_samples,
        "look_ticks": plan.look_ticks,
        "period_ticks": int(plan.board.clock_hz / source.hz),
        **source.values(),
    }


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
