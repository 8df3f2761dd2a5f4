"""Learned knowledge as bytes: the twin of firmware/kernels/knowledge.h."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from bitloop.library.file import Library
from bitloop.library.layout import check_word

_HEADER = struct.Struct("<4sIII")
_MAGIC, _VERSION = b"BLKN", 1


def size(words: int) -> int:
    """Bytes of `words` floats of state, saved."""
    return _HEADER.size + 4 * words + 4


def save(library: Library, state: NDArray[np.float32]) -> bytes:
    """Header, state as little-endian binary32, CRC-32 of both."""
    body = _HEADER.pack(_MAGIC, _VERSION, check_word(library), len(state)) + state.astype("<f4").tobytes()
    return body + struct.pack("<I", zlib.crc32(body))


def restore(library: Library, words: int, buffer: bytes) -> NDArray[np.float32] | None:
    """The saved state, or None unless the buffer is whole, of this library, and every word is finite."""
    if len(buffer) < size(words):
        return None
    body, check = buffer[: size(words) - 4], buffer[size(words) - 4 : size(words)]
    if body[: _HEADER.size] != _HEADER.pack(_MAGIC, _VERSION, check_word(library), words):
        return None
    if check != struct.pack("<I", zlib.crc32(body)):
        return None
    state = np.frombuffer(body, dtype="<f4", offset=_HEADER.size).astype(np.float32)
    return state if np.isfinite(state).all() else None
