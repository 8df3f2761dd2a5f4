"""The pytest plugin: the same test body on virtual, emulated and real boards.

    def test_my_library(prove, measure):
        proof = prove("fan")                                            # a project or a library file
        measure("detect", proof.detect, max=25_000, unit="cycles")

    pytest --bl-bench virtual --bl-board nucleo-l432kc --bl-report report.html

Fixtures: `board`, `link`, `library`, `prove`, `measure`, `rig`. Markers: `bl_board`, `bl_feature`, `bl_library`.
Every pytest of an environment with bitloop loads this module, so it imports nothing heavy.
"""

from __future__ import annotations

from bitloop_hil.pytest_plugin.fixtures import (
    bl_borrowed,
    bl_kind,
    bl_subject,
    board,
    library,
    link,
    measure,
    prove,
    rig,
)
from bitloop_hil.pytest_plugin.hooks import (
    pytest_addoption,
    pytest_configure,
    pytest_generate_tests,
    pytest_report_teststatus,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_runtest_setup,
    pytest_unconfigure,
)

__all__ = [
    "bl_borrowed",
    "bl_kind",
    "bl_subject",
    "board",
    "library",
    "link",
    "measure",
    "prove",
    "pytest_addoption",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_report_teststatus",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_unconfigure",
    "rig",
]
