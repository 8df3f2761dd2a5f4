"""The page of kernels names every kernel, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from bitloop.kernels.models import MODELS
from bitloop.kernels.stages import STAGES

PAGE = Path(__file__).parents[2] / "docs" / "kernels.md"


def test_the_page_names_every_kernel_and_no_other() -> None:
    rows = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(kernel.kernel for kernel in (*STAGES, *MODELS))
