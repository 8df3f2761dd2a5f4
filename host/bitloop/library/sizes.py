"""What a library costs on its target: measured on linked code, never estimated."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from bitloop.errors import BuildError
from bitloop.library.api import functions
from bitloop.library.build import DEFAULT_FLAGS, Built, build
from bitloop.library.file import Library
from bitloop.library.layout import knowledge_bytes
from bitloop.library.options import DEFAULT_OPTIONS, Options
from bitloop.targets import Target
from bitloop.toolchain import Flags, Sources

_SCRIPT = """\
ENTRY(size_probe)
EXTERN({symbols})
MEMORY {{
    FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = 64M
    RAM   (rwx) : ORIGIN = 0x20000000, LENGTH = 64M
}}
SECTIONS {{
    .text : {{ *(.text*) }} > FLASH
    .rodata : {{ *(.rodata*) }} > FLASH
    .ARM.exidx : {{ *(.ARM.exidx*) }} > FLASH
    .data : {{ *(.data*) }} > RAM
    .bss : {{ *(.bss*) *(COMMON) }} > RAM
}}
"""
_PROBE = "void size_probe(void);\nvoid size_probe(void) {}\n"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes. `knowledge` is what NanoEdge calls flash: the fitted numbers alone.

    `flash` is all the library adds to a program: code, tables, knowledge, and the helpers it makes the linker bring
    (soft float). `static_ram` is what it keeps, `stack` the deepest chain of calls below any function of the API.
    The user's own buffer is in none of them.
    """

    knowledge: int
    flash: int
    static_ram: int
    stack: int

    @property
    def ram(self) -> int:
        """Kept memory and stack together."""
        return self.static_ram + self.stack


def measure(
    library: Library,
    target: Target,
    compiler: str = "zig",
    options: Options = DEFAULT_OPTIONS,
    flags: Flags = DEFAULT_FLAGS,
) -> Sizes:
    """Sizes of the library linked into an empty program that uses every function, less that program without it."""
    return measure_built(build(library, target, compiler, options, flags))


def measure_built(built: Built) -> Sizes:
    """The same for a library that is built already; BuildError for the host, whose sizes say nothing of a board."""
    from bitloop.library.stack import deepest  # the disassembler is loaded by who measures, and nobody else

    if built.target.is_host:
        raise BuildError("sizes are measured for a microcontroller; name a target such as cortex-m4f")
    api = functions(built.library, built.options.speech)
    roots = tuple(built.options.symbol(f.name) for f in api.values())
    image = _link(built, roots)
    flash, ram = _occupied(image)
    empty_flash, empty_ram = _occupied(_link(built, ()))
    stack = deepest(image, roots, _frames(built))
    return Sizes(
        knowledge_bytes(built.library),
        flash - empty_flash,
        ram - empty_ram,
        max(stack.values()),
    )


def _link(built: Built, roots: tuple[str, ...]) -> Path:
    knowledge = built.options.file("knowledge", "h")
    probe, symbols = _PROBE, list(roots)
    files = {}
    if roots and knowledge in built.sources.files:
        probe = f'#include "{knowledge}"\n{probe}'
        files[knowledge] = built.sources.files[knowledge]
        symbols.append(built.options.symbol("knowledge"))
    script = _SCRIPT.format(symbols=" ".join(symbols or ["size_probe"]))
    sources = Sources({"probe.c": probe.encode(), "probe.ld": script.encode(), **files})
    flags = replace(built.flags, debug=True)  # of the probe, not of the archive: zig strips symbols without it
    archives = [built.archive] if roots else []
    return built.toolchain.executable(sources, flags, "probe.elf", script="probe.ld", archives=archives)


def _occupied(image: Path) -> tuple[int, int]:
    """(flash, RAM) of a linked image; initialised data counts in both."""
    flash = ram = 0
    for section in ELFFile(io.BytesIO(image.read_bytes())).iter_sections():
        if section["sh_flags"] & SH_FLAGS.SHF_ALLOC:
            stored = section["sh_type"] != "SHT_NOBITS"
            flash += section["sh_size"] if stored else 0
            ram += section["sh_size"] if section["sh_flags"] & SH_FLAGS.SHF_WRITE else 0
    return flash, ram


def _frames(built: Built) -> dict[str, int]:
    """Frames as gcc wrote them beside the objects (`file:line:column:function<tab>bytes<tab>kind`)."""
    found: dict[str, int] = {}
    for path in built.toolchain.objects(built.sources, built.flags).glob("**/*.su"):
        for line in path.read_text(encoding="utf-8").splitlines():
            place, size, kind = line.split("\t")
            name = place.rsplit(":", 1)[1]
            if kind.split(",")[0] == "dynamic":
                raise BuildError(f"{name} has a stack frame of unknown size")
            found[name] = max(found.get(name, 0), int(size))
    return found
