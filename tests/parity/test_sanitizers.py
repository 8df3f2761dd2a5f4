"""The parity tests once more, on a host build that stops at the first overrun or undefined operation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parity.matrix import SANITIZE

HERE = Path(__file__).resolve()
NOT_ON_THE_HOST = (HERE.name, "test_faults.py", "test_unrolled_forest.py")
"""Tests of emulated cores; their disassembler cannot be loaded beside the sanitizers."""


@pytest.fixture
def environment() -> dict[str, str]:
    """Lets the sanitizers' run-time library come first into a Python that knows nothing of it."""
    if shutil.which("gcc") is None or not sys.platform.startswith("linux"):
        assert not os.environ.get("CI"), "CI has to have gcc"
        pytest.skip("gcc with its sanitizers is not installed")
    ask = ["gcc", "-print-file-name=libasan.so"]
    library = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return {**os.environ, SANITIZE: "1", "LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0"}


def test_every_kernel_stays_within_its_memory_and_the_rules_of_c(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(HERE.parent)]
    command += ["-W", "ignore", *(f"--ignore={HERE.parent / name}" for name in NOT_ON_THE_HOST)]
    done = subprocess.run(command, env=environment, cwd=HERE.parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_an_overrun_of_one_float_does_stop_it(environment: dict[str, str]) -> None:
    code = """
import numpy as np
from tests.parity.matrix import executors
x = np.zeros(4096, dtype=np.float32)
executors()[0].call("blh_remove_mean", 1, 1, LENGTH, LENGTH, np.zeros(1, dtype=np.uint32), [], x, x)
"""
    for length, report in ((4096, ""), (4097, "heap-buffer-overflow")):
        command = [sys.executable, "-c", code.replace("LENGTH", str(length))]
        done = subprocess.run(command, env=environment, cwd=HERE.parents[2], capture_output=True, text=True)
        assert report in done.stderr and (done.returncode == 0) == (not report), done.stderr[-4000:]
