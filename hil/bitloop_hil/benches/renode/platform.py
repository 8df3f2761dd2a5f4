"""What Renode needs to be a board, generated from the board file: a platform description (.repl), a script (.resc).

Boards whose UART is Arm's CMSDK are described whole: memory, core, interrupt controller, UART, cycle counter. ST's
boards receive by DMA into a ring, which Renode's models (1.16) do not do as the chips: `LACKING` says why for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile

_CPUS = {
    "cortex-m0": "cortex-m0",
    "cortex-m0plus": "cortex-m0+",
    "cortex-m3": "cortex-m3",
    "cortex-m4f": "cortex-m4f",
    "cortex-m7": "cortex-m7",
    "cortex-m33": "cortex-m33",
}
_FEW_PRIORITIES, _MANY_PRIORITIES = (
    0xC0,
    0xF0,
)  # the bits an Armv6-M core has of a priority, and what most others have
_CYCLE_COUNTER = 1  # BL_TICK_SOURCE
_WORKS_WITH_CMSDK, _UART = "cmsdk_uart", "uart0"


_NO_CIRCLE = "Renode models its stream-type DMA without the circular mode the firmware receives by"
_BOTH_HALVES = "Renode's DMA reports both halves of a ring at once, which the firmware has to take for lost bytes"
_NO_CHIP = "Renode has no platform of its chip"
LACKING: Mapping[str, str] = {
    "stm32f0discovery": _BOTH_HALVES,
    "nucleo-f103rb": _BOTH_HALVES,
    "nucleo-f401re": _NO_CIRCLE,
    "nucleo-f411re": _NO_CIRCLE,
    "nucleo-f412zg": _NO_CIRCLE,
    "nucleo-f429zi": _NO_CIRCLE,
    "nucleo-f446re": _NO_CIRCLE,
    "nucleo-f767zi": _NO_CIRCLE,
    "nucleo-h743zi": _NO_CIRCLE,
    "b-l475e-iot01a": _NO_CHIP,
    "nucleo-l432kc": _NO_CHIP,
    "nucleo-l476rg": _NO_CHIP,
    "nucleo-l031k6": _NO_CHIP,
    "nucleo-c031c6": _NO_CHIP,
    "steval-stwinkt1b": _NO_CHIP,
    "b-u585i-iot02a": _NO_CHIP,
    "nucleo-u575zi-q": _NO_CHIP,
    "steval-stwinbx1": _NO_CHIP,
    "stm32f4discovery": _NO_CIRCLE,
}
"""Why a board cannot be in Renode."""


@dataclass(frozen=True, slots=True)
class Files:
    """Names of a run's files, all in one folder."""

    image: str = "image.elf"
    platform: str = "board.repl"
    script: str = "board.resc"
    line: str = "line"


def unknown(board: BoardFile) -> str:
    """Why Renode cannot be that board, in words; empty if it can."""
    if board.image is not None and board.image.driver == _WORKS_WITH_CMSDK:
        return ""
    return LACKING.get(board.name, "Renode has neither its chip nor its UART")


def write(board: BoardFile, folder: Path, files: Files = Files()) -> Path:
    """Write platform and script into a folder; returns the script. BuildError where Renode cannot be the board."""
    if reason := unknown(board):
        raise BuildError(f"{board.name} cannot run in Renode: {reason}; use the virtual bench")
    assert board.image is not None  # noqa: S101 - a board Renode can be has one
    values = {
        "board": board,
        "cpu": _CPUS[board.core],
        "uart": _UART,
        "mips": max(1, board.clock_hz // 1_000_000),
        "priorities": _FEW_PRIORITIES if board.core.startswith("cortex-m0") else _MANY_PRIORITIES,
        "counts_cycles": board.image.defines.get("BL_TICK_SOURCE") == _CYCLE_COUNTER,
        "image": _path(folder / files.image),
        "platform": _path(folder / files.platform),
        "line": (folder / files.line).resolve(),
        "script": files.script,
    }
    environment = jinja2.Environment(  # noqa: S701 - the text is not HTML
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    for template, name in (("board.repl.j2", files.platform), ("board.resc.j2", files.script)):
        (folder / name).write_text(environment.get_template(template).render(**values), encoding="utf-8")
    return folder / files.script


def _path(path: Path) -> str:
    """A path behind the monitor's `@`, where blanks end it unless told not to."""
    return str(path.resolve()).replace(" ", "\\ ")
