"""bitloop new, add and check, and what every command has in common."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bitloop.cli import app
from bitloop.fan import Fan, record, write_csv
from tests.cli.run import run

_COMMANDS = (
    "new",
    "filter",
    "add",
    "remove",
    "check",
    "import",
    "export",
    "shape",
    "plot",
    "search",
    "libraries",
    "crown",
    "report",
    "emulate",
    "build",
    "prove",
    "demo",
)


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_has_help_with_an_example_and_json(command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.status == 0
    assert f"Example: bitloop {command}" in outcome.out
    assert "--json" in outcome.out


def test_the_version_is_the_installed_one() -> None:
    from importlib.metadata import version

    outcome = run("--version")
    assert (outcome.status, outcome.out) == (0, f"bitloop {version('bitloop')}\n")


def test_no_command_and_a_wrong_one_are_usage_errors() -> None:
    assert run().status == 2
    assert run("fly").status == 2
    assert run("new", "x").status == 2
    assert run("new", "x", "--kind", "magic", "--axes", "3").status == 2


def test_help_is_quick_because_it_loads_nothing_heavy() -> None:
    code = "import sys; from bitloop.cli.app import make_app; make_app(); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "polars", "sklearn", "scipy", "bitloop_hil", "jinja2", "cffi", "matplotlib"} & set(modules)


def test_a_project_from_nothing_to_ready(tmp_path: Path) -> None:
    fan, healthy, clogged = tmp_path / "fan", tmp_path / "healthy.csv", tmp_path / "clogged.csv"
    write_csv(healthy, record(Fan(), "healthy", 60, 1))
    write_csv(clogged, record(Fan(), "clogged", 60, 1))
    made = run("new", fan, "--kind", "anomaly", "--axes", 3, "--target", "cortex-m4f", "--max-ram", 16, "--json")
    assert made.status == 0
    assert (made.json["kind"], made.json["max_ram"], made.json["max_flash"]) == ("anomaly", 16, 64)
    assert (
        run("add", fan, healthy, "--as", "regular").out == "added 60 signals of 768 values as regular (healthy.csv)\n"
    )
    alone = run("check", fan, "--json")
    assert (alone.status, alone.json["warnings"][0]["code"]) == (0, "no-abnormal")
    assert run("add", fan, clogged, "--as", "abnormal", "--json").json["lines"] == 60
    ready = run("check", fan)
    assert (ready.status, ready.out) == (0, "120 signals of 3 axes x 256 samples: ready for a search\n")


def test_an_error_is_one_sentence_on_stderr(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("1,2,3\n4,five,6\n")
    run("new", tmp_path / "fan", "--kind", "outlier", "--axes", 3)
    for extra in ((), ("--json",)):
        outcome = run("add", tmp_path / "fan", bad, "--as", "regular", *extra)
        assert (outcome.status, outcome.out) == (1, "")
        assert (
            outcome.err == f"bitloop: {bad}, line 2, column 2: 'five' is not a number; repair it or delete the line\n"
        )


def test_a_signal_that_was_broken_off_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "serial.txt"
    path.write_bytes(b"8 9 \r\n1 2 3 \r\n4 5 6 \r\n7 8")
    run("new", tmp_path / "fan", "--kind", "outlier", "--axes", 3)
    added = run("add", tmp_path / "fan", path, "--as", "regular")
    assert added.out.splitlines() == [
        "added 2 signals of 3 values as regular (serial.txt)",
        "line 1 holds only a part of a signal and is left out",
        "line 4 holds only a part of a signal and is left out",
    ]
    (warning,) = (w for w in run("check", tmp_path / "fan", "--json").json["warnings"] if w["code"] == "cut")
    assert (warning["recording"], warning["lines"]) == ("serial.txt", [1, 4])


def test_a_search_remarks_on_rules_a_project_may_live_with_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "healthy.csv"
    write_csv(path, record(Fan(), "healthy", 30, 1)[:, : 100 * 3])
    for name, extra in (("strict", ()), ("lenient", ("--allow", "too-few", "--allow", "length", "--rate", 1666))):
        assert run("new", tmp_path / name, "--kind", "outlier", "--axes", 3, *extra).status == 0
        assert run("add", tmp_path / name, path, "--as", "regular").status == 0
    strict = run("check", tmp_path / "strict")
    assert (strict.status, strict.out.splitlines()[-1]) == (
        1,
        "30 signals of 3 axes x 100 samples: not as the rules have it; a search goes on with what there is",
    )
    assert "record 128 samples per axis" in strict.out
    went_on = run("search", tmp_path / "strict", "--evaluations", 30, "--jobs", 1, "--json")
    assert went_on.status == 0 and went_on.json["best"]
    assert "bitloop: 30 signals of regular are too few for 3 axes; record at least 60" in went_on.err
    assert "bitloop: 100 samples per axis are no power of two" in went_on.err
    lenient = run("check", tmp_path / "lenient")
    assert lenient.status == 0
    assert "30 signals of 3 axes x 100 samples (0.06 s at 1666 Hz): ready for a search" in lenient.out
    codes = [w["code"] for w in run("check", tmp_path / "lenient", "--json").json["warnings"]]
    assert codes == ["too-few", "length"]


def test_a_file_is_checked_before_there_is_a_project(tmp_path: Path) -> None:
    path = tmp_path / "healthy.csv"
    x = record(Fan(), "healthy", 60, 1)
    x[7] = x[3]
    write_csv(path, x)
    outcome = run("check", path, "--axes", 3, "--rate", 1666)
    assert outcome.status == 0
    assert outcome.out.splitlines() == [
        "warning healthy.csv, line 8: 1 signal stands further up already; delete the copies: a test on a signal that"
        " was trained on says nothing [duplicates]",
        "60 signals of 3 axes x 256 samples (0.154 s at 1666 Hz): ready for a search",
    ]
    assert "say --axes 3" in run("check", path).err
    assert "768 values are not a multiple of 5 axes" in run("check", path, "--axes", 5).err
    assert run("check", path, "--axes", 3, "--rate", -1).status == 1
    write_csv(path, x[:, : 255 * 3 + 1])
    refused = run("check", path, "--axes", 3, "--target-first", "--json")
    assert (refused.status, [p["code"] for p in refused.json["problems"]]) == (1, ["length"])


def test_many_lines_of_a_warning_are_shown_as_ranges(tmp_path: Path) -> None:
    x = record(Fan(), "healthy", 60, 1)
    x[3:7, 1::3] = 0.5
    x[20, 1::3] = 0.5
    write_csv(tmp_path / "healthy.csv", x)
    run("new", tmp_path / "fan", "--kind", "outlier", "--axes", 3)
    run("add", tmp_path / "fan", tmp_path / "healthy.csv", "--as", "regular")
    said = run("check", tmp_path / "fan").out.splitlines()[0]
    assert said.startswith("warning healthy.csv, lines 4-7, 21: axis 2 does not move in 5 signals; ")
    assert said.endswith(" [constant-axis]")


def test_an_existing_project_is_kept_without_force(tmp_path: Path) -> None:
    command = ("new", tmp_path / "fan", "--kind", "outlier", "--axes", 3)
    assert run(*command).status == 0
    again = run(*command)
    assert (again.status, "--force" in again.err) == (1, True)
    assert run(*command, "--force").status == 0


def test_a_file_name_is_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "[bold]x.csv"
    path.write_text("1,2\n3,4\n")
    run("new", tmp_path / "fan", "--kind", "outlier", "--axes", 2)
    assert "([bold]x.csv)" in run("add", tmp_path / "fan", path, "--as", "regular").out
    assert run("check", tmp_path / "fan").status == 1


def test_what_the_system_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run("new", tmp_path / "file" / "fan", "--kind", "outlier", "--axes", 2)
    assert outcome.status == 1
    assert outcome.err.startswith("bitloop: the system refuses: ")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_ctrl_c_exits_with_130() -> None:
    code = (
        "import signal, sys; from bitloop import cli; from bitloop.project import Project\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job begins with it ignored\n"
        "Project.load = lambda folder: (print('ready', flush=True), signal.pause())\n"
        "sys.argv = ['bitloop', 'check', 'fan']; cli.main()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (app.INTERRUPTED, b"bitloop: interrupted\n")


def test_a_search_does_not_begin_with_too_few_signals_to_hold_any_back(tmp_path: Path) -> None:
    path = tmp_path / "healthy.csv"
    write_csv(path, record(Fan(), "healthy", 7, 1))
    assert run("new", tmp_path / "fan", "--kind", "outlier", "--axes", 3, "--allow", "too-few").status == 0
    assert run("add", tmp_path / "fan", path, "--as", "regular").status == 0
    assert "3 axes x 256 samples: not ready for a search" in run("check", tmp_path / "fan").out
    for options in (("--axes", 3), ("--target-first",)):
        assert "a project knows what its lines are" in run("check", tmp_path / "fan", *options).err
    refused = run("search", tmp_path / "fan", "--evaluations", 1)
    assert refused.status == 1
    assert "the signals are not ready: 7 signals of regular are too few to hold any back" in refused.err
