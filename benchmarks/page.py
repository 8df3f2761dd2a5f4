"""Tables for docs/benchmarks.md: each script writes its own section and leaves the others alone."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def origin(seed: int) -> str:
    """When, on what and from which commit a table was made."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    commit = described.stdout.strip() or "unknown"
    return (
        f"{datetime.date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), Python"
        f" {platform.python_version()}, seed {seed}, commit {commit}"
    )


def write(section: str, text: str) -> None:
    """Replace what stands between the section's marks; without marks the section goes to the end of the page."""
    begin, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->\n"
    page = PAGE.read_text(encoding="utf-8")
    if begin in page:
        before, rest = page.split(begin, 1)
        page = before + begin + text + end + rest.split(end, 1)[1]
    else:
        page = page.rstrip("\n") + "\n\n" + begin + text + end
    PAGE.write_text(page, encoding="utf-8")
