"""Compiling user code the way users do: their flags, our archive, header and knowledge array."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bitloop.library import Library
from bitloop.library.build import DEFAULT_FLAGS, Built, build
from bitloop.library.options import Options
from bitloop.targets import Target, target
from bitloop.toolchain import Flags, available

PROGRAMS = Path(__file__).parent / "programs"
# Users' own code is not held to our warnings, only to none of its calls being wrong.
USER_FLAGS = ("-Wall", "-Wextra", "-Werror", "-O1")


def need(compiler: str, where: Target) -> None:
    """Skip where a compiler is missing; on CI that is a failure."""
    if not available(compiler, where):
        if os.environ.get("CI"):
            pytest.fail(f"CI has to have {compiler} for {where.name}")
        pytest.skip(f"{compiler} for {where.name} is not installed")


def made(
    library: Library, where: str, compiler: str, persona: str, suffix: str = "", flags: Flags = DEFAULT_FLAGS
) -> Built:
    """A library built for a target by name."""
    need(compiler, target(where))
    return build(library, target(where), compiler, Options(persona, suffix), flags)


def compile_user(program: str, libraries: list[Built], folder: Path) -> list[Path]:
    """Objects of a user's program and the archives it links, in a folder as a user's project would look."""
    for one in libraries:
        for name, content in one.sources.files.items():
            if "/" not in name and name.endswith(".h"):
                (folder / name).write_bytes(content)
        name = one.options.file("libneai", "a")
        (folder / name).write_bytes(one.archive.read_bytes())
    source = PROGRAMS / program
    language = ["-x", "c++", "-std=c++17", "-fno-exceptions"] if program.endswith(".cpp") else ["-std=c11"]
    first = libraries[0]
    command = [*first.toolchain.command(), *language, *USER_FLAGS, f"-I{folder}", f"-I{PROGRAMS}"]
    if not first.target.is_host:
        command.append("-ffreestanding")
        command.append("-fshort-enums" if first.flags.short_enums else "-fno-short-enums")
    _run([*command, "-c", str(source), "-o", "user.o"], folder)
    return [folder / "user.o", *(folder / one.options.file("libneai", "a") for one in libraries)]


def run_user(program: str, libraries: list[Built], folder: Path) -> None:
    """Compile, link and run on the host; the program returns 0 when all went as its author expects."""
    objects = compile_user(program, libraries, folder)
    _run([*libraries[0].toolchain.command(), *map(str, objects), "-lm", "-o", "user"], folder)
    done = subprocess.run([str(folder / "user")], check=False, timeout=60)
    assert done.returncode == 0, f"{program} ended with status {done.returncode}"


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
