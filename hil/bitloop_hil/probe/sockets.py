"""The client's end of a virtual board's debug port, and a board process of one's own where none is running."""

from __future__ import annotations

import json
import socket
import struct
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bitloop.errors import ProbeError
from bitloop_hil.board_process import BoardProcess
from bitloop_hil.closing import Closing
from bitloop_hil.probe.frames import PROTOCOL, Operation, Reader, Status, pack

_ANSWER_SECONDS = 30.0
_CHUNK = 1 << 16
_POSTED = 64  # writes that may be under way


class PortFaultError(Exception):
    """The debug port answered FAULT."""


class RefusedError(ProbeError):
    """The debug port could make nothing of a question."""


class Client(Closing):
    """A connection to a debug port. Everything raises ProbeError once the board is gone.

    Writes are posted: their answers are awaited with the next read, as probes do it, and so is a FAULT of theirs.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader = Reader()
        self._owed = 0  # answers to posted writes that are still to come
        self._answers: list[tuple[int, bytes]] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_ANSWER_SECONDS)
        try:
            self._socket.connect(str(path))
            self.about: dict[str, str] = json.loads(self._ask(Operation.HELLO, PROTOCOL))
        except OSError as error:
            self.close()
            raise ProbeError(f"no virtual board answers at {path} ({error}); start it again") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; safe to call twice."""
        with suppress(OSError, ProbeError, PortFaultError):
            if self._socket.fileno() != -1:
                self.flush()
        self._socket.close()

    def flush(self) -> None:
        """Wait for what was posted; PortFaultError if some of it failed."""
        self._collect(self._path.name)

    def read_dp(self, address: int) -> int:
        """A register of the debug port."""
        return _word(self._ask(Operation.READ_DP, bytes([address])))

    def write_dp(self, address: int, value: int) -> None:
        """The same for writing."""
        self._post(Operation.WRITE_DP, struct.pack("<BI", address, value & 0xFFFFFFFF))

    def read_ap(self, address: int) -> int:
        """A register of an access port; PortFaultError if it does not answer."""
        return _word(self._ask(Operation.READ_AP, struct.pack("<I", address)))

    def write_ap(self, address: int, value: int) -> None:
        """The same for writing."""
        self._post(Operation.WRITE_AP, struct.pack("<II", address, value & 0xFFFFFFFF))

    def read_ap_many(self, address: int, count: int) -> list[int]:
        """A register so many times."""
        answer = self._ask(Operation.READ_AP_MANY, struct.pack("<II", address, count))
        return list(struct.unpack(f"<{count}I", answer))

    def write_ap_many(self, address: int, values: Sequence[int]) -> None:
        """The same for writing."""
        words = (value & 0xFFFFFFFF for value in values)
        self._post(Operation.WRITE_AP_MANY, struct.pack(f"<{len(values) + 1}I", address, *words))

    def reset(self) -> None:
        """Pulse nRST."""
        self._ask(Operation.RESET)

    def hold_reset(self, held: bool) -> None:
        """Pull nRST low, or let go."""
        self._ask(Operation.HOLD_RESET, bytes([held]))

    def is_held(self) -> bool:
        """Whether nRST is low."""
        return self._ask(Operation.IS_HELD) != b"\0"

    def _ask(self, kind: Operation, payload: bytes = b"") -> bytes:
        self._send(kind, payload)
        try:
            self._collect(kind.name)
        except (PortFaultError, RefusedError):
            with suppress(PortFaultError, RefusedError):  # its own, for the same reason
                self._answer(kind.name)
            raise
        return self._answer(kind.name)

    def _post(self, kind: Operation, payload: bytes) -> None:
        self._send(kind, payload)
        self._owed += 1
        if self._owed >= _POSTED:
            self.flush()

    def _collect(self, doing: str) -> None:
        """The answers to everything posted. The first that is none of OK is raised, once all are there."""
        wrong: Exception | None = None
        while self._owed:
            self._owed -= 1
            try:
                self._answer(doing)
            except (PortFaultError, RefusedError) as error:
                wrong = wrong or error
        if wrong is not None:
            raise wrong

    def _send(self, kind: Operation, payload: bytes) -> None:
        try:
            self._socket.sendall(pack(kind, payload))
        except OSError as error:
            raise self._gone(error) from error

    def _answer(self, doing: str) -> bytes:
        while not self._answers:
            try:
                data = self._socket.recv(_CHUNK)
                if not data:
                    raise ConnectionError("it hung up")
                self._answers += self._reader.feed(data)
            except OSError as error:
                self._owed = 0
                raise self._gone(error) from error
        status, answer = self._answers.pop(0)
        if status == Status.FAULT:
            raise PortFaultError(doing)
        if status != Status.OK:
            raise RefusedError(f"the debug port refused {answer.decode(errors='replace')}")
        return answer

    def _gone(self, error: OSError) -> ProbeError:
        return ProbeError(f"the probe of the virtual board at {self._path.name} is gone ({error})")


class OwnBoard(Closing):
    """A virtual board for one session: powered when made, off when closed."""

    def __init__(self, board: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bitloop-probe-")
        self.path = Path(self._folder.name) / "debug.sock"
        try:
            self._process = BoardProcess(board, self.path)
        except BaseException:
            self._folder.cleanup()
            raise

    def close(self) -> None:
        """Switch it off; safe to call twice."""
        self._process.close()
        self._folder.cleanup()


def _word(answer: bytes) -> int:
    return int.from_bytes(answer, "little")
