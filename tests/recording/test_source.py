"""Which port is meant by a name, and which one it is after it was unplugged."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop.errors import BuildError, ProbeError
from bitloop_hil import discovery
from bitloop_hil.discovery import Found, Port, Probe
from bitloop_hil.power import Powered
from bitloop_hil.recording.source import Source, find
from bitloop_hil.rig import Rig

PROBE = Probe("066BFF", "stlink", "STMicroelectronics ST-Link", "NUCLEO-L432KC", "stm32l432kcux")
TWO = [Port("/dev/ttyACM0", "066BFF", "1-2:1.2"), Port("/dev/ttyACM1", "066BFF", "1-2:1.4")]


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """The ports of this machine, to be changed by the test."""
    there = list(TWO)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setattr(discovery, "ports", lambda: list(there))
    monkeypatch.setattr(discovery, "look", lambda: [Found(PROBE, tuple(TWO), ("nucleo-l432kc",))])
    return there


def test_a_port_is_found_again_by_its_serial_number(plugged: list[Port]) -> None:
    source = find("/dev/ttyACM1")
    assert source == Source("/dev/ttyACM1", 0, 921_600, "", "066BFF", 1, "066BFF")
    assert source.now() == "/dev/ttyACM1"
    plugged[:] = [Port("/dev/ttyACM0", "other", "1-3:1.0"), *TWO[:1]]
    assert source.now() == "", "its first port alone is not this one"
    plugged[:] = [Port("/dev/ttyACM5", "066bff", "3-1:1.4"), Port("/dev/ttyACM4", "066bff", "3-1:1.2")]
    assert source.now() == "/dev/ttyACM5"


def test_a_serial_number_that_many_have_is_none(plugged: list[Port]) -> None:
    plugged[:] = [Port("/dev/ttyUSB0", "0001", "1-2:1.0"), Port("/dev/ttyUSB1", "0001", "1-3:1.0")]
    assert find("/dev/ttyUSB1", 9600) == Source("/dev/ttyUSB1", 9600)


def test_a_link_to_a_port_is_the_port(plugged: list[Port], tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    plugged[:] = [Port(str(tmp_path / "real"), "ABC", "1-2:1.0")]
    assert find(str(tmp_path / "link")).usb == "ABC"


def test_a_board_is_its_first_port_at_its_speed(plugged: list[Port]) -> None:
    source = find("nucleo-l432kc")
    assert source == Source("/dev/ttyACM0", 0, 921_600, "nucleo-l432kc", "066BFF", 0, "066BFF")
    assert find("nucleo-l432kc", 115_200).baud == 115_200


def test_a_place_of_a_rig_is_its_port(plugged: list[Port], tmp_path: Path) -> None:
    path = tmp_path / "rig.toml"
    path.write_text(
        '[places.desk]\nboard = "nucleo-l432kc"\nbench = "hardware"\nprobe = "stlink:066BFF"\n'
        'port = "rfc2217://host:7000"\nbaud = 9600\n'
        '[places.soft]\nboard = "nucleo-l432kc"\nbench = "virtual"\n'
    )
    source = find("desk", rig=Rig.load(path))
    assert (source.port, source.baud, source.usb, source.lock) == ("rfc2217://host:7000", 9600, "", "066BFF")
    assert source.now() == source.port
    with pytest.raises(BuildError, match="bitloop bench run nucleo-l432kc"):
        find("soft", rig=Rig.load(path))


def test_a_virtual_board_that_is_powered_is_meant_by_its_name(plugged: list[Port]) -> None:
    with Powered("nucleo-l432kc") as powered:
        source = find("nucleo-l432kc")
        assert (source.port, source.lock) == (str(powered.published.port), "virtual-nucleo-l432kc")
        assert source.now() == source.port


def test_what_is_neither_is_told_what_there_is(plugged: list[Port]) -> None:
    with pytest.raises(ProbeError, match=r"'ttyACM0' is neither a port nor a board; .*: /dev/ttyACM0, /dev/ttyACM1"):
        find("ttyACM0")
    with pytest.raises(ProbeError, match="names no port"):
        find("telnet://host:7000")
