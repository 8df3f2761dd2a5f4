"""Addresses of an image in words: the function, and the line of source where the image has debug information."""

from __future__ import annotations

import bisect
import io
import re
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from elftools.elf.elffile import ELFFile

_ADDRESS = re.compile(r"\bpc 0x([0-9a-f]{8})\b")


class Symbols:
    """Symbols of an ELF image, read when they are first asked for."""

    def __init__(self, image: Path) -> None:
        self._image = image

    def describe(self, address: int) -> str:
        """`bl_rfft, rfft.h line 20`, or `unknown code` for what lies outside every function."""
        address &= ~1
        at = bisect.bisect_right(self._starts, address) - 1
        if at < 0 or address >= self._functions[at][1]:
            return "unknown code"
        name, line = self._functions[at][2], self._line(address)
        return f"{name}, {line}" if line else name

    def annotate(self, text: str) -> str:
        """The text with every `pc 0x...` in it explained."""
        return _ADDRESS.sub(lambda found: f"{found[0]} ({self.describe(int(found[1], 16))})", text)

    @cached_property
    def _elf(self) -> ELFFile:
        return ELFFile(io.BytesIO(self._image.read_bytes()))

    @cached_property
    def _functions(self) -> list[tuple[int, int, str]]:
        table = self._elf.get_section_by_name(".symtab")
        symbols = table.iter_symbols() if table else ()
        return sorted(
            (s["st_value"] & ~1, (s["st_value"] & ~1) + s["st_size"], str(s.name))
            for s in symbols
            if s["st_info"]["type"] == "STT_FUNC"
        )

    @cached_property
    def _starts(self) -> list[int]:
        return [first for first, _, _ in self._functions]

    def _line(self, address: int) -> str:
        """File and line, empty where the image does not say."""
        if not self._elf.has_dwarf_info():
            return ""
        dwarf = self._elf.get_dwarf_info()
        for unit in dwarf.iter_CUs():
            program = dwarf.line_program_for_CU(unit)
            before = None
            for entry in program.get_entries() if program else ():
                state = entry.state
                if state is None:
                    continue
                if before is not None and before.address <= address < state.address and not before.end_sequence:
                    return f"{_file(program, before.file)} line {before.line}"
                before = None if state.end_sequence else state
        return ""


def _file(program: Any, index: int) -> str:
    entries = program["file_entry"]
    first = 0 if program["version"] >= 5 else 1
    return PurePosixPath(entries[index - first].name.decode()).name
