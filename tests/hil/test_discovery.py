"""Discovery with fakes at the USB boundary: pyOCD's probes and pyserial's ports, tied by serial number."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from serial.tools import list_ports

from bitloop.errors import ProbeError
from bitloop_hil import discovery
from bitloop_hil.benches.hardware.attached import Attached, attached
from bitloop_hil.boards import board_file
from bitloop_hil.discovery import Port, Probe, absent, choose, look, ports_of
from bitloop_hil.locks import BoardLock
from bitloop_hil.rig import Place

L432, F412 = "066BFF495087534867091423", "0671FF303435554157131414"
L432_PROBE = Probe(L432, "stlink", "STMicroelectronics ST-Link/V2-1", "NUCLEO-L432KC", "stm32l432kcux")
F412_PROBE = Probe(F412, "stlink", "STMicroelectronics ST-Link/V2-1", "NUCLEO-F412ZG", "stm32f412xg")
NAMELESS = Probe("0b1c", "cmsisdap", "Arm DAPLink")


@dataclass
class UsbPort:
    """A serial port as pyserial describes it."""

    device: str
    serial_number: str | None = None
    location: str | None = None
    interface: str | None = None


@dataclass
class Info:
    name: str
    target: str | None


class UsbProbe:
    """A probe as pyOCD offers it; asking for its board opens it."""

    vendor_name, product_name = "STMicroelectronics", "STM32 STLink"

    def __init__(self, serial: str, info: Any = None) -> None:
        self.unique_id, self._info, self.opened = serial, info, 0

    @property
    def associated_board_info(self) -> Any:
        self.opened += 1
        if isinstance(self._info, Exception):
            raise self._info
        return self._info


class Plugin:
    """A kind of probe."""

    def __init__(self, *attached: UsbProbe) -> None:
        self._attached = list(attached)

    def get_all_connected_probes(self) -> list[UsbProbe]:
        return self._attached


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of this test alone."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two Nucleos, the ports of both, and one that belongs to nobody."""
    plugged = [
        UsbPort("/dev/ttyACM1", L432.lower(), "1-2:1.2"),
        UsbPort("/dev/ttyACM0", F412, "1-1:1.2"),
        UsbPort("/dev/ttyS0"),
    ]
    monkeypatch.setattr(list_ports, "comports", lambda: plugged)
    monkeypatch.setattr(discovery, "probes", lambda: [L432_PROBE, F412_PROBE])


def test_probes_are_read_through_their_plugins_and_named(tmp_path: Path) -> None:
    named = UsbProbe(F412, Info("NUCLEO-F412ZG", "stm32f412xg"))
    silent = UsbProbe("0b1c", RuntimeError("USB says no"))
    unknown = UsbProbe("0a00", None)
    virtual = UsbProbe("nucleo-l432kc", Info("ST NUCLEO-L432KC", "stm32l432kc"))
    classes = {"stlink": Plugin(named, unknown), "cmsisdap": Plugin(silent), "virtual": Plugin(virtual)}
    found = discovery._enumerate(classes, discovery._board_name)
    assert [(probe.serial, probe.uid, probe.board, probe.target) for probe in found] == [
        (F412, f"stlink:{F412}", "NUCLEO-F412ZG", "stm32f412xg"),
        ("0a00", "stlink:0a00", "", ""),
        ("0b1c", "cmsisdap:0b1c", "", ""),
    ]
    assert found[0].product == "STMicroelectronics STM32 STLink"


def test_a_board_in_use_is_listed_without_opening_its_probe() -> None:
    used, free = UsbProbe("a1", Info("NUCLEO-L432KC", "stm32l432kcux")), UsbProbe("a2", Info("NUCLEO-L432KC", None))
    with BoardLock("A1"):
        found = discovery._enumerate({"stlink": Plugin(used, free)}, discovery._board_name)
    assert [probe.board for probe in found] == ["", "NUCLEO-L432KC"]
    assert (used.opened, free.opened) == (0, 1)


def test_ports_and_probes_are_tied_by_serial_number(bench: None) -> None:
    left, right = look()
    assert (left.probe.serial, left.ports, left.boards) == (
        L432,
        (Port("/dev/ttyACM1", L432.lower(), "1-2:1.2"),),
        ("nucleo-l432kc",),
    )
    assert (right.ports[0].device, right.boards) == ("/dev/ttyACM0", ("nucleo-f412zg",))


def test_of_several_ports_the_first_interface_is_the_boards() -> None:
    ports = [Port("/dev/ttyACM0", "5", "1-1:1.10"), Port("/dev/ttyACM9", "5", "1-1:1.2"), Port("/dev/ttyS0")]
    assert [port.device for port in ports_of("5", ports)] == ["/dev/ttyACM9", "/dev/ttyACM0"]
    assert ports_of("", ports) == ()


