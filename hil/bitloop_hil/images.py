"""Firmware images: the inference application around a generated library, for a board, by a compiler."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.cache import digest
from bitloop.errors import BuildError
from bitloop.kernels.base import LearningModel
from bitloop.library import knowledge
from bitloop.library.codegen import Options, generate, has_knowledge_file
from bitloop.library.file import Library
from bitloop.library.templates import environment
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.boards import BoardFile, ImageFile
from bitloop_hil.link.packets import DETECT_REPLY, GREETING

BUILD_DIGITS = 16
_OVERFLOW = re.compile(r"region .(?P<region>FLASH|RAM)'?:? overflowed by (?P<bytes>\d+) bytes")
BARE_SOURCES = ("drivers/port.h", "drivers/stopwatch.h", "drivers/ticks.[ch]", "startup/*.[ch]")
"""What every program for a board has, whatever it does."""
_SOURCES = ("link/*.[ch]", "apps/inference/*.[ch]", *BARE_SOURCES)
_RINGS = (256, 1024)
"""Bytes of the ring a chip's DMA receives into: half of it holds what arrives while a frame is worked on."""


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
    options = Options(persona=persona, trace=trace)
    return link_image(library, generate(library, options), board, options, compiler, flags)


def link_image(
    library: Library,
    sources: Sources,
    board: BoardFile,
    options: Options = Options(),  # noqa: B008 - Options is immutable
    compiler: str = "zig",
    flags: Flags = Flags("-O2"),  # noqa: B008
) -> Image:
    """The same around given sources of the library, which may be a changed copy of what `generate` writes."""
    parts = _image_file(board)
    if options.suffix:
        raise BuildError("an image holds one library, so its functions take no suffix")
    _check_payload(library, board.name, parts)
    toolchain = Toolchain(compiler, board.target)
    whole = sources | _firmware(board, parts) | _glue(library, board, options)
    # Debug information does not reach the board; it is what names the place of a fault.
    whole_flags = replace(flags, debug=True, defines=(*flags.defines, *defines(board, parts)))
    content = [part for name in sorted(whole.files) for part in (name, whole.files[name])]
    build = digest([toolchain.describe(), repr(board.target), repr(whole_flags), *content])[:BUILD_DIGITS]
    whole = whole | Sources({"build.h": render("build.h.j2", build=build)})
    try:
        path = toolchain.executable(whole, whole_flags, "inference.elf", script="image.ld")
    except BuildError as error:
        raise too_large(
            error, board, "choose a smaller library (bitloop libraries lists them) or a larger board"
        ) from error
    return Image(path, build, library.id)


def too_large(error: BuildError, board: BoardFile, advice: str) -> BuildError:
    """The linkers' way of saying that something does not fit, as a sentence with advice; any other error as it is."""
    found = _OVERFLOW.search(str(error))
    if found is None:
        return error
    memory, size = ("flash", board.flash.size) if found["region"] == "FLASH" else ("RAM", board.ram.size)
    return BuildError(
        f"the image needs {found['bytes']} bytes more {memory} than the {size} of {board.name}; {advice}"
    )


def _image_file(board: BoardFile) -> ImageFile:
    if board.image is None:
        raise BuildError(f"board {board.name} is a target for budgets only; choose a board that is on a bench")
    return board.image


def _check_payload(library: Library, name: str, parts: ImageFile) -> None:
    needed = max(
        int(GREETING.layout.sizeof()), int(DETECT_REPLY.layout.sizeof()) + 4 * library.pipeline.model.outputs
    )
    if parts.payload < needed:
        raise BuildError(f"board {name} sends {parts.payload} bytes at a time; this library needs {needed}")


def _firmware(board: BoardFile, parts: ImageFile) -> Sources:
    return Sources.of(resources.firmware(), *_SOURCES, *port_sources(board, parts))


def port_sources(board: BoardFile, parts: ImageFile) -> list[str]:
    """The files of firmware/ that connect a program with the outside on a board."""
    drivers = [f"drivers/{parts.driver}.[ch]"]
    if board.chip is not None:
        drivers += ["drivers/stm32.h", "drivers/stm32_[dgm]*.h"]
        drivers += [f"drivers/stm32_clock_{board.chip.family.removeprefix('stm32')}.c"]
    return drivers


def defines(board: BoardFile, parts: ImageFile) -> list[str]:
    """The drivers' constants, as a compiler's -D takes them."""
    values = {"BL_CLOCK_HZ": board.clock_hz, **parts.defines}
    return [f"{name}={value}u" for name, value in values.items()]


def ring(parts: ImageFile) -> int:
    """Bytes of the ring that a chip's DMA receives into."""
    return _RINGS[parts.payload >= _RINGS[1]]


def _glue(library: Library, board: BoardFile, options: Options) -> Sources:
    """What is written for this library on this board."""
    model = library.pipeline.model
    saved = knowledge.size(model.state_size) if isinstance(model, LearningModel) else 0
    signal = 4 * library.axes * library.length
    flags = {
        "BL_FLAG_TRACE": options.trace,
        "BL_FLAG_LEARNS": saved,
        "BL_FLAG_PRETRAINED": library.pretrained is not None,
    }
    values = {
        "library": library,
        "board": board,
        "persona": options.persona,
        "knowledge": saved,
        "buffer": (max(signal, saved) + 3) // 4 * 4,
        "flags": [name for name, is_set in flags.items() if is_set],
        "knowledge_file": has_knowledge_file(library, options),
        "pretrained": library.pretrained is not None,
    }
    written = {"identity.h": "identity.h.j2", "adapter.c": "adapter.c.j2", "image.ld": "image.ld.j2"}
    if board.chip is not None:
        written["chip.h"] = "chip.h.j2"
        values |= {"chip": board.chip, "ring": ring(_image_file(board))}
    return Sources({name: render(template, **values) for name, template in written.items()})


def render(template: str, **values: Any) -> bytes:
    """A template of firmware/templates, filled in."""
    return environment().get_template(template).render(**values).encode()
