"""bitloop bench: what it lists, who may hold and release what, and what it writes for labgrid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bitloop.errors import LinkError
from bitloop_hil import discovery
from bitloop_hil.discovery import Found, Port, Probe
from bitloop_hil.link.remote import open_port
from bitloop_hil.link.transport import Deadline
from bitloop_hil.locks import BoardLock, holder
from tests.cli.run import run

SERIAL = "066BFF495087534867091423"
RIG = f"""
[places.left]
board = "nucleo-l432kc"
bench = "hardware"
probe = "{SERIAL}"
port = "/dev/tty-of-nobody"

[places.soft]
board = "generic-cortex-m0"
bench = "virtual"
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and virtual boards of this test alone, and one Nucleo plugged in."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("BITLOOP_RIG", raising=False)
    probe = Probe(SERIAL, "stlink", "STMicroelectronics STM32 STLink", "NUCLEO-L432KC", "stm32l432kcux")
    found = [Found(probe, (Port("/dev/ttyACM0", SERIAL),), ("nucleo-l432kc",))]
    monkeypatch.setattr(discovery, "look", lambda: found)


@pytest.fixture
def rig(tmp_path: Path) -> Path:
    path = tmp_path / "rig.toml"
    path.write_text(RIG)
    return path


def test_the_list_shows_probe_board_chip_port_and_holder() -> None:
    with BoardLock(SERIAL, "a long soak"):
        (row,) = run("bench", "list", "--json").json["probes"]
        shown = run("bench", "list").out
    assert (row["probe"], row["board"], row["mcu"]) == (f"stlink:{SERIAL}", "nucleo-l432kc", "STM32L432KC")
    assert (row["port"], "a long soak" in row["holder"]) == ("/dev/ttyACM0", True)
    for word in ("probe", "board", "mcu", "port", "holder", "STM32L432KC", "/dev/ttyACM0"):
        assert word in shown


def test_nothing_plugged_in_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "look", lambda: [])
    assert run("bench", "list").out == "no debug probe is plugged in\n"
    assert run("bench", "status").out == "nobody holds a board\n"


def test_the_status_of_a_rig_says_what_is_missing_and_what_is_free(rig: Path) -> None:
    left, soft = run("bench", "status", "--rig", rig, "--json").json["places"]
    assert left["state"] == "the serial port /dev/tty-of-nobody of left does not exist; plug the board in"
    assert soft["state"] == "free"


def test_the_rig_may_come_from_the_environment(rig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITLOOP_RIG", str(rig))
    assert [row["place"] for row in run("bench", "status", "--json").json["places"]] == ["left", "soft"]


def test_a_board_is_held_until_it_is_released(rig: Path) -> None:
    held = run("bench", "hold", "left", "--rig", rig, "--reason", "soldering")
    try:
        assert (held.status, held.out) == (0, f"you hold {SERIAL} for 8 hours\n")
        assert "soldering" in run("bench", "status").out
        again = run("bench", "hold", SERIAL)
        assert (again.status, again.out) == (1, "")
        assert "soldering" in again.err
        assert again.err.count("\n") == 1
    finally:
        released = run("bench", "release", f"stlink:{SERIAL}")
    assert (released.status, released.out) == (0, f"{SERIAL} is free\n")
    assert holder(SERIAL) is None


def test_a_program_in_the_middle_of_its_work_keeps_its_board(rig: Path) -> None:
    with BoardLock(SERIAL):
        refused = run("bench", "release", "left", "--rig", rig)
        assert refused.status == 1
        assert "end that program instead" in refused.err
        assert holder(SERIAL) is not None


def test_a_place_nobody_shares_cannot_be_held(rig: Path) -> None:
    refused = run("bench", "hold", "soft", "--rig", rig)
    assert (refused.status, "nothing to hold" in refused.err) == (1, True)
    assert "no place called 'right'" in run("bench", "hold", "right", "--rig", rig).err


def test_a_rig_with_a_fault_is_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[places.x]\nboard = 'nowhere'\nbench = 'qemu'\n")
    refused = run("bench", "status", "--rig", wrong)
    assert refused.status == 1
    assert refused.err.startswith(f"bitloop: {wrong}: places.x: no board is called 'nowhere'")
    assert refused.err.count("\n") == 1


def test_the_labgrid_file_is_written_once(rig: Path, tmp_path: Path) -> None:
    target = tmp_path / "env.yaml"
    assert run("bench", "labgrid", rig, "--output", target).status == 0
    assert run("bench", "labgrid", rig).out == target.read_text()
    refused = run("bench", "labgrid", rig, "--output", target)
    assert (refused.status, "exists already" in refused.err) == (1, True)
    assert run("bench", "labgrid", rig, "--output", target, "--force", "--form", "exporter").status == 0
    assert "exporter" in target.read_text()


def test_a_port_is_served_until_the_command_is_interrupted(tmp_path: Path) -> None:
    ours, far = os.openpty()
    path = tmp_path / "rig.toml"
    path.write_text(
        "[places.left]\nboard = 'nucleo-l432kc'\nbench = 'hardware'\n"
        f"probe = 'stlink:{SERIAL}'\nport = '{os.ttyname(far)}'\n"
    )
    command = [sys.executable, "-c", "from bitloop.cli import main; main()", "bench", "serve", "left"]
    command += ["--rig", str(path), "--protocol", "socket"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        transport = open_port(process.stdout.readline().decode().strip())
        transport.write(b"over there")
        assert os.read(ours, 100) == b"over there"
        assert "served to 127.0.0.1" in run("bench", "status").out
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        with pytest.raises(LinkError, match="closed"):
            deadline = Deadline.after(30)
            while not deadline.passed:
                transport.read(1)
        transport.close()
    os.close(ours)
    os.close(far)


def test_serving_needs_a_rig_and_a_port(rig: Path) -> None:
    assert "name it with --rig" in run("bench", "serve", "left").err
    assert "has no serial port on this machine" in run("bench", "serve", "soft", "--rig", rig).err


def test_a_board_without_a_probe_is_not_powered_for_others() -> None:
    refused = run("bench", "run", "generic-cortex-m0")
    assert (refused.status, "has no debug probe" in refused.err) == (1, True)


def test_help_of_every_command_has_an_example() -> None:
    for command in ("list", "status", "hold", "release", "run", "serve", "labgrid"):
        shown = run("bench", command, "--help")
        assert shown.status == 0
        assert f"bitloop bench {command}" in " ".join(shown.out.split())


def test_only_a_shield_that_fits_is_powered() -> None:
    assert (
        "no shield is called 'x-nucleo-iks99'"
        in run("bench", "run", "nucleo-c031c6", "--shield", "x-nucleo-iks99").err
    )
    assert "has no Arduino connector" in run("bench", "run", "steval-stwinbx1", "--shield", "X-NUCLEO-IKS4A1").err
