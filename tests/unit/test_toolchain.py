"""The toolchain: what it builds, that it builds it once, and what it says when it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from bitloop.errors import BuildError
from bitloop.targets import cores, names, target
from bitloop.toolchain import COMPILERS, Flags, Sources, Toolchain, available

SOURCE = Sources({"a.c": b"float half(float x);\nfloat half(float x) { return x * 0.5f; }\n"})


def toolchain(compiler: str, name: str, float_abi: str | None = None) -> Toolchain:
    aim = target(name, float_abi)
    if not available(compiler, aim):
        assert not os.environ.get("CI"), f"CI has to have {compiler} for {name}"
        pytest.skip(f"{compiler} for {name} is not installed")
    return Toolchain(compiler, aim)


@pytest.fixture(autouse=True)
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITLOOP_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", names())
def test_every_target_compiles_with_every_compiler(compiler: str, name: str) -> None:
    folder = toolchain(compiler, name).objects(SOURCE, Flags())
    assert (folder / "a.o").stat().st_size > 0


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", cores())
def test_float_abi_in_the_object_is_the_one_asked_for(compiler: str, name: str) -> None:
    for abi in ("hard", "soft") if target(name).fpu else ("soft",):
        folder = toolchain(compiler, name, abi).objects(SOURCE, Flags())
        with (folder / "a.o").open("rb") as stream:
            section = ELFFile(stream).get_section_by_name(".ARM.attributes")
            tags = {a.tag: a.value for s in section.iter_subsections() for ss in s.iter_subsubsections()
                    for a in ss.iter_attributes()}  # fmt: skip
        assert tags.get("TAG_ABI_VFP_ARGS", 0) == (1 if abi == "hard" else 0)


def test_a_second_build_is_a_look_up_and_archives_are_byte_identical(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = toolchain("zig", "cortex-m0plus")
    first = chain.archive(SOURCE, Flags(), "liba.a")
    stamp = first.stat().st_mtime_ns
    assert chain.archive(SOURCE, Flags(), "liba.a").stat().st_mtime_ns == stamp
    content = first.read_bytes()
    monkeypatch.setenv("BITLOOP_CACHE", str(tmp_path / "elsewhere"))
    assert chain.archive(SOURCE, Flags(), "liba.a").read_bytes() == content


def test_flags_and_sources_change_the_key() -> None:
    chain = toolchain("zig", "cortex-m0plus")
    other = Sources({"a.c": SOURCE.files["a.c"].replace(b"0.5f", b"0.25f")})
    folders = {chain.objects(SOURCE, Flags()), chain.objects(SOURCE, Flags("-Os")), chain.objects(other, Flags())}
    assert len(folders) == 3


def test_a_refusing_compiler_is_quoted_with_the_place() -> None:
    broken = Sources({"a.c": b"int f(void) { return missing; }\n"})
    with pytest.raises(BuildError, match=r"zig for host refused: (.|\n)*a\.c:1"):
        toolchain("zig", "host").objects(broken, Flags())


def test_double_arithmetic_is_refused() -> None:
    slipped = Sources({"a.c": b"float f(float x);\nfloat f(float x) { return x * 0.1; }\n"})
    with pytest.raises(BuildError, match="double"):
        toolchain("zig", "cortex-m4f").objects(slipped, Flags())


@pytest.mark.parametrize("path", ["../a.c", "/a.c"])
def test_sources_stay_inside_the_build_folder(path: str) -> None:
    with pytest.raises(BuildError, match="leaves the build folder"):
        Sources({path: b""})


def test_unknown_names_are_refused_with_the_choices() -> None:
    with pytest.raises(BuildError, match="cortex-m4f"):
        target("cortex-m99")
    with pytest.raises(BuildError, match="zig, gcc"):
        Toolchain("tcc", target("host"))
    with pytest.raises(BuildError, match="no FPU"):
        target("cortex-m0", "hard")
