"""What a debugger finds behind the debug port: identification, ROM tables, component registers (components.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bitloop.errors import ProbeError

PAGE = 0x1000
_ROM_TABLE, _CORESIGHT, _GENERIC = 0x1, 0x9, 0xE  # classes of components (Arm IHI 0029 B2.2)
_DESIGNER, _CONTINUATION = 0x3B, 4  # Arm, in JEP 106
_PRESENT_32_BIT = 3
_PIDR4 = 0xFD0
_DEVARCH, _DEVTYPE = 0xFBC, 0xFCC
IDENTITY = _DEVARCH
"""Offset in its page from which a component tells what it is."""


@dataclass(frozen=True, slots=True)
class Components:
    """Of one core. `pages` are read-only words by address: ROM tables and identification registers."""

    dpidr: int
    ap: int
    wrap: int
    base: int
    breakpoints: int
    rom_pages: frozenset[int]
    words: Mapping[int, int]

    @property
    def code_comparators(self) -> int:
        """Breakpoints the core has (FP_CTRL.NUM_CODE, DDI 0403E C1.11.3)."""
        return self.breakpoints >> 8 & 0x70 | self.breakpoints >> 4 & 0xF

    @property
    def any_address(self) -> bool:
        """Whether breakpoints may be anywhere (version 2 of the unit), not only in the code area."""
        return bool(self.breakpoints >> 28)

    @staticmethod
    def of(core: str, family: str = "") -> Components:
        """Of a core of boards/targets.toml, in a chip of a family; ProbeError if no debug port is known for it."""
        tables = _tables()
        if core not in tables or core == "families":
            raise ProbeError(f"the virtual bench has no debug port for the core {core!r}")
        data = tables[core] | tables["families"].get(family, {})
        words: dict[int, int] = {}
        for table in data["rom"]:
            words |= _identity(table["at"], _ROM_TABLE, table["part"])
            for index, entry in enumerate(table["entries"]):
                words[table["at"] + 4 * index] = (entry - table["at"]) & 0xFFFFF000 | _PRESENT_32_BIT
        architectures: Mapping[str, list[int]] = data.get("architectures", {})
        for page, part in data["parts"].items():
            words |= _identity(int(page, 0), _CORESIGHT if page in architectures else _GENERIC, part)
        for page, (architecture, kind) in architectures.items():
            words |= {int(page, 0) + _DEVARCH: architecture, int(page, 0) + _DEVTYPE: kind}
        rom = frozenset(table["at"] for table in data["rom"])
        return Components(data["dpidr"], data["ap"], data["wrap"], data["base"], data["breakpoints"], rom, words)


def _identity(page: int, kind: int, part: int) -> dict[int, int]:
    """PIDR4..7, PIDR0..3 and CIDR0..3 of a component (Arm IHI 0029 B2.2)."""
    words = [_CONTINUATION, 0, 0, 0]
    words += [part & 0xFF, part >> 8 | (_DESIGNER & 0xF) << 4, _DESIGNER >> 4 | 8, 0]
    words += [0x0D, kind << 4, 0x05, 0xB1]
    return {page + _PIDR4 + 4 * index: word for index, word in enumerate(words)}


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "components.toml").read_text(encoding="utf-8"))
