"""What an image puts where."""

from __future__ import annotations

import io
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from bitloop.errors import FlashError


def segments(image: Path) -> list[tuple[int, bytes]]:
    """(physical address, bytes) of everything an ELF image loads; FlashError if it is none or loads nothing."""
    try:
        elf = ELFFile(io.BytesIO(image.read_bytes()))
        found = [(int(s["p_paddr"]), bytes(s.data())) for s in elf.iter_segments("PT_LOAD") if s["p_filesz"]]
    except (OSError, ELFError) as error:
        raise FlashError(f"{image} is no image ({error}); build it first") from error
    if not found:
        raise FlashError(f"{image} loads nothing; build it with a linker script")
    return found
