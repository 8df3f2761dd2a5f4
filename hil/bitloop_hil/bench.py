"""What there is to say about the boards of this machine, row by row, for `bitloop bench`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bitloop_hil import discovery, locks, published
from bitloop_hil.boards import board_file
from bitloop_hil.discovery import Found
from bitloop_hil.rig import Place, Rig, missing


def attached_rows() -> list[dict[str, Any]]:
    """One row per probe: plugged in, or of a virtual board that is powered."""
    return [_row(found) for found in discovery.look()] + [_virtual(each) for each in published.all_running()]


def place_rows(rig: Rig) -> list[dict[str, Any]]:
    """One row per place: `state` is `free`, what is missing, or who holds it."""
    return [_place(place) for place in rig.places]


def lock_rows() -> list[dict[str, Any]]:
    """One row per lock that is held on this machine."""
    return [{"serial": serial, "holder": who.describe(), **asdict(who)} for serial, who in locks.holders()]


def _row(found: Found) -> dict[str, Any]:
    probe, parts = found.probe, _parts(found.boards)
    return {
        "probe": probe.uid,
        "product": probe.product,
        "board": " or ".join(found.boards) or probe.board,
        "mcu": " or ".join(parts) or probe.target,
        "port": ", ".join(port.device for port in found.ports),
        "holder": _holder(probe.serial),
    }


def _virtual(each: published.Published) -> dict[str, Any]:
    board = each.name.partition("@")[0]
    return {
        "probe": each.uid,
        "product": "virtual board",
        "board": board,
        "mcu": " or ".join(_parts([board])),
        "port": str(each.port),
        "holder": _holder(Place("", board, "hardware", probe=each.uid).serial),
    }


def _place(place: Place) -> dict[str, Any]:
    lack = missing(place)
    holder = _holder(place.serial) if place.serial else ""
    state = lack or (f"held by {holder}" if holder else "free")
    return {"place": place.name, "board": place.board, "bench": place.bench, "state": state, "holder": holder}


def _holder(serial: str) -> str:
    who = locks.holder(serial)
    return who.describe() if who else ""


def _parts(boards: Sequence[str]) -> list[str]:
    """The microcontrollers of boards, each once."""
    chips = (board_file(board).chip for board in boards)
    return list(dict.fromkeys(chip.part for chip in chips if chip is not None))
