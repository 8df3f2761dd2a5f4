"""Code written against the NanoEdge API compiles, links and runs unchanged: both personas, every kind, C and C++."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.examples import library
from tests.library.userland import compile_user, made, run_user

SINGLE = {
    "v3_anomaly_loop.c": "anomaly",
    "v3_anomaly_datalogger.c": "anomaly",
    "v3_classes.c": "classes",
    "v3_outlier.c": "outlier",
    "v3_extrapolation.c": "extrapolation",
    "v3_sketch.cpp": "anomaly",
    "v5_anomaly.c": "anomaly",
    "v5_classes.c": "classes",
    "v5_outlier.c": "outlier",
    "v5_extrapolation.c": "extrapolation",
}
SUFFIXED = {
    "v3_tables.c": {"tempad": "anomaly", "oc": "outlier", "ncc": "classes", "e": "extrapolation"},
    "v5_tables.cpp": {"motor": "anomaly", "state": "classes"},
}
ON_CORES = [("cortex-m0", "zig"), ("cortex-m4f", "gcc")]


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("program", SINGLE)
def test_a_users_program_runs_unchanged(program: str, compiler: str, tmp_path: Path) -> None:
    one = made(library(f"{SINGLE[program]}-both"), "host", compiler, program[:2])
    run_user(program, [one], tmp_path)


@pytest.mark.parametrize("program", SUFFIXED)
def test_suffixed_libraries_share_a_program(program: str, tmp_path: Path) -> None:
    several = [
        made(library(f"{kind}-both"), "host", "zig", program[:2], suffix)
        for suffix, kind in SUFFIXED[program].items()
    ]
    run_user(program, several, tmp_path)


@pytest.mark.parametrize(("core", "compiler"), ON_CORES)
@pytest.mark.parametrize("program", SINGLE)
def test_a_users_program_compiles_for_a_core(program: str, core: str, compiler: str, tmp_path: Path) -> None:
    one = made(library(f"{SINGLE[program]}-both"), core, compiler, program[:2])
    compile_user(program, [one], tmp_path)
