"""A search in a process of its own, to be killed: python -m tests.search.killable JOURNAL EVALUATIONS"""

from __future__ import annotations

import sys
from pathlib import Path

from bitloop.search import search
from tests.search.machines import BUDGET, screened

if __name__ == "__main__":
    search(screened(), BUDGET, evaluations=int(sys.argv[2]), seed=3, journal=Path(sys.argv[1]))
