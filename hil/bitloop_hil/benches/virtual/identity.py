"""What a core says about itself, and what of the architecture it has: one row per core, from their reference manuals.

M0 DDI 0432C, M0+ DDI 0484C, M3 DDI 0337I, M4 DDI 0439D, M7 DDI 0489F, M33 100230. Registers are those at 0xE000ED00
and up that a debugger or start-up code reads. Exceptions cost what the manuals say for memory without waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_MVFR_SINGLE = {0xF40: 0x10110021, 0xF44: 0x11000011, 0xF48: 0x00000000}
_MVFR_SINGLE_V5 = {0xF40: 0x10110021, 0xF44: 0x11000011, 0xF48: 0x00000040}
_MVFR_DOUBLE_V5 = {0xF40: 0x10110221, 0xF44: 0x12000011, 0xF48: 0x00000040}


@dataclass(frozen=True, slots=True)
class Identity:
    """`mainline` is Armv7-M or Armv8-M Mainline: BASEPRI, FAULTMASK, configurable faults and their registers."""

    cpuid: int
    mainline: bool
    priority_bits: int
    dwt_control: int
    ccr: int
    entry_cycles: int
    return_cycles: int
    fpu: bool = False
    registers: Mapping[int, int] = field(default_factory=dict)


_ARMV7M = {
    0xD40: 0x00000030,
    0xD44: 0x00000200,
    0xD48: 0x00100000,
    0xD50: 0x00100030,
    0xD58: 0x01000000,
    0xD60: 0x01141110,
    0xD68: 0x21112231,
    0xD90: 0x00000800,
}

CORES: Mapping[str, Identity] = {
    "cortex-m0": Identity(0x410CC200, False, 2, 0x20000000, 0x208, 16, 16),
    "cortex-m0plus": Identity(0x410CC601, False, 2, 0x20000000, 0x208, 15, 15, False, {0xD90: 0x00000800}),
    "cortex-m3": Identity(
        0x411FC231,
        True,
        4,
        0x40000000,
        0x200,
        12,
        10,
        False,
        _ARMV7M | {0xD64: 0x02111000, 0xD6C: 0x01111110, 0xD70: 0x01310132, 0xD90: 0},
    ),
    "cortex-m4f": Identity(
        0x410FC241,
        True,
        4,
        0x40000000,
        0x200,
        12,
        10,
        True,
        _ARMV7M | {0xD64: 0x02112000, 0xD6C: 0x01111131, 0xD70: 0x01310102} | _MVFR_SINGLE,
    ),
    "cortex-m7": Identity(
        0x411FC271,
        True,
        4,
        0x40000000,
        0x40200,
        12,
        10,
        True,
        _ARMV7M
        | {0xD60: 0x01101110, 0xD64: 0x02112000, 0xD68: 0x20232231, 0xD6C: 0x01111131, 0xD70: 0x01310132}
        | {0xD78: 0x09000003, 0xD7C: 0x8303C003, 0xD80: 0xF003E019}
        | _MVFR_DOUBLE_V5,
    ),
    "cortex-m33": Identity(
        0x410FD214,
        True,
        4,
        0x40000000,
        0x201,
        12,
        10,
        True,
        _ARMV7M
        | {0xD44: 0x00000210, 0xD48: 0x00200000, 0xD50: 0x00101F40}
        | {0xD60: 0x01101110, 0xD64: 0x02212000, 0xD68: 0x20232232, 0xD6C: 0x01111131, 0xD70: 0x01310132}
        | _MVFR_SINGLE_V5,
    ),
}
