"""What speaks on a port: lines of text, or bitloop's datalogger behind the link.

A logger that prints is heard without being asked. Only where nothing like text comes is a HELLO sent; what does not
answer it prints text, sooner or later.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from bitloop.errors import BootError, LinkError
from bitloop.recording.keeper import Kept
from bitloop_hil.link.client import Link
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.transport import Deadline, Transport
from bitloop_hil.recording.binary import BinaryStream
from bitloop_hil.recording.source import Source
from bitloop_hil.recording.stream import Stream
from bitloop_hil.recording.text import TextStream

Format = Literal["auto", "text", "binary"]
LOGGER_BAUD = 115_200
"""What loggers usually print at."""

_LISTEN = 0.5  # seconds
_ASKING = Patience(hello=0.25, boot=1.0)
_SHARE = 0.95  # of text, so many bytes can be printed


def recognise(source: Source, form: Format, kept: Kept) -> tuple[Source, Stream, Transport]:
    """The source at its speed, what will make signals of its bytes, and the line, open. ProbeError or LockError."""
    text = replace(source, baud=source.baud or LOGGER_BAUD)
    link = replace(source, baud=source.baud or source.link_baud)
    if form == "binary":
        return link, BinaryStream(), link.open()
    line, heard = text.open(), b""
    if form == "auto":
        heard = _listen(line)
        if not _printed(heard):
            line = _at(line, text, link)
            if _answers(line):
                return link, BinaryStream(), line
            line = _at(line, link, text)
    return text, TextStream(kept.shape, kept.layout.width), _Ahead(line, heard)


class _Ahead:
    """A line of which something has been read already."""

    def __init__(self, line: Transport, heard: bytes) -> None:
        self._heard = heard
        self._line = line
        self.write, self.close = line.write, line.close

    def read(self, timeout: float) -> bytes:
        """First what has been read, then the line."""
        heard, self._heard = self._heard, b""
        return heard or self._line.read(timeout)


def _listen(line: Transport) -> bytes:
    """What comes until a line has ended or the time is over."""
    heard, deadline = b"", Deadline.after(_LISTEN)
    while b"\n" not in heard and not deadline.passed:
        heard += line.read(deadline.left())
    return heard


def _printed(heard: bytes) -> bool:
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in heard)
    return bool(heard) and printable >= _SHARE * len(heard)


def _at(line: Transport, now: Source, then: Source) -> Transport:
    """The line at another speed."""
    if now.baud == then.baud:
        return line
    line.close()
    return then.open()


def _answers(line: Transport) -> bool:
    """Whether something greets there."""
    try:
        Link(line, patience=_ASKING).greet()
    except (BootError, LinkError):
        return False
    return True
