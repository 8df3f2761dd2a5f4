"""Every packet of the link, declared once: the C header (firmware/link/packets.h) is generated from this file.

A packet is a fixed part (`layout`) and, for some, a tail of raw bytes that lasts to the end of the payload. All
numbers are little-endian. Requests have types below 0x80; the reply to request T has type T + 0x80, or ERROR.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import construct
from construct import Bytes, Int8ul, Int16ul, Int32sl, Int32ul, Int64ul, PaddedString, Struct

from bitloop.errors import LinkError

PROTOCOL: Final = 1
"""Version in every frame; raised when a reader of the old one would misunderstand."""

HEADER = Struct("version" / Int8ul, "type" / Int8ul, "sequence" / Int16ul, "length" / Int16ul)
CHECK_BYTES: Final = 4
OVERHEAD: Final = HEADER.sizeof() + CHECK_BYTES
"""Bytes of a frame beside its payload, before COBS."""
REPLY: Final = 0x80


@dataclass(frozen=True, slots=True)
class Packet:
    """One kind of payload.

    >>> DATA.parse(DATA.build(offset=8, tail=b"abc"))
    {'offset': 8, 'tail': b'abc'}
    """

    name: str
    type: int
    layout: Struct
    tail: str
    text: str

    def build(self, tail: bytes = b"", **values: Any) -> bytes:
        """The payload."""
        return bytes(self.layout.build(values)) + tail

    def parse(self, payload: bytes) -> dict[str, Any]:
        """Fields of a payload, with `tail` where the packet has one; LinkError if the length is wrong."""
        size = self.layout.sizeof()
        if len(payload) < size or (len(payload) > size and not self.tail):
            raise LinkError(f"a {self.name} packet of {len(payload)} bytes arrived; {size} were due")
        try:
            parsed = self.layout.parse(payload[:size])
        except construct.ConstructError as error:
            raise LinkError(f"a {self.name} packet cannot be read ({error})") from error
        fields = {name: value for name, value in parsed.items() if name != "_io"}
        return {**fields, "tail": payload[size:]} if self.tail else fields

    def fields(self) -> list[tuple[str, int, int]]:
        """(name, offset, size) of each field of the fixed part."""
        found, offset = [], 0
        for field in self.layout.subcons:
            found.append((str(field.name), offset, int(field.sizeof())))
            offset += int(field.sizeof())
        return found


_EMPTY = Struct()
_ANSWER = Struct("status" / Int32ul, "label" / Int32sl, "ticks" / Int32ul)

HELLO = Packet(
    "HELLO", 0x01, _EMPTY, "", "Who are you? Forgets the last reply, so a new host may start at any sequence."
)
GREETING = Packet(
    "GREETING",
    0x81,
    Struct(
        "protocol" / Int8ul,
        "persona" / Int8ul,
        "kind" / Int8ul,
        "flags" / Int8ul,
        "axes" / Int16ul,
        "samples" / Int16ul,
        "outputs" / Int16ul,
        "max_payload" / Int16ul,
        "buffer_bytes" / Int32ul,
        "knowledge_bytes" / Int32ul,
        "clock_hz" / Int32ul,
        "tick_source" / Int32ul,
        "library" / Bytes(12),
        "build" / Bytes(8),
        "firmware" / PaddedString(16, "ascii"),
        "core" / PaddedString(16, "ascii"),
        "board" / PaddedString(24, "ascii"),
    ),
    "",
    "Which image runs where, and how much it takes at a time.",
)
INIT = Packet("INIT", 0x02, Struct("pretrained" / Int8ul), "", "Call the library's init; what was learned is gone.")
DATA = Packet("DATA", 0x03, Struct("offset" / Int32ul), "bytes", "Write into the buffer, upwards from offset 0.")
LEARN = Packet("LEARN", 0x04, _EMPTY, "", "Learn the signal in the buffer.")
DETECT = Packet("DETECT", 0x05, _EMPTY, "", "Detect, classify or extrapolate the signal in the buffer.")
SAVE = Packet("SAVE", 0x06, _EMPTY, "", "Save the learned knowledge into the buffer.")
RESTORE = Packet("RESTORE", 0x07, _EMPTY, "", "Restore learned knowledge from the buffer.")
READ = Packet("READ", 0x08, Struct("offset" / Int32ul, "size" / Int32ul), "", "Read from the buffer.")
TRACE = Packet(
    "TRACE", 0x09, Struct("learn" / Int8ul), "", "As LEARN or DETECT, telling what stands after each step."
)
ECHO = Packet("ECHO", 0x0A, _EMPTY, "bytes", "Send the same bytes back.")
COUNTS = Packet("COUNTS", 0x0B, _EMPTY, "", "What went wrong on the line, as the board saw it.")
STREAM = Packet(
    "STREAM",
    0x0C,
    Struct("frames" / Int32ul, "interval" / Int32ul, "size" / Int16ul),
    "",
    "Send so many STREAMED frames with so many bytes of noise, one every interval ticks (0: as the line takes them).",
)
SINK = Packet("SINK", 0x0D, _EMPTY, "", "What came of the POUR frames since the last SINK? Begins again.")
SENSOR = Packet("SENSOR", 0x0E, _EMPTY, "", "Which sensor, and what do its samples mean?")
RECORD = Packet(
    "RECORD", 0x0F, Struct("samples" / Int64ul), "", "Send so many samples in BLOCKs (0: until a byte from the host)."
)

INIT_REPLY = Packet("INIT_REPLY", 0x82, _ANSWER, "", "Status of the library's call.")
DATA_REPLY = Packet("DATA_REPLY", 0x83, Struct("filled" / Int32ul), "", "Bytes that stand in the buffer now.")
LEARN_REPLY = Packet("LEARN_REPLY", 0x84, _ANSWER, "", "Status of the library's call.")
DETECT_REPLY = Packet("DETECT_REPLY", 0x85, _ANSWER, "floats", "Status, label and outputs.")
SAVE_REPLY = Packet("SAVE_REPLY", 0x86, Struct("status" / Int32ul, "size" / Int32ul), "", "Status and bytes saved.")
RESTORE_REPLY = Packet("RESTORE_REPLY", 0x87, _ANSWER, "", "Status of the library's call.")
READ_REPLY = Packet("READ_REPLY", 0x88, Struct("offset" / Int32ul), "bytes", "What stands there.")
TRACE_REPLY = Packet("TRACE_REPLY", 0x89, Struct("values" / Int32ul), "", "Number of floats sent as VALUES before.")
ECHO_REPLY = Packet("ECHO_REPLY", 0x8A, _EMPTY, "bytes", "The same bytes.")
COUNTS_REPLY = Packet(
    "COUNTS_REPLY",
    0x8B,
    Struct("crc_errors" / Int32ul, "malformed" / Int32ul, "repeats" / Int32ul, "overruns" / Int32ul),
    "",
    "Frames with a wrong CRC, other damage, requests repeated, bytes lost by the receiver since the start.",
)
STREAM_REPLY = Packet(
    "STREAM_REPLY",
    0x8C,
    Struct("frames" / Int32ul, "dropped" / Int32ul, "ticks" / Int64ul),
    "",
    "Frames sent, frames that fell due while the last was still leaving, and how long it all took.",
)
SINK_REPLY = Packet(
    "SINK_REPLY",
    0x8D,
    Struct("frames" / Int32ul, "lost" / Int32ul, "wrong" / Int32ul, "ticks" / Int64ul),
    "",
    "Frames as they should be, numbers missing between them, frames whose noise is wrong, ticks from first to last.",
)
SENSOR_REPLY = Packet(
    "SENSOR_REPLY",
    0x8E,
    Struct(
        "sensor" / PaddedString(16, "ascii"),
        "quantity" / PaddedString(16, "ascii"),
        "unit" / PaddedString(8, "ascii"),
        "letters" / PaddedString(8, "ascii"),
        "rate_millihertz" / Int32ul,
        "range" / Int32ul,
        "samples" / Int32ul,
        "block" / Int16ul,
        "width" / Int16ul,
    ),
    "axes",
    "What a datalogger sends.",
)
AXIS = Struct("offset" / Int32sl, "multiplier" / Int32sl, "divisor" / Int32ul)
"""One of the axes behind SENSOR_REPLY: a value is (raw * multiplier + offset) / divisor units."""
RECORD_REPLY = Packet(
    "RECORD_REPLY",
    0x8F,
    Struct("samples" / Int64ul, "overruns" / Int32ul, "ticks" / Int64ul),
    "",
    "Samples sent, times the sensor's memory overflowed, and how long it all took.",
)

VALUES = Packet(
    "VALUES",
    0xF2,
    Struct("step" / Int32ul, "offset" / Int32ul, "total" / Int32ul),
    "floats",
    "Part of what stands after a step, before TRACE_REPLY and with its sequence.",
)
STREAMED = Packet(
    "STREAMED",
    0xF3,
    Struct("index" / Int32ul),
    "noise",
    "One frame of a stream, before STREAM_REPLY and with its sequence.",
)
POUR = Packet(
    "POUR", 0xF4, Struct("index" / Int32ul), "noise", "From the host, without reply: a frame for SINK to count."
)
BLOCK = Packet(
    "BLOCK",
    0xF5,
    Struct("index" / Int64ul, "first" / Int64ul, "last" / Int64ul, "run" / Int32ul, "overruns" / Int32ul),
    "samples",
    "Samples of one run, before RECORD_REPLY and with its sequence.",
)
LOG = Packet("LOG", 0xF0, _EMPTY, "text", "For people.")
FAULT = Packet(
    "FAULT",
    0xF1,
    Struct(
        "exception" / Int32ul,
        "pc" / Int32ul,
        "lr" / Int32ul,
        "cfsr" / Int32ul,
        "hfsr" / Int32ul,
        "address" / Int32ul,
    ),
    "",
    "The core took a fault; nothing follows.",
)
ERROR = Packet("ERROR", 0xFF, Struct("code" / Int32ul, "detail" / Int32ul), "", "The request was not carried out.")

REQUESTS = (HELLO, INIT, DATA, LEARN, DETECT, SAVE, RESTORE, READ, TRACE, ECHO, COUNTS, STREAM, SINK, SENSOR, RECORD)
REPLIES = (
    GREETING,
    INIT_REPLY,
    DATA_REPLY,
    LEARN_REPLY,
    DETECT_REPLY,
    SAVE_REPLY,
    RESTORE_REPLY,
    READ_REPLY,
    TRACE_REPLY,
    ECHO_REPLY,
    COUNTS_REPLY,
    STREAM_REPLY,
    SINK_REPLY,
    SENSOR_REPLY,
    RECORD_REPLY,
)
MESSAGES = (LOG, FAULT, VALUES, STREAMED, POUR, BLOCK, ERROR)
PACKETS = (*REQUESTS, *REPLIES, *MESSAGES)

ERRORS = {
    1: ("TYPE", "does not know this request"),
    2: ("LENGTH", "got a payload of the wrong length"),
    3: ("GREETING", "was not greeted since it started; it restarted in between"),
    4: ("RANGE", "was asked for bytes outside its buffer"),
    5: ("INCOMPLETE", "has not got all bytes the request works on"),
    6: ("UNSUPPORTED", "runs a library that cannot do this"),
    7: ("SENSOR", "gets no answer from its sensor"),
}
"""Code to (name in C, what the board did)."""

KINDS = ("anomaly", "outlier", "classes", "extrapolation", "datalogger")
"""Names of `kind` in GREETING, by value. A datalogger has no library: `library` is all zeros."""
PERSONAS = {3: "v3", 5: "v5"}
"""Names of `persona` in GREETING."""
FLAGS = {"TRACE": 1, "LEARNS": 2, "PRETRAINED": 4}
"""Bits of `flags` in GREETING: the image traces, the library learns, it has pretrained knowledge."""
TICK_SOURCES = ("none", "cycle counter", "SysTick", "machine counter")
"""Names of `tick_source` in GREETING, by value. What a tick is worth is the bench's to say."""


def reply_to(request: Packet) -> Packet:
    """The packet that answers a request."""
    return next(packet for packet in REPLIES if packet.type == request.type + REPLY)
