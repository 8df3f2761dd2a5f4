"""The one tree of exceptions. A message is one sentence: what is wrong, where, and what to do about it."""

from __future__ import annotations

from pathlib import Path


class BitloopError(Exception):
    """Anything bitloop itself has to say; everything else that escapes is a defect."""


class InputError(BitloopError):
    """A file of the user's is at fault. Lines and columns count from 1; a column is a field, not a character."""

    def __init__(self, what: str, path: Path | str, line: int | None = None, column: int | None = None) -> None:
        self.what, self.path, self.line, self.column = what, str(path), line, column
        place = str(path)
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {column}"
        super().__init__(f"{place}: {what}")


class ProjectError(BitloopError):
    """A project folder is missing, incomplete or contradicts the request."""


class LibraryError(BitloopError):
    """A library file is damaged, or a pipeline does not fit together."""


class SearchError(BitloopError):
    """A search cannot start or found nothing within the budgets."""


class BuildError(BitloopError):
    """A compiler or linker refused, or a tool is missing."""


class LockError(BitloopError):
    """The board is held by somebody else."""


class ProbeError(BitloopError):
    """The bench (debug probe, emulator) could not be reached or died."""


class FlashError(BitloopError):
    """The image does not fit or could not be programmed."""


class VerifyError(BitloopError):
    """What was read back is not what was programmed."""


class BootError(BitloopError):
    """The firmware did not greet in time, or crashed."""


class LinkError(BitloopError):
    """The byte stream between host and board failed beyond its retries."""


class RecordError(BitloopError):
    """A recording cannot begin or go on. What was received until then is kept."""


class ParityError(BitloopError):
    """Two executors of the same library disagree in at least one bit."""


class TimingError(BitloopError):
    """A measured time breaks its declared limit."""
