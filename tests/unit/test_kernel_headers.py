"""Every kernel header stands alone and beside all others, as C and as C++, without a warning from any compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bitloop import resources
from bitloop.toolchain import CONTRACT_FLAGS, WARNING_FLAGS

ZIG = [sys.executable, "-m", "ziglang"]
THUMB = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]
COMPILERS = {
    "zig cc": ([*ZIG, "cc", "-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp"], "c11"),
    "zig c++": ([*ZIG, "c++", "-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp"], "c++14"),
    "gcc": (["gcc"], "c11"),
    "g++": (["g++"], "c++14"),
    "arm-none-eabi-gcc": (["arm-none-eabi-gcc", *THUMB], "c11"),
    "arm-none-eabi-g++": (["arm-none-eabi-g++", *THUMB], "c++14"),
}
PEDANTIC = [
    "-Wshadow",
    "-Wundef",
    "-Wcast-align",
    "-Wcast-qual",
    "-Wno-unused-function",
    "-Wno-unused-command-line-argument",
]


@pytest.mark.parametrize("name", COMPILERS)
def test_every_header_compiles_alone_and_without_a_warning(name: str, tmp_path: Path) -> None:
    command, standard = COMPILERS[name]
    if shutil.which(command[0]) is None:
        assert not os.environ.get("CI") or name.endswith("++"), f"CI has to have {name}"
        pytest.skip(f"{name} is not installed")
    headers = sorted(path.name for path in (resources.firmware() / "kernels").glob("*.h"))
    suffix = "cpp" if standard.startswith("c++") else "c"
    for header in headers:
        twice = f'#include "{header}"\n#include "{header}"\n'
        (tmp_path / f"{header.removesuffix('.h')}.{suffix}").write_text(twice)
    together = "".join(f'#include "{header}"\n' for header in headers)
    (tmp_path / f"all_of_them.{suffix}").write_text(together)
    flags = [f"-std={standard}", *CONTRACT_FLAGS[1:], *WARNING_FLAGS, *PEDANTIC]
    include = ["-ffreestanding", f"-I{resources.firmware() / 'kernels'}", "-c"]
    units = sorted(path.name for path in tmp_path.iterdir())
    done = subprocess.run([*command, *flags, *include, *units], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert len(units) == len(headers) + 1 > 1
