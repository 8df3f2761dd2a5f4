"""Firmware images: the inference application around a generated library, for a board, by a compiler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bitloop.library.codegen import Options, generate
from bitloop.library.file import Library
from bitloop.toolchain import Flags, Sources
from bitloop_hil.boards import BoardFile


@dataclass(frozen=True, slots=True)
class Image:
    """A linked program. `build` (16 hexadecimal digits) names everything that went into it and is in its greeting."""

    path: Path
    build: str
    library_id: str


def build_image(
    library: Library,
    board: BoardFile,
    persona: str = "v3",
    compiler: str = "zig",
    flags: Flags = Flags("-O2"),  # noqa: B008 - Flags is immutable
    trace: bool = False,
) -> Image:
    """The image that runs a library on a board; BuildError if it does not compile or fit."""
    sources = generate(library, Options(persona=persona, trace=trace))
    return link_image(library, sources, board, persona, compiler, flags, trace)


def link_image(
    library: Library, sources: Sources, board: BoardFile, persona: str, compiler: str, flags: Flags, trace: bool
) -> Image:
    """The same around given sources of the library (a changed copy, say)."""
    raise NotImplementedError
