"""Virtual boards as debug probes of pyOCD: `virtual:<board>`, or `virtual:<board>@<instance>` of a running one.

A board that runs already (published by `bitloop bench run`, or an instance somebody started) is used; otherwise one
is powered for the session and switched off after it, its flash forgotten. This module is imported by pyOCD's plugin
loader: the heavy parts of bitloop stay out until a probe is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyocd.core import exceptions
from pyocd.probe.debug_probe import DebugProbe

if TYPE_CHECKING:
    from bitloop_hil.probe.sockets import Client, OwnBoard

_LOG = logging.getLogger(__name__)


class VirtualProbe(DebugProbe):  # type: ignore[misc]
    """The probe of one virtual board."""

    @classmethod
    def get_all_connected_probes(cls, unique_id: str | None = None, is_explicit: bool = False) -> list[VirtualProbe]:
        """Boards others published; with `virtual:` in front of the name, every board there is.

        Faults are logged, not raised: pyOCD asks every kind of probe, also when it looks for a real one.
        """
        try:
            from bitloop_hil.probe.targets import register
            from bitloop_hil.published import all_running

            register()
            names = [published.name for published in all_running()]
            if is_explicit:
                names += [name for name in _boards() if name not in names]
            return [cls(name) for name in names]
        except Exception:
            _LOG.warning("the virtual boards cannot be listed", exc_info=True)
            return []

    @classmethod
    def get_probe_with_id(cls, unique_id: str, is_explicit: bool = False) -> VirtualProbe | None:
        """The board of exactly that name; None if there is none, or nobody asked for a virtual one."""
        try:
            from bitloop_hil.probe.targets import register

            register()
            return cls(unique_id) if is_explicit and unique_id.partition("@")[0] in _boards() else None
        except Exception:
            _LOG.warning("the virtual board %s cannot be looked for", unique_id, exc_info=True)
            return None

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._client: Client | None = None
        self._own: OwnBoard | None = None
        self._protocol: Any = None

    @property
    def unique_id(self) -> str:
        return self._name

    @property
    def vendor_name(self) -> str:
        return "bitloop"

    @property
    def product_name(self) -> str:
        return f"virtual {self._name.partition('@')[0]}"

    @property
    def supported_wire_protocols(self) -> Collection[Any]:
        return [DebugProbe.Protocol.DEFAULT, DebugProbe.Protocol.SWD]

    @property
    def wire_protocol(self) -> Any:
        return self._protocol

    @property
    def is_open(self) -> bool:
        return self._client is not None

    @property
    def capabilities(self) -> set[Any]:
        return {DebugProbe.Capability.MANAGED_AP_SELECTION, DebugProbe.Capability.MANAGED_DPBANKSEL}

    @property
    def associated_board_info(self) -> Any:
        """The board with pyOCD's name of its chip, so that nobody needs to say it."""
        from pyocd.board.board_ids import BoardInfo

        from bitloop_hil.boards import board_file

        board = board_file(self._name.partition("@")[0])
        return BoardInfo(name=board.title, target=board.probe.target if board.probe else None, vendor="bitloop")

    def create_associated_board(self) -> Any:
        from pyocd.board.board import Board

        from bitloop_hil.probe.targets import register

        register()
        return Board(self.session, board_info=self.associated_board_info)

    def open(self) -> None:
        from bitloop_hil.probe.sockets import Client, OwnBoard
        from bitloop_hil.published import running, socket_path

        if self._client is not None:
            return
        with _as_pyocd():
            board, at, instance = self._name.partition("@")
            path = socket_path(board, instance)
            if not at and running(board) is None:
                self._own = OwnBoard(board)
                path = self._own.path
            try:
                self._client = Client(path)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        self._protocol = None
        client, self._client = self._client, None
        own, self._own = self._own, None
        if client is not None:
            client.close()
        if own is not None:
            own.close()

    def connect(self, protocol: Any = None) -> None:
        self._there()
        self._protocol = DebugProbe.Protocol.SWD

    def disconnect(self) -> None:
        self._protocol = None

    def set_clock(self, frequency: float) -> None:
        """Any frequency will do."""

    def reset(self) -> None:
        with _as_pyocd():
            self._there().reset()

    def assert_reset(self, asserted: bool) -> None:
        with _as_pyocd():
            self._there().hold_reset(bool(asserted))

    def is_reset_asserted(self) -> bool:
        with _as_pyocd():
            return self._there().is_held()

    def flush(self) -> None:
        with _as_pyocd():
            self._there().flush()

    def read_dp(self, addr: int, now: bool = True) -> Any:
        return _answer(lambda: self._there().read_dp(addr), now)

    def write_dp(self, addr: int, data: int) -> None:
        with _as_pyocd():
            self._there().write_dp(addr, data)

    def read_ap(self, addr: int, now: bool = True) -> Any:
        return _answer(lambda: self._there().read_ap(addr), now)

    def write_ap(self, addr: int, data: int) -> None:
        with _as_pyocd():
            self._there().write_ap(addr, data)

    def read_ap_multiple(self, addr: int, count: int = 1, now: bool = True) -> Any:
        return _answer(lambda: self._there().read_ap_many(addr, count), now)

    def write_ap_multiple(self, addr: int, values: Sequence[int]) -> None:
        with _as_pyocd():
            self._there().write_ap_many(addr, values)

    def _there(self) -> Client:
        if self._client is None:
            raise exceptions.ProbeError(f"the probe of {self._name} is not open")
        return self._client


@contextmanager
def _as_pyocd() -> Iterator[None]:
    """Errors as pyOCD knows them."""
    from bitloop.errors import BitloopError
    from bitloop_hil.probe.sockets import PortFaultError

    try:
        yield
    except PortFaultError as error:
        raise exceptions.TransferFaultError("the debug port answered FAULT") from error
    except BitloopError as error:
        raise exceptions.ProbeDisconnected(str(error)) from error


def _answer(ask: Callable[[], Any], now: bool) -> Any:
    """What was asked for; or, if it is wanted later, something to call for it that raises what went wrong."""
    if now:
        with _as_pyocd():
            return ask()
    try:
        with _as_pyocd():
            value = ask()
    except exceptions.Error as error:
        return _raiser(error)
    return lambda: value


def _raiser(error: Exception) -> Callable[[], Any]:
    def later() -> Any:
        raise error

    return later


def _boards() -> list[str]:
    """Boards that have a probe to be virtual."""
    from bitloop_hil.boards import board_file, names

    return [name for name in names() if board_file(name).probe is not None]
