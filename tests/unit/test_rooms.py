"""One kernel, three rooms: the same name in firmware/kernels, host/bitloop/kernels and tests/parity."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop import resources
from bitloop.kernels.base import Kernel
from bitloop.kernels.models import MODELS
from bitloop.kernels.stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
KERNELS: tuple[type[Kernel], ...] = (*STAGES, *MODELS)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda k: k.kernel)
def test_every_kernel_has_its_three_rooms(kernel: type[Kernel]) -> None:
    assert (resources.firmware() / "kernels" / f"{kernel.kernel}.h").is_file()
    assert kernel.__module__ == f"bitloop.kernels.{kernel.kernel}"
    assert (ROOT / "tests" / "parity" / f"test_{kernel.kernel}.py").is_file()


def test_names_are_unique() -> None:
    assert len({kernel.kernel for kernel in KERNELS}) == len(KERNELS)


def test_no_header_is_without_a_python_twin_or_a_reason() -> None:
    helpers = {"contract", "gauge", "softmax", "knowledge", "deinterleave", "finite"}
    for header in (resources.firmware() / "kernels").glob("*.h"):
        twin = ROOT / "host" / "bitloop" / "kernels" / f"{header.stem}.py"
        assert twin.is_file() or header.stem in helpers, f"{header.name} has no twin"
