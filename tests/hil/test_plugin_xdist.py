"""Several workers and several boards: nobody waits for nothing, and never two on one board."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.hil.plugin_bench import Inner, inner

__all__ = ["inner"]
pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """\
import os
from pathlib import Path
from bitloop.errors import BootError
from tests.hil.fakes import Faults
from tests.hil.plugin_bench import FakeBench

LOG = Path(__file__).with_name("log")

def note(text):
    with LOG.open("a") as log:
        log.write(f"{text} {os.getpid()}\\n")

class Bench(FakeBench):
    def open_place(self, place, lock_seconds=0.0):
        board = super().open_place(place, lock_seconds)
        note(f"open {place.name}")
        close = board.close
        def closing():
            note(f"close {place.name}")
            close()
        board.close = closing
        return board

def pytest_configure(config):
    if not config.pluginmanager.has_plugin("fake-bench"):
        raises = {"greet": BootError("mute")} if os.environ.get("MUTE") else {}
        config.pluginmanager.register(Bench(lambda *at: Faults(raises=raises)), "fake-bench")
"""
TESTS = """\
import pytest
@pytest.mark.parametrize("number", range(6))
def test_parity(prove, number):
    prove("lib.json", count=20)
"""


def rig(*places: tuple[str, str]) -> str:
    """Exclusive places: name and board."""
    table = '[places.{0}]\nboard = "{1}"\nbench = "hardware"\nprobe = "P{0}"\nport = "/dev/tty{0}"\n'
    return "".join(table.format(*place) for place in places)


@pytest.fixture
def run(pytester: pytest.Pytester, inner: Inner, monkeypatch: pytest.MonkeyPatch) -> Inner:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)

    def workers(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(
            "-p",
            "bitloop_hil.pytest_plugin",
            "--bl-rig",
            "rig.toml",
            "-n",
            "2",
            "-p",
            "no:hypothesispytest",
            *arguments,
        )

    return workers


def log(pytester: pytest.Pytester) -> list[tuple[str, str, str]]:
    """What was done to which place by whom; never a place opened that is open."""
    rows, is_open = [], set()
    for line in (pytester.path / "log").read_text().splitlines():
        what, place, pid = line.split()
        rows.append((what, place, pid))
        if what == "open":
            assert place not in is_open
            is_open.add(place)
        else:
            is_open.discard(place)
    assert not is_open
    return rows


def test_each_worker_takes_a_free_place_and_keeps_it(
    pytester: pytest.Pytester, run: Inner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    pytester.makefile(".toml", rig=rig(("a", "nucleo-l432kc"), ("b", "nucleo-l432kc")))
    result = run("--bl-report", "report.html", "--junitxml", "junit.xml")
    result.assert_outcomes(passed=6)
    rows = log(pytester)
    assert Counter((what, place) for what, place, _ in rows) == dict.fromkeys(
        [("open", "a"), ("close", "a"), ("open", "b"), ("close", "b")], 1
    )
    assert len({pid for _, _, pid in rows}) == 2
    # What the workers found out is gathered in one place, and nothing is left lying about.
    result.stdout.fnmatch_lines(["hardware:nucleo-l432kc  6 *"])
    assert (pytester.path / "report.html").read_text().count('<section class="test"') == 6
    assert (pytester.path / "junit.xml").read_text().count('name="bitloop.verdict" value="PASS"') == 6
    assert not list(tmp_path.glob("bitloop-pytest-*"))


def test_the_tests_of_a_board_that_exists_once_go_to_one_worker(pytester: pytest.Pytester, run: Inner) -> None:
    pytester.makefile(".toml", rig=rig(("a", "nucleo-l432kc"), ("b", "nucleo-f767zi")))
    run().assert_outcomes(passed=12)
    rows = log(pytester)
    by_place = {place: {pid for _, at, pid in rows if at == place} for place in ("a", "b")}
    assert [len(pids) for pids in by_place.values()] == [1, 1] and by_place["a"] != by_place["b"]


def test_with_one_board_two_workers_queue(pytester: pytest.Pytester, run: Inner) -> None:
    pytester.makefile(".toml", rig=rig(("a", "nucleo-l432kc")))
    run("--dist", "worksteal", "--bl-lock-seconds", "0").assert_outcomes(passed=6)
    rows = log(pytester)
    assert Counter(what for what, _, _ in rows) == {"open": 6, "close": 6}  # given back after every test
    assert len({pid for _, _, pid in rows}) == 2


def test_a_board_broken_in_one_worker_is_known_to_the_other(
    pytester: pytest.Pytester, run: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makefile(".toml", rig=rig(("a", "nucleo-l432kc")))
    monkeypatch.setenv("MUTE", "1")
    result = run("--dist", "worksteal", "-rs")
    result.assert_outcomes(failed=1, skipped=5)
    result.stdout.fnmatch_lines(["SKIPPED * is broken since BOOT: mute*"])
