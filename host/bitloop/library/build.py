"""A library compiled: `libneai[_suffix].a` for one target, with one compiler, under the user's ABI flags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bitloop.library.codegen import generate
from bitloop.library.file import Library
from bitloop.library.options import DEFAULT_OPTIONS, Options
from bitloop.targets import Target
from bitloop.toolchain import Flags, Sources, Toolchain

DEFAULT_FLAGS = Flags()


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made, and from what. `sources` holds every generated file by name."""

    library: Library
    target: Target
    compiler: str
    options: Options
    flags: Flags
    sources: Sources
    archive: Path

    @property
    def header(self) -> str:
        """Text of NanoEdgeAI.h."""
        return self.text("NanoEdgeAI", "h")

    def text(self, stem: str, ending: str) -> str:
        """Text of a generated file, by its name without the suffix."""
        return self.sources.files[self.options.file(stem, ending)].decode()

    @property
    def toolchain(self) -> Toolchain:
        return Toolchain(self.compiler, self.target)


def build(
    library: Library,
    target: Target,
    compiler: str = "zig",
    options: Options = DEFAULT_OPTIONS,
    flags: Flags = DEFAULT_FLAGS,
) -> Built:
    """Generate and compile; BuildError if the compiler is missing or refuses."""
    sources = generate(library, options)
    archive = Toolchain(compiler, target).archive(sources, flags, options.file("libneai", "a"))
    return Built(library, target, compiler, options, flags, sources, archive)
