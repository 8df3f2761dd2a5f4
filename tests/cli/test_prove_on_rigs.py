"""bitloop prove with a rig file, and what becomes of a proof whose board cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop_hil import discovery
from bitloop_hil.locks import BoardLock
from tests.cli.run import run
from tests.cli.test_long_commands import _machine

SERIAL = "066BFF495087534867091423"
DESK = f"[places.desk]\nboard = 'nucleo-l432kc'\nbench = 'hardware'\nprobe = 'stlink:{SERIAL}'\nport = '/dev/null'\n"
SOFT = "[places.soft]\nboard = 'generic-cortex-m3'\nbench = 'virtual'\n"


@pytest.fixture(autouse=True)
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of this test alone, and nothing plugged in."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setattr(discovery, "look", lambda: [])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return _machine(tmp_path)


def _rig(folder: Path, text: str) -> Path:
    path = folder / "rig.toml"
    path.write_text(text)
    return path


def test_a_place_of_a_rig_is_proven_on(project: Path, tmp_path: Path) -> None:
    both, one = _rig(tmp_path, DESK + SOFT), tmp_path / "one.toml"
    one.write_text(SOFT)
    for options in (("--rig", both, "--board", "soft"), ("--rig", one)):
        proof = run("prove", project, "--signals", 2, *options, "--json").json
        assert (proof["verdict"], proof["board"], proof["bench"]) == ("PASS", "generic-cortex-m3", "virtual")


def test_of_several_places_with_the_board_a_free_one_is_taken(project: Path, tmp_path: Path) -> None:
    rig = _rig(tmp_path, DESK + SOFT + SOFT.replace("soft", "softer"))
    proof = run("prove", project, "--signals", 2, "--rig", rig, "--board", "generic-cortex-m3", "--json").json
    assert (proof["verdict"], proof["board"]) == ("PASS", "generic-cortex-m3")


def test_of_several_places_one_has_to_be_named(project: Path, tmp_path: Path) -> None:
    rig = _rig(tmp_path, DESK + SOFT)
    assert "has several places; name one with --board: desk, soft" in run("prove", project, "--rig", rig).err
    assert "no place called 'roof'" in run("prove", project, "--rig", rig, "--board", "roof").err


def test_a_board_somebody_holds_breaks_the_proof_as_lock(project: Path, tmp_path: Path) -> None:
    rig = _rig(tmp_path, DESK)
    with BoardLock(SERIAL, "a long soak"):
        outcome = run("prove", project, "--signals", 2, "--rig", rig, "--wait", 0.1, "--json")
    assert outcome.status == 1
    assert (outcome.json["verdict"], outcome.json["class"]) == ("BROKEN", "LOCK")
    assert "a long soak" in outcome.json["reason"]
    assert outcome.err.splitlines()[-1].startswith("bitloop: BROKEN: ")


def test_a_board_that_is_not_plugged_in_breaks_the_proof_as_probe(project: Path) -> None:
    outcome = run("prove", project, "--signals", 2, "--board", "nucleo-l432kc", "--bench", "hardware", "--json")
    assert (outcome.status, outcome.json["verdict"], outcome.json["class"]) == (1, "BROKEN", "PROBE")
    assert "no debug probe is plugged in; connect nucleo-l432kc by USB" in outcome.json["reason"]
