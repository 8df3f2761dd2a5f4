"""Gathers the reports of all workers in the process that talks to the user, and tells what came out."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from bitloop_hil.pytest_plugin import scheduling, terminal
from bitloop_hil.pytest_plugin.record import PREFIX
from bitloop_hil.pytest_plugin.results import Results
from bitloop_hil.pytest_plugin.state import state_of


class Collector:
    """A plugin of the process that is no worker of pytest-xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._results = Results()

    def pytest_report_header(self) -> list[str]:
        return terminal.header(state_of(self._config))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker learns which run it belongs to."""
        number = int(str(node.workerinput["workerid"]).removeprefix("gw"))
        node.workerinput |= state_of(self._config).for_worker(number, int(node.workerinput["workercount"]))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Where the user has not chosen a way to distribute tests, boards that exist once decide."""
        state = state_of(config)
        if config.getoption("dist") != "load" or not state.settings.explicit:
            return None
        kinds = scheduling.single(state.plan)
        return scheduling.scheduler(config, log, kinds) if kinds else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._results.add(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Properties of the run for the JUnit file, which is written by a later hook, and the report."""
        results, path = self._results.all(), state_of(self._config).settings.report
        for plugin in self._config.pluginmanager.get_plugins() if results else ():
            # What writes the JUnit file; its fixture for this does not work in workers of pytest-xdist.
            if callable(add := getattr(plugin, "add_global_property", None)):
                for name, value in self._properties().items():
                    add(name, value)
        if path is not None:
            from bitloop_hil.pytest_plugin.html import write

            write(path, results, self._properties())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        results, path = self._results.all(), state_of(self._config).settings.report
        if results:
            terminalreporter.write_sep("=", "bitloop")
            for line in terminal.summary(results):
                terminalreporter.write_line(line)
        if path is not None:
            terminalreporter.write_line(f"bitloop: report written to {path}")

    def _properties(self) -> dict[str, str]:
        settings = state_of(self._config).settings
        found = {
            "version": version("bitloop"),
            "pyocd": version("pyocd"),
            "rig": str(settings.rig or ""),
            "boards": ", ".join(dict.fromkeys(result.kind for result in self._results.all())),
        }
        return {PREFIX + name: value for name, value in found.items() if value}
