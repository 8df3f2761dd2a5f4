"""pytest's hooks: options, markers, one run of a test per board, verdicts, and what goes into the reports."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from bitloop.errors import BitloopError
from bitloop_hil.pytest_plugin import settings
from bitloop_hil.pytest_plugin.collector import Collector
from bitloop_hil.pytest_plugin.record import PREFIX, RECORD
from bitloop_hil.pytest_plugin.state import STATE, begin, state_of
from bitloop_hil.pytest_plugin.tracebacks import shorten

if TYPE_CHECKING:
    from bitloop_hil.pytest_plugin.record import Record

_MARKERS = (
    "bl_board(name, ...): the test is for these boards (or places of the rig) only",
    "bl_feature(name, ...): what the bench has to be able to do (flash, cycles, ...); skipped with the reason if not",
    "bl_library(path, number=None): the library under test: a project folder or a library file",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    settings.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    state = begin(config)
    if state.worker is None:
        config.pluginmanager.register(Collector(config), "bitloop-results")


def pytest_unconfigure(config: pytest.Config) -> None:
    if STATE in config.stash:
        state_of(config).end()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that uses a board runs once on each kind that was chosen and that it is for."""
    if "bl_kind" not in metafunc.fixturenames:
        return
    boards = [str(name) for marker in metafunc.definition.iter_markers("bl_board") for name in marker.args]
    try:
        kinds = state_of(metafunc.config).plan.chosen(boards)
    except BitloopError as error:
        raise pytest.UsageError(f"bitloop: {metafunc.definition.nodeid}: {error}") from error
    # Of the session's scope, so that pytest runs all tests of a board before those of the next.
    metafunc.parametrize("bl_kind", kinds, indirect=True, ids=[kind.id for kind in kinds], scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A broken proof is the cause of whatever assertion fails after it; limits are judged at the end of the test."""
    __tracebackhide__ = True
    try:
        result = yield
    except AssertionError as error:
        broken = _broken_proof(item.stash.get(RECORD, None))
        if broken is None:
            raise
        raise broken from error
    if RECORD in item.stash and item.stash[RECORD].measurements:
        from bitloop_hil.pytest_plugin.measuring import broken_limits

        wrong = broken_limits(item.stash[RECORD])
        if wrong is not None:
            raise wrong
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge the phase, keep the verdict with the report, and let only infrastructure be run again."""
    error = call.excinfo.value if call.excinfo is not None else None
    record = item.stash.get(RECORD, None)
    if record is not None and isinstance(error, BitloopError) and not item.config.getoption("fulltrace"):
        shorten(error)
    report = yield
    if record is not None and call.when != "teardown" and not report.skipped and (error or call.when == "call"):
        record.judge(error)
    if record is not None and (call.when == "call" or report.outcome != "passed"):
        if report.failed and call.when == "teardown":
            record.judge(error)
        item.user_properties[:] = [row for row in item.user_properties if not row[0].startswith(PREFIX)]
        item.user_properties += record.properties()
        report.user_properties = list(item.user_properties)
        # A plain attribute of JSON's types travels from the workers of pytest-xdist with the report.
        report.bitloop = record.to_json()  # type: ignore[attr-defined]
    if report.failed and (record is not None or isinstance(error, BitloopError)):
        _rerun_only_infrastructure(item, report, error)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """An attempt at a test begins with an empty record."""
    if RECORD in item.stash:
        del item.stash[RECORD]


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Infrastructure that failed shows as B: what was tested is not known to be wrong."""
    record: dict[str, Any] | None = getattr(report, "bitloop", None)
    if record is not None and report.failed and record["verdict"] == "BROKEN":
        return "failed" if report.when == "call" else "error", "B", f"BROKEN ({record['failure']})"
    return None


def _broken_proof(record: Record | None) -> BitloopError | None:
    if record is None or not record.proofs:
        return None
    last = record.proofs[-1]
    return last.error if last.verdict == "BROKEN" else None


def _rerun_only_infrastructure(item: pytest.Item, report: pytest.TestReport, error: BaseException | None) -> None:
    """pytest-rerunfailures repeats a phase unless it is marked as terminal."""
    from bitloop_hil.proof import BROKEN, classify

    terminal_errors: dict[str, bool] | None = getattr(item, "_terminal_errors", None)
    if terminal_errors is None:
        return
    broken = isinstance(error, BitloopError) and classify(error)[0] == BROKEN
    terminal_errors[str(report.when)] = terminal_errors.get(str(report.when), False) or not broken
