"""A rig in the words of labgrid, which is the engine for benches spread over many hosts.

An environment file describes targets by resources (what exists) and drivers (how it is used). Boards are found by
udev with the serial number of their probe, as bitloop itself does. labgrid has no driver for pyOCD, so the board and
what pyOCD is to be told stand in each target's options, where `env.config.get_target_option` finds them.
See https://labgrid.readthedocs.io/en/latest/configuration.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bitloop.errors import BuildError
from bitloop_hil import features
from bitloop_hil.boards import board_file
from bitloop_hil.link.remote import scheme_of
from bitloop_hil.rig import Place, Rig, baud_of

FORMS = ("environment", "places", "exporter")
_HEADERS = {
    "environment": "# labgrid environment: boards plugged in here, or served by other machines.",
    "places": "# labgrid environment: boards acquired from the coordinator, as places of these names.",
    # An exporter's file is a template, in which one # would begin a statement.
    "exporter": "## labgrid exporter: the boards plugged in on this machine, one group each.",
}
_PROTOCOLS = {"socket": "raw", "rfc2217": "rfc2217"}


def environment(rig: Rig, form: str = "environment") -> str:
    """The file for labgrid (YAML) with the rig's hardware places; BuildError if it has none.

    `environment` uses the boards directly, `places` takes them from a coordinator, and `exporter` is what the machine
    they are plugged into offers to that coordinator.
    """
    places = [place for place in rig.places if place.bench == "hardware"]
    if not places:
        raise BuildError("the rig has no place on the hardware bench, and labgrid is for those; add one")
    if form == "exporter":
        content: dict[str, Any] = {place.name: _named(_resources(place)) for place in places}
    else:
        content = {"targets": {place.name: _target(place, form) for place in places}}
    return "\n".join([_HEADERS[form], *_lines(content, 0)]) + "\n"


def _target(place: Place, form: str) -> dict[str, Any]:
    resources = [{"RemotePlace": {"name": place.name}}] if form == "places" else _resources(place)
    return {
        "features": [place.board, *features.offered(place.bench, place.board)],
        "options": _options(place),
        "resources": resources,
        "drivers": [{"SerialDriver": {"name": "link"}}],
    }


def _options(place: Place) -> dict[str, Any]:
    probe = board_file(place.board).probe
    told = {
        "bitloop_board": place.board,
        "bitloop_probe": place.probe,
        "bitloop_remote": place.remote,
        "pyocd_target": probe.target if probe else "",
        "pyocd_connect": probe.connect if probe else "",
        "pyocd_pack": place.pack,
    }
    return {key: value for key, value in told.items() if value}


def _resources(place: Place) -> list[dict[str, Any]]:
    """The serial port and, where it is plugged in, the probe."""
    serial = "" if place.remote else place.serial
    match = {"match": {"ID_SERIAL_SHORT": serial}}
    found = [_port(place, match)]
    if serial and not place.probe.startswith("virtual:"):
        found.append({"USBDebugger": match})
    return found


def _port(place: Place, match: Mapping[str, Any]) -> dict[str, Any]:
    speed = {"speed": baud_of(place)}
    scheme = scheme_of(place.port)
    if scheme:
        parts = urlsplit(place.port)
        there = {"host": parts.hostname, "port": parts.port}
        return {"NetworkSerialPort": {**there, **speed, "protocol": _PROTOCOLS[scheme]}}
    return {"RawSerialPort": {"port": place.port, **speed}} if place.port else {"USBSerialPort": {**match, **speed}}


def _named(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """An exporter's group: resources by class."""
    return {kind: arguments for resource in resources for kind, arguments in resource.items()}


def _lines(value: Any, depth: int) -> list[str]:
    """YAML in block style; scalars are JSON, which YAML reads as they are."""
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (dict, list)) and item:
                lines += [f"{pad}{json.dumps(key)}:", *_lines(item, depth + 1)]
            else:
                lines.append(f"{pad}{json.dumps(key)}: {json.dumps(item)}")
    else:
        for item in value:
            first, *rest = _lines(item, depth + 1) if isinstance(item, dict) else [json.dumps(item)]
            lines += [f"{pad}- {first.strip()}", *rest]
    return lines
