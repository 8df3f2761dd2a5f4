"""Float ABI, size of enumerations and of wchar_t: as the user asked, read from the objects' attributes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from bitloop.library.codegen import generate
from bitloop.targets import target
from bitloop.toolchain import Flags, Toolchain
from tests.library.examples import library
from tests.library.userland import need


def attributes(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        section = ELFFile(stream).get_section_by_name(".ARM.attributes")
        return {
            attribute.tag: attribute.value
            for subsection in section.iter_subsections()
            for part in subsection.iter_subsubsections()
            for attribute in part.iter_attributes()
        }


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("float_abi", ["hard", "soft"])
@pytest.mark.parametrize("short", [False, True])
def test_objects_say_what_was_asked_for(compiler: str, float_abi: str, short: bool) -> None:
    core = target("cortex-m4f", float_abi)
    need(compiler, core)
    flags = Flags(short_enums=short, short_wchar=short)
    folder = Toolchain(compiler, core).objects(generate(library("anomaly-both")), flags)
    found = attributes(folder / "neai.o")
    assert found["TAG_ABI_ENUM_SIZE"] == (1 if short else 2)
    assert found["TAG_ABI_PCS_WCHAR_T"] == (2 if short else 4)
    assert found.get("TAG_ABI_VFP_ARGS", 0) == (1 if float_abi == "hard" else 0)
