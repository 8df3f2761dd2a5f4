"""The wheel carries everything a user needs, and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("bitloop-*.whl"))


def test_c_sources_templates_and_boards_travel_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for room in ("firmware", "boards"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file():
                assert f"bitloop/data/{path.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if name.endswith((".pyc", ".o", ".elf"))]


def test_the_installed_wheel_builds_kernels_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        "import bitloop, numpy as np; from bitloop import native, resources;"
        "from bitloop.kernels.band_mean import BandMean;"
        f"assert str(resources.firmware()).startswith({str(site)!r}), resources.firmware();"
        "x = np.ones((2, 1, 8), dtype=np.float32);"
        "assert (BandMean((0, 4, 8)).run(x, native.host()) == 1).all()"
    )
    environment = {**os.environ, "PYTHONPATH": str(site), "BITLOOP_CACHE": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
