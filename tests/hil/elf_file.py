"""ELF images of a few bytes, written by hand: what a flasher gets when nobody has compiled anything."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

_HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
_SEGMENT = struct.Struct("<8I")
_EXECUTABLE, _ARM, _LOAD, _READ_EXECUTE = 2, 40, 1, 5


def write_elf(path: Path, parts: Sequence[tuple[int, bytes]]) -> Path:
    """An ELF file for a 32-bit Arm that loads these bytes to these physical addresses."""
    at = _HEADER.size + _SEGMENT.size * len(parts)
    table, content = b"", b""
    for address, data in parts:
        offset = at + len(content)
        table += _SEGMENT.pack(_LOAD, offset, address, address, len(data), len(data), _READ_EXECUTE, 4)
        content += data
    ident = b"\x7fELF\x01\x01\x01" + bytes(9)
    header = _HEADER.pack(
        ident, _EXECUTABLE, _ARM, 1, parts[0][0], _HEADER.size, 0, 0, _HEADER.size, _SEGMENT.size, len(parts), 0, 0, 0
    )
    path.write_bytes(header + table + content)
    return path
