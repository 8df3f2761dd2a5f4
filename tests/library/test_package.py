"""The zip: what is in it, the same bytes every time and everywhere, and an example that runs as it stands."""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from bitloop.errors import BitloopError
from bitloop.library import Library
from bitloop.library.build import build
from bitloop.library.metadata import metadata
from bitloop.library.options import Options
from bitloop.library.package import contents, pack, package
from bitloop.targets import target
from bitloop.toolchain import CONTRACT_FLAGS, WARNING_FLAGS, Flags
from tests.library.examples import CLASSES, KINDS, library
from tests.library.userland import made, need


def unpacked(persona: str, kind: str, folder: Path, where: str = "host", suffix: str = "") -> Path:
    built = build(library(f"{kind}-both"), target(where), "zig", Options(persona, suffix))
    package(built, folder / "x.zip")
    with zipfile.ZipFile(folder / "x.zip") as archive:
        archive.extractall(folder)
    return folder


def test_the_zip_holds_what_a_user_of_nanoedge_expects(tmp_path: Path) -> None:
    built = made(library("classes-both"), "cortex-m4f", "zig", "v3", flags=Flags("-Os", short_enums=True))
    written = package(built, tmp_path / "lib.zip")
    with zipfile.ZipFile(written.path) as archive:
        names = archive.namelist()
        meta = json.loads(archive.read("metadata.json"))
        read = Library.from_json(archive.read("library.json").decode())
        licence = archive.read("LICENSE").decode()
    outer = {n for n in names if "/" not in n}
    assert outer == {
        "LICENSE", "NanoEdgeAI.h", "README.md", "hello_world.c", "knowledge.h", "libneai.a", "library.json",
        "metadata.json",
    }  # fmt: skip
    assert {"src/neai.c", "src/kernels/contract.h", "src/kernels/rfft.h"} <= set(names)
    assert names == sorted(names)
    assert read.id == built.library.id
    assert licence.startswith("MIT No Attribution")
    assert meta["class_names"] == list(CLASSES)
    assert meta["compilation_flags"] == {"float_abi": "hard", "fshort_enums": True, "short_wchar": False}
    assert written.sizes is not None
    assert meta["memory_usage"] == {"flash": written.sizes.flash, "ram": written.sizes.ram}
    assert not {"user_info", "compilation_date", "compilation_str"} & set(meta)


def test_the_metadata_has_the_numbers_of_the_report_and_not_what_is_for_plots() -> None:
    built = made(library("classes-both"), "host", "zig", "v3")
    told = {"score": 0.9, "metrics": {"mcc": 0.8, "figures": {"pairs": [[1.0, 1.0]]}}}
    told_of = replace(built, library=replace(built.library, report=told))
    assert metadata(told_of, None)["report"] == {"score": 0.9, "metrics": {"mcc": 0.8}}
    assert told_of.library.report["metrics"]["figures"]


@pytest.mark.parametrize(("persona", "suffix"), [("v3", "tempad"), ("v5", "")])
def test_names_follow_persona_and_suffix(persona: str, suffix: str) -> None:
    built = made(library("anomaly-both"), "host", "zig", persona, suffix)
    names = set(contents(built, None))
    tail = f"_{suffix}" if suffix else ""
    assert {f"libneai{tail}.a", f"NanoEdgeAI{tail}.h", f"src/neai{tail}.c"} <= names
    assert (f"knowledge{tail}.h" in names) == (persona == "v3")


def test_the_same_library_gives_the_same_bytes_on_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bytes_of(cache: str) -> bytes:
        monkeypatch.setenv("BITLOOP_CACHE", str(tmp_path / cache))
        built = build(library("anomaly-both"), target("cortex-m4f"), "zig")
        assert str(tmp_path).encode() not in built.archive.read_bytes()
        return pack(contents(built, None))

    assert bytes_of("here") == bytes_of("there/and/deeper")


def test_an_existing_zip_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(b"mine")
    built = made(library("extrapolation-raw"), "host", "zig", "v3")
    with pytest.raises(BitloopError, match="--force"):
        package(built, path)
    assert path.read_bytes() == b"mine"
    package(built, path, force=True)
    assert zipfile.is_zipfile(path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.zip"]


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("persona", ["v3", "v5"])
@pytest.mark.parametrize("kind", KINDS)
def test_hello_world_compiles_and_runs_from_the_unpacked_zip(
    kind: str, persona: str, compiler: str, tmp_path: Path
) -> None:
    need(compiler, target("host"))
    folder = unpacked(persona, kind, tmp_path)
    command = made(library(f"{kind}-both"), "host", compiler, persona).toolchain.command()
    command += [*CONTRACT_FLAGS, *WARNING_FLAGS, "-I.", "hello_world.c", "src/neai.c", "-o", "hello", "-lm"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = subprocess.run([str(folder / "hello")], capture_output=True, check=True, timeout=60).stdout
    assert len(said.splitlines()) == 20


@pytest.mark.parametrize(("core", "compiler"), [("cortex-m0", "gcc"), ("cortex-m4f", "zig")])
@pytest.mark.parametrize("kind", KINDS)
def test_hello_world_compiles_for_a_core(kind: str, core: str, compiler: str, tmp_path: Path) -> None:
    need(compiler, target(core))
    folder = unpacked("v3", kind, tmp_path, suffix="plant")
    toolchain = made(library(f"{kind}-both"), core, compiler, "v3", "plant").toolchain
    command = [*toolchain.command(), *CONTRACT_FLAGS, *WARNING_FLAGS, "-ffreestanding", "-O2", "-I.", "-c"]
    for source in ("hello_world.c", "src/neai_plant.c"):
        done = subprocess.run([*command, source], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
