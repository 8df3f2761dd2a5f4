"""The plugin is loaded by every pytest of an environment with bitloop, so it has to cost next to nothing."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

HEAVY = ("pyocd", "unicorn", "capstone", "numpy", "sklearn", "scipy", "polars", "serial", "jinja2", "cffi")
CONFTEST = f"""\
import sys
def pytest_unconfigure():
    loaded = sorted(set({HEAVY!r}) & set(sys.modules))
    print("loaded:", loaded)
"""


def test_plain_pytest_with_the_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_plain(tmp_path): pass")
    # The plugins of other packages stay out, so that what is loaded is ours.
    result = pytester.runpytest_subprocess(
        "-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "bitloop_hil.pytest_plugin", "--junitxml", "junit.xml"
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["loaded: []"])


def test_the_check_itself_can_fail(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_heavy(): import numpy")
    result = pytester.runpytest_subprocess("-p", "bitloop_hil.pytest_plugin")
    result.stdout.fnmatch_lines(["loaded: *'numpy'*"])


def test_it_works_beside_a_plugin_that_has_neither_xdist_nor_reruns(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_size(measure): measure('flash', 1, max=2)")
    result = pytester.runpytest_subprocess(
        "-p", "no:xdist", "-p", "no:rerunfailures", "-p", "bitloop_hil.pytest_plugin", "--strict-markers"
    )
    result.assert_outcomes(passed=1)
