"""The firmware's framing on this machine: firmware/link built for the host and called through ctypes."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from bitloop import resources
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.link.frame import Frame

_C = b"""\
#include "link/frame.h"

#define EXPORT __attribute__((visibility("default"), used))

EXPORT size_t encode(uint32_t type, uint32_t sequence, size_t size, const uint8_t payload[], uint8_t line[]);
EXPORT uint32_t parse(size_t size, uint8_t data[], uint32_t header[]);
EXPORT uint32_t crc32(size_t size, const uint8_t data[]);
EXPORT ptrdiff_t cobs_decode(size_t size, uint8_t data[]);

size_t encode(uint32_t type, uint32_t sequence, size_t size, const uint8_t payload[], uint8_t line[])
{
    struct bl_writer writer;
    bl_frame_begin(&writer, line, type, sequence, size);
    bl_frame_put(&writer, size, payload);
    return bl_frame_end(&writer);
}

uint32_t parse(size_t size, uint8_t data[], uint32_t header[])
{
    struct bl_frame frame = {0};
    const enum bl_frame_state state = bl_frame_parse(size, data, &frame);
    header[0] = frame.type;
    header[1] = frame.sequence;
    header[2] = frame.length;
    return (uint32_t)state;
}

uint32_t crc32(size_t size, const uint8_t data[])
{
    return bl_crc32_end(bl_crc32_more(BL_CRC32_START, size, data));
}

ptrdiff_t cobs_decode(size_t size, uint8_t data[])
{
    return bl_cobs_decode(size, data);
}
"""

GOOD, MALFORMED, CORRUPT = range(3)


@cache
def _library() -> Any:
    sources = Sources.of(resources.firmware(), "link/*.h") | Sources({"link.c": _C})
    library = ctypes.CDLL(str(Toolchain("zig", target("host")).shared(sources, Flags("-O2"), "link.so")))
    library.encode.restype = ctypes.c_size_t
    library.encode.argtypes = [ctypes.c_uint32, ctypes.c_uint32, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_char_p]
    library.parse.restype = ctypes.c_uint32
    library.parse.argtypes = [ctypes.c_size_t, ctypes.c_char_p, ctypes.POINTER(ctypes.c_uint32)]
    library.crc32.restype = ctypes.c_uint32
    library.crc32.argtypes = [ctypes.c_size_t, ctypes.c_char_p]
    library.cobs_decode.restype = ctypes.c_ssize_t
    library.cobs_decode.argtypes = [ctypes.c_size_t, ctypes.c_char_p]
    return library


def encode(frame: Frame) -> bytes:
    """A frame as the firmware writes it."""
    size = len(frame.payload)
    line = ctypes.create_string_buffer(size + size // 254 + 32)
    written = _library().encode(frame.type, frame.sequence, size, frame.payload, line)
    return line.raw[:written]


def parse(chunk: bytes) -> tuple[int, Frame]:
    """State and frame the firmware makes of what stood between two zeros."""
    data, header = ctypes.create_string_buffer(chunk, len(chunk) + 1), (ctypes.c_uint32 * 3)()
    state = int(_library().parse(len(chunk), data, header))
    return state, Frame(header[0], header[1], data.raw[6 : 6 + header[2]])


def crc32(data: bytes) -> int:
    """CRC-32 as the firmware computes it."""
    return int(_library().crc32(len(data), data))


def cobs_decode(chunk: bytes) -> bytes | None:
    """What the firmware decodes, None if it refuses."""
    data = ctypes.create_string_buffer(chunk, len(chunk) + 1)
    size = int(_library().cobs_decode(len(chunk), data))
    return None if size < 0 else data.raw[:size]
