"""Which source file each address of an ELF file comes from, by its DWARF line tables; inlined code, too."""

from __future__ import annotations

import bisect
import io
from pathlib import Path, PurePosixPath
from typing import Any

from elftools.elf.elffile import ELFFile

UNKNOWN = "run-time library"


class Lines:
    """`file(address)` is the path's last two parts, or UNKNOWN for code without debug information."""

    def __init__(self, image: Path | bytes) -> None:
        elf = ELFFile(io.BytesIO(image if isinstance(image, bytes) else image.read_bytes()))
        rows: list[tuple[int, str]] = []
        if elf.has_dwarf_info():
            dwarf = elf.get_dwarf_info()
            for unit in dwarf.iter_CUs():
                program = dwarf.line_program_for_CU(unit)
                if program is not None:
                    rows += _rows(program)
        rows.sort(key=lambda row: row[0])
        self._starts = [address for address, _ in rows]
        self._files = [name for _, name in rows]

    def file(self, address: int) -> str:
        """Of the instruction there."""
        at = bisect.bisect_right(self._starts, address) - 1
        return self._files[at] if at >= 0 else UNKNOWN

    def kernel(self, address: int) -> str:
        """`rfft` for code of kernels/rfft.h, else the file's name without its ending."""
        path = PurePosixPath(self.file(address))
        return path.stem if path.suffix else str(path)


def _rows(program: Any) -> list[tuple[int, str]]:
    """Sequences of one program as (first address, file); what lies behind a sequence is UNKNOWN."""
    rows: list[tuple[int, str]] = []
    sequence: list[tuple[int, str]] = []
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if not state.end_sequence:
            sequence.append((state.address, _name(program, state.file)))
            continue
        if sequence and sequence[0][0]:  # sections the linker dropped stand at 0
            rows += [*sequence, (state.address, UNKNOWN)]
        sequence = []
    return rows


def _name(program: Any, index: int) -> str:
    entries = program["file_entry"]
    first = 0 if program["version"] >= 5 else 1
    if not 0 <= index - first < len(entries):
        return UNKNOWN
    return PurePosixPath(entries[index - first].name.decode(errors="replace")).name
