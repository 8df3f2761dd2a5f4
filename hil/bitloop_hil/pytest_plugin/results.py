"""What became of the tests that used the bench, put together from pytest's reports of their phases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

PASSED, FAILED, BROKEN, SKIPPED = "passed", "failed", "broken", "skipped"
OUTCOMES = (PASSED, FAILED, BROKEN, SKIPPED)


@dataclass(slots=True)
class Result:
    """One test. `record` is that of `Record.to_json`; `seconds` count every phase of every attempt."""

    test: str
    outcome: str = PASSED
    seconds: float = 0.0
    reason: str = ""
    attempts: int = 1
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The board it ran on, with its bench."""
        return str(self.record.get("kind") or "no board")


class Results:
    """Reports by test, in the order they came."""

    def __init__(self) -> None:
        self._results: dict[str, Result] = {}
        self._times: dict[str, float] = {}

    def add(self, report: pytest.TestReport) -> None:
        """Take in the report of a phase."""
        self._times[report.nodeid] = self._times.get(report.nodeid, 0.0) + report.duration
        record: dict[str, Any] | None = getattr(report, "bitloop", None)
        if record is not None:
            result = self._results.setdefault(report.nodeid, Result(report.nodeid))
            if str(report.outcome) == "rerun":  # a word of pytest-rerunfailures
                result.attempts += 1
                result.outcome = PASSED
            elif result.outcome in (PASSED, SKIPPED):  # the first failure of a test is the one that counts
                result.record, result.outcome = record, _outcome(report, record)
                result.reason = _reason(report, record)
        if report.nodeid in self._results:
            self._results[report.nodeid].seconds = self._times[report.nodeid]

    def all(self) -> list[Result]:
        """Every test that used the bench."""
        return list(self._results.values())


def count(results: Iterable[Result]) -> dict[str, int]:
    """How many of each outcome."""
    found = [result.outcome for result in results]
    return {outcome: found.count(outcome) for outcome in OUTCOMES}


def by_kind(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The results of each board."""
    kinds: dict[str, list[Result]] = {}
    for result in results:
        kinds.setdefault(result.kind, []).append(result)
    return kinds


def _outcome(report: pytest.TestReport, record: Mapping[str, Any]) -> str:
    if report.skipped:
        return SKIPPED
    if report.passed:
        return PASSED
    return BROKEN if record["verdict"] == "BROKEN" else FAILED


def _reason(report: pytest.TestReport, record: Mapping[str, Any]) -> str:
    if report.skipped:
        place = report.longrepr
        return str(place[2]).removeprefix("Skipped: ") if isinstance(place, tuple) else str(record["reason"])
    return f"{record['failure']}: {record['reason']}" if report.failed else ""
