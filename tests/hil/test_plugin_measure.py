"""Declared measurements: what is recorded, which limits are judged, and where they can be read afterwards."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

from bitloop.errors import TimingError
from bitloop_hil.proof import Spread
from bitloop_hil.pytest_plugin.measuring import Measure, broken_limits
from bitloop_hil.pytest_plugin.record import Record
from tests.hil.plugin_bench import FakeBench, Inner, inner

__all__ = ["inner"]
pytest_plugins = ["pytester"]

SPREAD = Spread(80, 100, 130)


def measure(unit: str = "cycles", clock_hz: int = 80_000_000) -> Measure:
    return Measure(Record(unit=unit, clock_hz=clock_hz))


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ({}, "PASS"),
        ({"max": 130}, "PASS"),
        ({"max": 129}, "FAIL"),
        ({"min": 80}, "PASS"),
        ({"min": 81}, "FAIL"),
        ({"min": 80, "max": 130}, "PASS"),
    ],
)
def test_limits_hold_for_the_worst_call(limits: dict[str, float], verdict: str) -> None:
    assert measure()("detect", SPREAD, **limits).verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(5, "PASS"), (5.0, "PASS"), (5.001, "FAIL"), (-1, "PASS")])
def test_plain_numbers_are_judged_too(value: float, verdict: str) -> None:
    assert measure()("loss", value, max=5, unit="%").verdict == verdict


def test_cycles_become_time_by_the_clock_of_the_board() -> None:
    made = measure()("detect", SPREAD, max=1.6, unit="us")
    assert (made.low, made.value, made.high) == pytest.approx((1.0, 1.25, 1.625), rel=1e-12)
    assert (made.unit, made.verdict) == ("us", "FAIL")
    assert measure()("detect", SPREAD, max=1.7e-3, unit="ms").verdict == "PASS"


@pytest.mark.parametrize(
    ("counted", "wanted"), [("instructions", "cycles"), ("cycles", "instructions"), ("instructions", "us")]
)
def test_a_limit_in_what_the_bench_does_not_measure_is_not_judged(counted: str, wanted: str) -> None:
    made = measure(counted)("detect", SPREAD, max=1, unit=wanted)
    assert (made.verdict, made.unit, made.high) == ("NOT JUDGED", counted, 130)
    assert counted in made.note and wanted in made.note


def test_a_number_of_unknown_origin_in_ticks_is_judged_only_on_a_bench_that_counts_those() -> None:
    assert measure("cycles")("detect", 100, max=99, unit="cycles").verdict == "FAIL"
    assert measure("instructions")("detect", 100, max=99, unit="cycles").verdict == "NOT JUDGED"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), True])
def test_nothing_and_no_number_are_errors(value: float | None) -> None:
    with pytest.raises(TimingError):
        measure()("detect", value)


@pytest.mark.parametrize("limits", [{"max": float("nan")}, {"min": float("inf")}])
def test_limits_that_nothing_breaks_are_errors(limits: dict[str, float]) -> None:
    with pytest.raises(TimingError):
        measure()("detect", 1, **limits)


def test_every_broken_limit_is_named_at_once() -> None:
    record = Record(unit="cycles")
    made = Measure(record)
    made("learn", 7, max=5)
    made("detect", SPREAD, max=500)
    made("loss", 2, max=1, unit="%")
    error = broken_limits(record)
    assert str(error) == "2 of 3 measurements break their limits: learn: 7 max 5; loss: 2 % max 1"


TEST = """\
def test_time(prove, measure):
    proof = prove("lib.json")
    measure("detect", proof.detect, max={limit}, unit="cycles")
    measure("loss", 0.25, unit="%")
"""


def properties(path: Path) -> dict[str, str]:
    rows = Xml.parse(path).getroot().findall(".//testcase/properties/property")  # noqa: S314 - we wrote it
    return {row.attrib["name"]: row.attrib["value"] for row in rows}


def test_the_junit_file_has_values_limits_and_verdicts(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(TEST.format(limit=100))
    inner("--junitxml", "junit.xml").assert_outcomes(passed=1)
    found = properties(pytester.path / "junit.xml")
    assert {key.removeprefix("bitloop.measure."): value for key, value in found.items() if "measure" in key} == {
        "detect": "100",
        "detect.unit": "cycles",
        "detect.max": "100",
        "detect.verdict": "PASS",
        "loss": "0.25",
        "loss.unit": "%",
        "loss.verdict": "PASS",
    }
    assert (found["bitloop.verdict"], found["bitloop.board"]) == ("PASS", "b-l475e-iot01a")
    assert (found["bitloop.differing"], len(found["bitloop.library"])) == ("0", 24)
    suite = Xml.parse(pytester.path / "junit.xml").getroot().find("./testsuite/properties")  # noqa: S314
    assert suite is not None and {"bitloop.version", "bitloop.boards"} <= {row.attrib["name"] for row in suite}


def test_a_broken_limit_fails_the_test_at_its_line_as_timing(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(TEST.format(limit=99))
    result = inner("--junitxml", "junit.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            '>       measure("detect", proof.detect, max=99, unit="cycles")',
            "E       bitloop.errors.TimingError: 1 of 2 measurements break their limits: detect: 100 cycles max 99",
            "detect * 100 cycles max 99 * FAIL *",
        ]
    )
    found = properties(pytester.path / "junit.xml")
    assert (found["bitloop.verdict"], found["bitloop.failure"]) == ("FAIL", "TIMING")
    assert found["bitloop.measure.detect.verdict"] == "FAIL"


def test_a_limit_that_is_not_judged_shows(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(TEST.format(limit=99))
    result = inner(bench=FakeBench(unit="instructions"))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["detect * 100 instructions max 99 * NOT JUDGED * this bench counts instructions"])


def test_a_repeated_test_reports_its_last_attempt_only(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(
        """
        from bitloop.errors import LinkError
        attempts = []
        def test_it(board, measure):
            attempts.append(1)
            measure("attempt", len(attempts))
            if len(attempts) == 1:
                raise LinkError("cut")
        """
    )
    inner("--reruns", "1", "--junitxml", "junit.xml").assert_outcomes(passed=1)
    found = properties(pytester.path / "junit.xml")
    assert (found["bitloop.measure.attempt"], found["bitloop.verdict"]) == ("2", "PASS")


def test_measuring_needs_no_board(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("def test_size(measure): measure('flash', 3000, max=4096, unit='bytes')")
    bench = FakeBench()
    inner(bench=bench).assert_outcomes(passed=1)
    assert bench.opened == []


def test_what_fails_while_a_test_is_torn_down_counts(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(
        """
        import pytest
        from bitloop.errors import LinkError
        @pytest.fixture
        def careless(board):
            yield
            raise LinkError("left open")
        def test_it(careless): pass
        """
    )
    result = inner("--junitxml", "junit.xml", "-v")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*BROKEN (LINK)*"])
    found = properties(pytester.path / "junit.xml")
    assert (found["bitloop.verdict"], found["bitloop.failure"]) == ("BROKEN", "LINK")
