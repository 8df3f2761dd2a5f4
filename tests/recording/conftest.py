"""A logger for every test that records text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recording.printer import Printer


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    """A logger on a pseudo-terminal."""
    made = Printer(tmp_path)
    yield made
    made.unplug()
