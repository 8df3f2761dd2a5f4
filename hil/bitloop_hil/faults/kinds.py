"""The faults a virtual board can be ordered to have, and what each has to end in.

    inject(board, "flash-drop", every=1000)     # the next programming leaves out words; VERIFY names the first
    inject(board, "hang", after_bytes=3)        # the core stops three bytes from now, in the middle of a request

Orders are given before what they spoil: faults of flash and probe before `flash`, those of the core after `reset`,
which calls them off. A fault of the core strikes once; the others stay until they are mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bitloop.errors import ProbeError


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault: what happens, the class of the verdict it ends in (empty: none, or it depends), and its arguments.

    An argument is a number, given by the smallest it may be, or a word, given by the choices. All are needed.
    """

    name: str
    text: str
    ends_in: str = ""
    arguments: Mapping[str, int | tuple[str, ...]] = field(default_factory=dict)


_AFTER: Mapping[str, int] = {"after_bytes": 0}
_WIRE: Mapping[str, int | tuple[str, ...]] = {"every": 1, "direction": ("to-board", "to-host")}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("reset", "the core is reset after so many more bytes from the host", "LINK", _AFTER),
        Kind("hang", "the core stops executing after so many more bytes from the host", "LINK", _AFTER),
        Kind("hardfault", "the core takes a HardFault after so many more bytes from the host", "LINK", _AFTER),
        Kind("flash-ignore", "the flash accepts programming and changes nothing", "VERIFY"),
        Kind("flash-drop", "the flash loses one word in so many", "VERIFY", {"every": 1}),
        Kind("flash-stuck-busy", "the flash stays busy until it is reset", "FLASH"),
        Kind("flash-healthy", "the flash works again"),
        Kind("probe-lost", "the debug probe is unplugged after so many more questions", "PROBE", {"after": 0}),
        Kind("probe-found", "the debug probe is plugged in again"),
        Kind("uart-drop", "the line loses one byte in so many", "", _WIRE),
        Kind("uart-double", "the line repeats one byte in so many", "", _WIRE),
        Kind("uart-flip", "the line turns a bit of one byte in so many", "", _WIRE),
        Kind("uart-cut", "the line carries nothing in one direction", "LINK", {"direction": _WIRE["direction"]}),
        Kind("uart-ok", "the line works again"),
    )
}


def inject(board: object, kind: str, **arguments: int | str) -> None:
    """Order a fault; ProbeError where the board's bench cannot have it, ValueError for a wrong order."""
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"no fault is called {kind!r}; choose one of {', '.join(KINDS)}")
    if set(arguments) != set(known.arguments):
        wanted = ", ".join(known.arguments) or "no arguments"
        raise ValueError(f"the fault {kind} takes {wanted}, not {', '.join(sorted(arguments)) or 'none'}")
    for name, value in arguments.items():
        _check(kind, name, value, known.arguments[name])
    order = _order(board)
    if order is None:
        name, bench = getattr(board, "name", "this board"), getattr(board, "bench", "unknown")
        raise ProbeError(f"{name} on the bench {bench} cannot be given faults; use a virtual board")
    order(kind, **arguments)


def _check(kind: str, name: str, value: int | str, known: int | tuple[str, ...]) -> None:
    if isinstance(known, tuple):
        if value not in known:
            raise ValueError(f"{name} = {value!r} of the fault {kind} has to be one of {', '.join(known)}")
    elif type(value) is not int or value < known:
        raise ValueError(f"{name} = {value!r} of the fault {kind} has to be a whole number from {known}")


def _order(board: Any) -> Callable[..., None] | None:
    """The method that takes orders, of the board or of what it wraps."""
    while board is not None and not hasattr(board, "inject"):
        board = getattr(board, "inner", None)
    found: Callable[..., None] | None = getattr(board, "inject", None)
    return found
