"""What a test cannot do without: skipped with the reason where it is missing, failed on CI."""

from __future__ import annotations

import os

import pytest

from bitloop.errors import ProbeError
from bitloop.targets import target
from bitloop.toolchain import available
from bitloop_hil.benches import qemu


def _missing(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"CI has to have this: {reason}")
    pytest.skip(reason)


def need_qemu() -> None:
    """QEMU for Arm system emulation."""
    try:
        qemu.executable()
    except ProbeError as error:
        _missing(str(error))


def need_compiler(compiler: str) -> None:
    """A compiler for the cores."""
    if not available(compiler, target("cortex-m4f")):
        _missing("arm-none-eabi-gcc is not on the PATH")
