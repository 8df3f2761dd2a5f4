"""What each bench can and cannot do, with the reason, so that a test that needs more is skipped and says why."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file

_QEMU, _RENODE = "qemu-system-arm", "renode"


@dataclass(frozen=True, slots=True)
class Feature:
    """Something a test may need. `lacking` has the reason for each bench that cannot do it."""

    text: str
    lacking: Mapping[str, str] = field(default_factory=dict)


FEATURES: Mapping[str, Feature] = {
    "cycles": Feature(
        "calls are measured in cycles of the core's clock",
        {"qemu": "QEMU counts instructions; it has no model of time", "renode": "Renode has no cycle model"},
    ),
    "timing": Feature(
        "cycles are the chip's, or those of a model calibrated on it, so limits on them mean something",
        {"qemu": "QEMU has no model of time", "renode": "Renode has no cycle model"},
    ),
    "instructions": Feature(
        "calls are measured in executed instructions, exactly",
        {
            "virtual": "the virtual bench measures cycles",
            "renode": "Renode counts in blocks of instructions",
            "hardware": "silicon measures cycles",
        },
    ),
    "deterministic": Feature(
        "the same run gives the same counts, always",
        {"hardware": "silicon shares its buses, so counts vary a little"},
    ),
    "flash": Feature(
        "images are programmed through a debug probe and read back",
        {
            "qemu": "QEMU loads images itself; it has no flash controller",
            "renode": "Renode loads images itself",
        },
    ),
    "debug": Feature(
        "pyOCD can halt, step and inspect the core",
        {"qemu": "QEMU has no debug port for pyOCD", "renode": "Renode has no debug port for pyOCD"},
    ),
    "line": Feature(
        "bytes move at the speed of the serial line, so overruns and wrong baud rates show",
        {
            "qemu": "QEMU's link is a pair of pipes without a speed",
            "renode": "Renode's line passes bytes as soon as they are written",
        },
    ),
    "inject": Feature(
        "faults are made on purpose by board.inject",
        {
            "qemu": "QEMU's machines do not fail on request",
            "renode": "Renode's machines do not fail on request",
            "hardware": "a real board fails when it likes, not on request",
        },
    ),
    "motion": Feature(
        "motions are replayed into the board's sensors by board.replay",
        {
            "qemu": "QEMU's machines have no sensors",
            "renode": "Renode's platforms have no sensors",
            "hardware": "a real board feels what happens to it",
        },
    ),
    "silicon": Feature(
        "the code runs on the very chip",
        {bench: f"the {bench} bench models the chip" for bench in ("virtual", "qemu", "renode")},
    ),
    "fpu": Feature("the core computes float32 in hardware"),
}
"""Every feature by name. Some depend on the board besides, see `lack`."""


def lack(feature: str, bench: str, board: str) -> str:
    """Why a board on a bench cannot do that, in words; empty if it can. BuildError for an unknown feature."""
    if feature not in FEATURES:
        raise BuildError(f"there is no feature {feature!r}; choose from {', '.join(FEATURES)}")
    return FEATURES[feature].lacking.get(bench, "") or _board_lacks(feature, bench, board_file(board))


def offered(bench: str, board: str) -> tuple[str, ...]:
    """Names of all a board on a bench can do."""
    return tuple(name for name in FEATURES if not lack(name, bench, board))


def uncertainty(bench: str, core: str) -> float:
    """Relative error to expect of a bench's ticks: 0.03 is 3 %, and 0 where they are counted, not modelled."""
    if bench != "virtual":
        return 0.0
    from bitloop_hil.timing.tables import table

    return table(core).uncertainty


def tool_missing(bench: str) -> str:
    """Which program a bench needs that is not on the PATH, in words; empty if all is there."""
    for name, program in (("qemu", _QEMU), ("renode", _RENODE)):
        if bench == name and shutil.which(program) is None:
            return f"the bench {bench!r} needs {program} on the PATH; install it"
    return ""


def _board_lacks(feature: str, bench: str, board: BoardFile) -> str:
    if feature == "fpu" and not board.target.fpu:
        return f"the {board.core} of {board.name} has no floating-point unit"
    if feature in ("flash", "debug") and bench == "virtual" and board.probe is None:
        return f"{board.name} has no debug probe; its image is loaded directly"
    if feature == "line" and bench == "virtual" and board.chip is None:
        return f"{board.name} is a core without a chip; its bytes move as fast as they come"
    if feature == "motion" and not board.sensors:
        return f"no sensors are known on {board.name}"
    if feature == "timing" and bench == "virtual" and board.core == "cortex-m7":
        return "the cycle model of the Cortex-M7 is an estimate"
    return ""
