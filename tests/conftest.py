"""Shared set-up: one cache of built images for the whole run, and the folder of real recordings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default", max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.register_profile("long", parent=settings.get_profile("default"), max_examples=400)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the real recordings; skips where it is missing, fails on CI."""
    if not _DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI has to have the recordings at {_DATA}")
        pytest.skip("the recordings (../shared/data beside the checkout) are not here")
    return _DATA
