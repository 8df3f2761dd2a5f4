"""One toolchain for everything: host kernels, libraries, firmware. zig by default, arm-none-eabi-gcc on request.

Builds are content-addressed: sources (with every header they may include), flags and compiler version make the
key, so a second build is a look-up. Include paths given to the compiler are relative to the build folder, which
keeps artefacts byte-identical from one machine to the next.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from bitloop import resources
from bitloop.cache import cached, digest
from bitloop.errors import BuildError
from bitloop.targets import Target

COMPILERS = ("zig", "gcc")

# The float contract in flags (docs/float-contract.md), then the warnings every C file of ours is clean under.
# -fno-fast-math comes first: it would bring errno back, and with it a call of sqrtf beside every VSQRT.
CONTRACT_FLAGS = ("-std=c11", "-ffp-contract=off", "-fno-fast-math", "-fno-math-errno")
WARNING_FLAGS = ("-Wall", "-Wextra", "-Werror", "-Wdouble-promotion", "-Wconversion")
BARE_GCC_LINK = (
    "-nostartfiles",
    "-Wl,--no-warn-rwx-segments",
    "-nostdlib",
    "-lm",
    "-lc",
    "-lgcc",
    "-Wl,--build-id=none",
)
"""How arm-none-eabi-gcc links what has no C library around it."""
_SECTION_FLAGS = ("-ffunction-sections", "-fdata-sections", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables")

_STACK_USAGE = "-fstack-usage"


@dataclass(frozen=True, slots=True)
class Flags:
    """What a build may vary. `extra` comes last on the command line and so can override the contract on purpose."""

    optimize: str = "-O2"
    short_enums: bool = False
    short_wchar: bool = False
    debug: bool = False
    defines: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Files of a build by their path inside it (`kernels/rfft.h`): translation units are the `.c` and `.S` ones."""

    files: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise BuildError(f"source path {name!r} leaves the build folder")

    @staticmethod
    def of(folder: Path, *patterns: str, prefix: str = "") -> Sources:
        """Files below `folder` matching any glob, kept under `prefix` with their relative paths."""
        found = {p for pattern in patterns for p in folder.glob(pattern) if p.is_file()}
        return Sources({prefix + p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(found)})

    def __or__(self, other: Sources) -> Sources:
        return Sources({**self.files, **other.files})

    @property
    def units(self) -> list[str]:
        return sorted(name for name in self.files if name.endswith((".c", ".S")))


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A compiler aimed at a target."""

    compiler: str
    target: Target

    def __post_init__(self) -> None:
        if self.compiler not in COMPILERS:
            raise BuildError(f"compiler {self.compiler!r} is unknown; choose one of {', '.join(COMPILERS)}")
        if not available(self.compiler, self.target):
            raise BuildError(f"{_gcc(self.target)} is not on the PATH; install it or use --compiler zig")

    def objects(self, sources: Sources, flags: Flags, includes: Sequence[str] = (".",)) -> Path:
        """Compile every unit; returns the folder that holds the objects (`a/b.c` becomes `a/b.o`) and `.su` files."""
        key = self._key("objects", sources, flags, includes)
        return cached(key, lambda out: self._compile(sources, flags, includes, out))

    def archive(self, sources: Sources, flags: Flags, name: str, includes: Sequence[str] = (".",)) -> Path:
        """Static library `name` of every unit; deterministic (no dates, no owners)."""

        def make(out: Path) -> None:
            folder = self.objects(sources, flags, includes)
            units = [_object(unit) for unit in sources.units]
            self._run([*self._ar(), "rcsD", str(out / name), *units], folder)

        return cached(self._key("archive", sources, flags, (*includes, name)), make) / name

    def shared(self, sources: Sources, flags: Flags, name: str, includes: Sequence[str] = (".",)) -> Path:
        """Shared library for the host."""
        if not self.target.is_host:
            raise BuildError("a shared library can only be built for the host")

        def make(out: Path) -> None:
            extra = () if sys.platform == "win32" else ("-fPIC",)
            self._build(sources, flags, includes, out, [*extra, "-shared", "-o", str(out / name)])

        return cached(self._key("shared", sources, flags, (*includes, name)), make) / name

    def executable(
        self,
        sources: Sources,
        flags: Flags,
        name: str,
        includes: Sequence[str] = (".",),
        script: str | None = None,
        archives: Sequence[Path] = (),
    ) -> Path:
        """Linked program; `script` is the linker script's path among the sources (bare-metal targets need one)."""
        sources = sources | self._runtime()
        inputs = [digest([archive.read_bytes()]) for archive in archives]

        def make(out: Path) -> None:
            link = ["-o", str(out / name), *map(str, archives)]
            if not self.target.is_host:
                if script is None:
                    raise BuildError(f"{name}: a bare-metal program needs a linker script")
                link += ["-T", script, "-Wl,--gc-sections"]
                if self.compiler == "gcc":
                    link += BARE_GCC_LINK
            elif self.compiler == "gcc" or sys.platform != "win32":
                link.append("-lm")
            self._build(sources, flags, includes, out, link)

        key = self._key("executable", sources, flags, (*includes, name, script or "", *inputs))
        return cached(key, make) / name

    def _runtime(self) -> Sources:
        """What replaces parts of the compiler's own run-time library that break the float contract."""
        inexact = self.compiler == "zig" and not self.target.is_host and self.target.float_abi == "soft"
        return Sources.of(resources.firmware(), "runtime/*.c") if inexact else Sources()

    def command(self) -> list[str]:
        """The compiler's command line up to and including target selection."""
        if self.compiler == "gcc":
            if self.target.is_host:
                return ["gcc"]
            return _bare_gcc(self.target)
        base = [sys.executable, "-m", "ziglang", "cc"]
        if self.target.is_host:
            return [*base, "-target", _host_triple(), "-mcpu=baseline", "-fno-sanitize=undefined"]
        abi = "eabihf" if self.target.float_abi == "hard" else "eabi"
        cpu = self.target.zig
        if self.target.float_abi == "soft":  # without the FPU features clang emits calls, as gcc -mfloat-abi=soft
            cpu = tuple(option.split("+")[0] for option in cpu)
        return [*base, "-target", f"thumb-freestanding-{abi}", *cpu, "-fno-sanitize=undefined"]

    def describe(self) -> str:
        """Name and version, for metadata and reports."""
        return _version(self.compiler, self.target.is_host)

    def _compile(self, sources: Sources, flags: Flags, includes: Sequence[str], out: Path) -> None:
        for name, content in sources.files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for unit in sources.units:
            command = [*self._with(flags, includes), "-c", unit, "-o", _object(unit)]
            self._run(command, out)

    def _build(self, sources: Sources, flags: Flags, includes: Sequence[str], out: Path, link: Sequence[str]) -> None:
        folder = out / "src"
        for name, content in sources.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self._run([*self._with(flags, includes), *sources.units, *link], folder)
        shutil.rmtree(folder)

    def _with(self, flags: Flags, includes: Sequence[str]) -> list[str]:
        return [*self.command(), *_options(self.compiler, self.target, flags, includes)]

    def _ar(self) -> list[str]:
        if self.compiler == "zig":
            return [sys.executable, "-m", "ziglang", "ar"]
        return ["ar"] if self.target.is_host else ["arm-none-eabi-ar"]

    def _key(self, what: str, sources: Sources, flags: Flags, rest: Sequence[str]) -> str:
        parts: list[bytes | str] = [what, self.describe(), *self._with(flags, ()), "--", *rest]
        parts[2:3] = []  # the interpreter's path says nothing about the result
        for name in sorted(sources.files):
            parts += [name, sources.files[name]]
        return digest(parts)

    def _run(self, command: Sequence[str], folder: Path) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise BuildError(f"{self.compiler} for {self.target.name} refused: {said[:4000]}")