def test_a_place_becomes_probe_port_and_lock(bench: None) -> None:
    board = board_file("nucleo-l432kc")
    place = Place("left", board.name, "hardware", probe=L432.lower())
    assert attached(place, board) == Attached(f"stlink:{L432}", L432, "/dev/ttyACM1", 921_600)
    named = Place("left", board.name, "hardware", probe=L432, port="/dev/serial/by-id/x", baud=115_200)
    assert attached(named, board) == Attached(f"stlink:{L432}", L432, "/dev/serial/by-id/x", 115_200)


def test_what_is_fully_said_needs_no_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "probes", lambda: pytest.fail("nobody should look"))
    board = board_file("nucleo-l432kc")
    place = Place("left", board.name, "hardware", probe=f"stlink:{L432}", port="/dev/ttyACM1")
    assert attached(place, board) == Attached(f"stlink:{L432}", L432, "/dev/ttyACM1", 921_600)
    far = Place("far", board.name, "hardware", remote="host", port="socket://host:4000")
    assert attached(far, board).uid == "remote:host:5555"
    assert (
        attached(Place("far", board.name, "hardware", remote="h:7", port="socket://h:1"), board).uid == "remote:h:7"
    )


def test_without_a_name_the_board_that_is_meant_is_the_one_that_fits(bench: None) -> None:
    board = board_file("nucleo-f412zg")
    assert attached(Place("x", board.name, "hardware"), board).serial == F412


def test_no_choice_is_made_between_boards() -> None:
    board = board_file("nucleo-l432kc")
    twin = discovery.Found(L432_PROBE, (), ("nucleo-l432kc",))
    other = discovery.Found(F412_PROBE, (), ("nucleo-f412zg",))
    nameless = discovery.Found(NAMELESS, (), ())
    with pytest.raises(ProbeError, match="no debug probe is plugged in"):
        choose(board, [])
    with pytest.raises(ProbeError, match=f"none of the boards .* is a nucleo-l432kc: {F412}"):
        choose(board, [other])
    with pytest.raises(ProbeError, match=r"several probes may be nucleo-l432kc: .*; name one in a rig file"):
        choose(board, [twin, twin, other])
    assert choose(board, [other, nameless]) is nameless


def test_a_probe_that_is_not_there_is_named_with_those_that_are(bench: None) -> None:
    board = board_file("nucleo-l432kc")
    with pytest.raises(
        ProbeError, match=f"the probe 123 of left is not plugged in; the probes there are: {L432}, {F412}"
    ):
        attached(Place("left", board.name, "hardware", probe="123"), board)


def test_a_probe_without_a_serial_port_asks_for_one(monkeypatch: pytest.MonkeyPatch, bench: None) -> None:
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    board = board_file("nucleo-l432kc")
    with pytest.raises(ProbeError, match=f"no serial port belongs to probe {L432}; name"):
        attached(Place("left", board.name, "hardware", probe=L432), board)


def test_what_is_absent_is_said_without_opening_anything(bench: None, tmp_path: Path) -> None:
    def place(**fields: str) -> Place:
        return Place("left", "nucleo-l432kc", "hardware", **fields)

    assert absent(place(probe=L432.lower())) == ""
    assert absent(place(probe=f"stlink:{F412}")) == ""
    assert "the probe 123 of left is not plugged in" in absent(place(probe="123"))
    assert "the serial port /dev/ttyACM77 of left does not exist" in absent(place(probe=L432, port="/dev/ttyACM77"))
    assert absent(place(probe="virtual:nucleo-l432kc", port=str(tmp_path))) == ""
    with socket.create_server(("127.0.0.1", 0)) as server:
        remote = f"127.0.0.1:{server.getsockname()[1]}"
        assert absent(place(remote=remote)) == ""
    assert f"no pyocd server answers at {remote}" in absent(place(remote=remote))
    assert "no pyocd server answers at host:port" in absent(place(remote="host:port"))


def test_nothing_plugged_in_is_a_reason_and_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "probes", lambda: [])
    assert "there is no nucleo-l432kc" in absent(Place("x", "nucleo-l432kc", "hardware"))


def test_pyocd_itself_is_asked_in_a_process_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-m", "bitloop_hil.discovery"], capture_output=True, check=True)
    assert discovery.probes() == [Probe(**fields) for fields in json.loads(done.stdout)]


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import sys; sys.exit('no such device')", "no such device"),
        ("print('{')", "its answer cannot be read"),
        ("import threading; threading.Event().wait()", "a USB device is stuck"),
    ],
)
def test_a_listing_that_fails_or_hangs_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, program: str, says: str
) -> None:
    monkeypatch.setattr(discovery, "_COMMAND", [sys.executable, "-c", program])
    monkeypatch.setattr(discovery, "_LIST_SECONDS", 1.0)
    with pytest.raises(ProbeError, match=f"pyOCD cannot list the debug probes .*{says}"):
        discovery.probes()
