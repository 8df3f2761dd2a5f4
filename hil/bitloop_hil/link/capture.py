"""A raw capture of a link, byte for byte in both directions with times, and the replay of one.

    board.link().through(lambda inner: Capture(inner, Path("session.blcap")))
    Link(replay := Replay(Path("session.blcap")), sequence=replay.sequence)

The file is a magic line and records: direction u8 (`>` to the board, `<` from it, `.` the end), microseconds since
the start u64, length u32, the bytes; little-endian. While it is written it is called `<name>.part`; closing the link
writes the end and renames it, so that a capture under its own name is complete. A disk that is full ends the link
with a LinkError: what was not recorded must not look as if it had not happened.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bitloop.errors import LinkError
from bitloop_hil.link.frame import Decoder, LinkStats
from bitloop_hil.link.transport import Transport

MAGIC = b"bitloop capture 1\n"
TO_BOARD, FROM_BOARD, END = b"><."
_RECORD = struct.Struct("<BQI")


@dataclass(frozen=True, slots=True)
class Record:
    """Bytes that went one way: `direction` is TO_BOARD or FROM_BOARD, `microseconds` count from the start."""

    direction: int
    microseconds: int
    data: bytes


class Capture:
    """A `Transport` around another one that writes down what passes."""

    def __init__(self, transport: Transport, path: Path) -> None:
        """LinkError where the file cannot be written."""
        self._transport, self._path = transport, path
        self._part = path.with_name(path.name + ".part")
        self._start = time.monotonic()
        self._failed = False
        try:
            self._file = self._part.open("wb", buffering=0)  # what is lost with the process stays small
            self._file.write(MAGIC)
        except OSError as error:
            transport.close()
            raise self._full(error) from error

    def read(self, timeout: float) -> bytes:
        """As the line does; what came is in the file before anybody sees it."""
        data = self._transport.read(timeout)
        if data:
            self._record(FROM_BOARD, data)
        return data

    def write(self, data: bytes) -> None:
        """As the line does."""
        self._record(TO_BOARD, data)
        self._transport.write(data)

    def close(self) -> None:
        """Let go of the line and give the complete file its name; safe to call twice."""
        self._transport.close()
        if self._file.closed:
            return
        try:
            if not self._failed:
                self._record(END, b"")
                self._part.replace(self._path)
        except OSError as error:
            raise self._full(error) from error
        finally:
            self._file.close()

    def _record(self, direction: int, data: bytes) -> None:
        if self._failed:
            raise LinkError(f"the capture {self._path} is broken, so this link is over; see the error before")
        record = _RECORD.pack(direction, int((time.monotonic() - self._start) * 1e6), len(data)) + data
        try:
            written = self._file.write(record) or 0
            if written < len(record):  # a disk takes what fits; asking for the rest tells why it took no more
                written += self._file.write(record[written:]) or 0
        except OSError as error:
            raise self._full(error) from error
        if written < len(record):
            raise self._full(OSError("the disk took only a part"))

    def _full(self, error: OSError) -> LinkError:
        self._failed = True
        return LinkError(
            f"the capture {self._path} cannot be written ({error.strerror or error}); make room and start again,"
            f" {self._part.name} holds what was recorded until then"
        )


def records(path: Path, partial: bool = False) -> Iterator[Record]:
    """What a capture holds; LinkError where it is none or, unless `partial`, ends too early."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LinkError(f"the capture {path} cannot be read ({error.strerror})") from error
    if not data.startswith(MAGIC):
        raise LinkError(f"{path} is no capture of a link; captures begin with {MAGIC.decode().strip()!r}")
    at = len(MAGIC)
    while at + _RECORD.size <= len(data):
        direction, microseconds, size = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        if direction == END:
            return
        if direction not in (TO_BOARD, FROM_BOARD):
            raise LinkError(f"the capture {path} is damaged at byte {at - _RECORD.size}; it was changed afterwards")
        if at + size > len(data):
            break
        yield Record(direction, microseconds, data[at : at + size])
        at += size
    if not partial:
        raise LinkError(f"the capture {path} ends at byte {len(data)} without its end; the recording was cut off")


class Replay:
    """A `Transport` that plays a capture: the same bytes come from the board, and the host has to send the same.

    No time is replayed. Bytes of the board arrive once the host has sent what it had sent before them; a host that
    sends anything else is told at which byte.
    """

    def __init__(self, path: Path, partial: bool = False) -> None:
        self._path = path
        self._left = list(records(path, partial))
        self._sent = 0
        frames = Decoder(LinkStats()).feed(b"".join(r.data for r in self._left if r.direction == TO_BOARD))
        self.sequence = (frames[0].sequence - 1) & 0xFFFF if frames else 0
        """For `Link(..., sequence=...)`: the host has to count its requests as it did then."""

    @property
    def finished(self) -> bool:
        """Whether everything was played."""
        return not self._left

    def read(self, timeout: float) -> bytes:
        """The board's next bytes, or nothing (after `timeout`) where the host has to send first."""
        if self._left and self._left[0].direction == FROM_BOARD:
            return self._left.pop(0).data
        if self.finished:
            raise LinkError(f"the capture {self._path} is over, and the host still waits for the board")
        time.sleep(timeout)  # the board was silent here, and the host's patience runs on real time
        return b""

    def write(self, data: bytes) -> None:
        """What the host sends has to be what it sent then."""
        then = self._left.pop(0) if self._left else None
        if then is None or then.direction != TO_BOARD or then.data != data:
            expected = then.data if then is not None and then.direction == TO_BOARD else b""
            pairs = enumerate(zip(data, expected, strict=False))
            at = next((i for i, (left, right) in pairs if left != right), min(len(data), len(expected)))
            raise LinkError(
                f"the host sends something else than in the capture {self._path}, from byte {self._sent + at} of what"
                " it sent on; replay with the same calls and the same signals"
            )
        self._sent += len(data)

    def close(self) -> None:
        """Nothing to let go of."""
