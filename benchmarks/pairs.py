"""Every sensor on every board that can have it: built by both compilers, recorded on the virtual board, and in QEMU.

Runs the long form of the dataloggers' tests (`-m slow`) with pytest-xdist and counts what passed, board by board. A
record passes only if every value that came out of the serial port is one that the model put out, in its place.

    python -m benchmarks.pairs [--jobs 2] [--only TEXT] [--write]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.page import ROOT, origin, table, write

from bitloop_hil.boards import names

_COLUMNS = ("builds-zig", "builds-gcc", "records", "qemu")
_HEAD = ("board", "images by zig", "images by gcc", "records on the virtual board", "records in QEMU")


def run(jobs: int, only: str) -> list[tuple[str, bool]]:
    """Names of the tests with their parameters, and whether they passed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "slow", "-n", str(jobs), "--dist", "worksteal"]
        command += ["-k", f"every and ({only})" if only else "every", f"--junitxml={report}"]
        subprocess.run(
            [*command, *sorted(map(str, ROOT.glob("tests/hil/test_datalogger*.py")))], cwd=ROOT, check=False
        )
        cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314 - written by the line above
        return [(case.get("name", ""), len(list(case)) == 0) for case in cases]


def placed(name: str) -> tuple[str, str]:
    """Board and column of a test; the column is empty where it is no pair's."""
    test, _, parameters = name.partition("[")
    board = max((one for one in names() if parameters.startswith(one)), key=len, default="")
    if test.endswith("builds"):
        return board, "builds-gcc" if parameters.endswith("gcc]") else "builds-zig"
    return board, "qemu" if test.endswith("qemu") else "records" if "records" in test else ""


def rows(cases: list[tuple[str, bool]]) -> list[list[str]]:
    """A row for each board: how many passed, of how many."""
    passed, all_there = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for name, good in cases:
        all_there[placed(name)] += 1
        passed[placed(name)] += good
    boards = sorted({board for board, column in all_there if column})

    def row(title: str, within: list[str]) -> list[str]:
        counts = [
            [sum(count[board, column] for board in within) for count in (passed, all_there)] for column in _COLUMNS
        ]
        return [title, *(cell(*count) for count in counts)]

    return [*(row(board, [board]) for board in boards), row("all", boards)]


def cell(passed: int, tests: int) -> str:
    """What is printed of a number of tests."""
    return "" if tests == 0 else str(passed) if passed == tests else f"**{passed} of {tests}**"


def main() -> int:
    """Run, print, and write the section of the page where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="of the tests, those whose names have this (as pytest's -k)")
    parser.add_argument("--write", action="store_true", help="replace the section of docs/benchmarks.md")
    chosen = parser.parse_args()
    start = time.perf_counter()
    cases = run(chosen.jobs, chosen.only)
    took = (time.perf_counter() - start) / 60
    text = f"{origin(7)}, {took:.0f} minutes with {chosen.jobs} workers\n\n" + table(_HEAD, rows(cases))
    sys.stdout.write(text)
    if chosen.write:
        write("pairs", text)
    return 0 if all(good for _, good in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