def available(compiler: str, target: Target) -> bool:
    """Whether that compiler can be started here (zig always can: it is a dependency)."""
    return compiler == "zig" or shutil.which(_gcc(target)) is not None


def gcc_command(target: Target, flags: Flags) -> list[str]:
    """The command line of arm-none-eabi-gcc up to its inputs, for people who build without bitloop."""
    options = _options("gcc", target, flags, (".",))
    return [*_bare_gcc(target), *(option for option in options if option != _STACK_USAGE)]


def _bare_gcc(target: Target) -> list[str]:
    return [_gcc(target), *target.gcc, f"-mfloat-abi={target.float_abi}"]


def _options(compiler: str, target: Target, flags: Flags, includes: Sequence[str]) -> list[str]:
    options = [*CONTRACT_FLAGS, *WARNING_FLAGS, flags.optimize]
    if not target.is_host:
        options += [*_SECTION_FLAGS, "-ffreestanding"]
        options.append("-fstack-size-section" if compiler == "zig" else _STACK_USAGE)
        options.append("-fshort-enums" if flags.short_enums else "-fno-short-enums")
        if flags.short_wchar:
            options.append("-fshort-wchar")
    if flags.debug:
        options.append("-g")
    elif compiler == "zig":
        options.append("-g0")
    options += [f"-D{define}" for define in flags.defines]
    options += [f"-I{include}" for include in includes]
    return [*options, *flags.extra]


def _gcc(target: Target) -> str:
    return "gcc" if target.is_host else "arm-none-eabi-gcc"


def _object(unit: str) -> str:
    return str(PurePosixPath(unit).with_suffix(".o"))


def _host_triple() -> str:
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    system = {"linux": "linux-gnu", "darwin": "macos", "win32": "windows-gnu"}.get(sys.platform)
    if system is None:
        raise BuildError(f"bitloop does not know how to build for {sys.platform}; use Linux, Windows or macOS")
    return f"{machine}-{system}"


@cache
def _version(compiler: str, host: bool) -> str:
    if compiler == "zig":
        return f"zig {version('ziglang')}"
    command = ["gcc" if host else "arm-none-eabi-gcc", "-dumpfullversion"]
    return f"gcc {subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()}"
