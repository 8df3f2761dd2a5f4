"""Errors of bitloop's say in one sentence what is wrong, so that the way through its inside need not be shown."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import bitloop
import bitloop_hil

_OURS = tuple(str(Path(str(package.__file__)).resolve().parent) for package in (bitloop, bitloop_hil))
_MACHINERY = ("_pytest", "pluggy")


def shorten(error: BaseException) -> None:
    """Cut the traceback off behind the last line of a test, or at the first line of bitloop's where there is none."""
    entries = _entries(error.__traceback__)
    first = len(entries)  # of the entries at the end that are bitloop's
    while first and _is_ours(entries[first - 1]):
        first -= 1
    last = first - 1 if first and not _is_machinery(entries[first - 1]) else first
    if last < len(entries):
        entries[last].tb_next = None


def _entries(trace: TracebackType | None) -> list[TracebackType]:
    found = []
    while trace is not None:
        found.append(trace)
        trace = trace.tb_next
    return found


def _is_ours(entry: TracebackType) -> bool:
    return entry.tb_frame.f_code.co_filename.startswith(_OURS)


def _is_machinery(entry: TracebackType) -> bool:
    return bool(set(_MACHINERY) & set(Path(entry.tb_frame.f_code.co_filename).parts))
