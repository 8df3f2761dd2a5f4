"""Assembly in, cycles out: a snippet between a function's entry and its return."""

from __future__ import annotations

from functools import cache

from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.timing import Engine

DATA = 0x20040000
SCRIPT = b"""\
ENTRY(snippet)
SECTIONS {
    .text 0x08000000 : { KEEP(*(.text*)) }
    .bss 0x20000000 : { *(.bss*) }
}
"""


@cache
def engine(core: str, body: str, data: bytes = bytes(64)) -> Engine:
    """A core with `empty`, which only returns, and `snippet`, which does something before."""
    text = f"""
.syntax unified
.thumb
.text
.balign 4
.global empty
.type empty, %function
.thumb_func
empty:
    bx lr
.balign 4
.global snippet
.type snippet, %function
.thumb_func
snippet:
{body}
    bx lr
"""
    sources = Sources({"snippet.S": text.encode(), "snippet.ld": SCRIPT})
    image = Toolchain("zig", target(core)).executable(sources, Flags("-O2"), "snippet.elf", script="snippet.ld")
    made = Engine(core, image)
    made.write(DATA, data)
    return made


def cycles(core: str, body: str, *arguments: int) -> int:
    """Cycles of the snippet beyond those of a return. Without arguments r0 to r3 are DATA."""
    made = engine(core, body)
    given = arguments or (DATA,) * 4
    return made.call("snippet", *given).cycles - made.call("empty").cycles
