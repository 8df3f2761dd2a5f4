"""Small programs on a bare core of the virtual bench: C with its own vector table, run in this process.

A program records words in `trace[]` and ends by sleeping; the tests read what it recorded.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from elftools.elf.elffile import ELFFile

from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.benches.virtual.fast import count
from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.boards import board_file

M0, M3, M4F, M7, M33 = (f"generic-cortex-{core}" for core in ("m0", "m3", "m4f", "m7", "m33"))

_HEAD = """
#include <stdint.h>
#define REG(address) (*(volatile uint32_t *)(address))
#define ICSR REG(0xE000ED04u)
#define AIRCR REG(0xE000ED0Cu)
#define CCR REG(0xE000ED14u)
#define SHCSR REG(0xE000ED24u)
#define CFSR REG(0xE000ED28u)
#define HFSR REG(0xE000ED2Cu)
#define MMFAR REG(0xE000ED34u)
#define BFAR REG(0xE000ED38u)
#define CPACR REG(0xE000ED88u)
#define ENABLE(n) (REG(0xE000E100u) = 1u << (n))
#define PEND(n) (REG(0xE000E200u) = 1u << (n))
#define PENDING REG(0xE000E200u)
#define ACTIVE REG(0xE000E300u)
#define PRIORITY(n, p) \\
    (REG(0xE000E400u + ((n) & ~3u)) = (REG(0xE000E400u + ((n) & ~3u)) & ~(0xFFu << 8 * ((n) & 3u))) | \\
                                      (uint32_t)(p) << 8 * ((n) & 3u))
#define SYST_CSR REG(0xE000E010u)
#define SYST_RVR REG(0xE000E014u)
#define SYST_CVR REG(0xE000E018u)
#define ASM __asm volatile
#define ISB() ASM("dsb\\n isb" ::: "memory")

extern volatile uint32_t trace[64], traced;
__attribute__((unused)) static void record(uint32_t value) { trace[traced++] = value; }
int main(void);
void Reset(void);
#define WEAK(name) void name(void); __attribute__((weak)) void name(void) { for (;;) ASM("wfi"); }
"""
_HANDLERS = ("NMI", "HardFault", "MemManage", "BusFault", "UsageFault", "SVC", "PendSV", "SysTick")
_IRQS = tuple(f"IRQ{n}" for n in range(8))
_START = (
    _HEAD
    + """
extern uint32_t stack_top[];
volatile uint32_t trace[64], traced;
"""
    + "\n".join(f"WEAK({name})" for name in (*_HANDLERS, *_IRQS))
    + """
void Reset(void)
{
    for (uint32_t i = 0; i < 64; i++)
        trace[i] = 0;
    traced = 0;
    (void)main();
    for (;;)
        ASM("wfi");
}
__attribute__((section(".vectors"), used)) static void (*const vectors[24])(void) = {
    (void (*)(void))stack_top, Reset, NMI, HardFault, MemManage, BusFault, UsageFault,
    0, 0, 0, 0, SVC, 0, 0, PendSV, SysTick,
    IRQ0, IRQ1, IRQ2, IRQ3, IRQ4, IRQ5, IRQ6, IRQ7,
};
"""
)
_SCRIPT = """
ENTRY(Reset)
MEMORY {{
    FLASH (rx)  : ORIGIN = {flash:#x}, LENGTH = 64K
    RAM   (rwx) : ORIGIN = {ram:#x}, LENGTH = 8K
}}
SECTIONS {{
    .vectors : {{ KEEP(*(.vectors)) }} > FLASH
    .text : {{ *(.text*) *(.rodata*) }} > FLASH
    .ARM.exidx : {{ *(.ARM.exidx*) }} > FLASH
    .stack (NOLOAD) : ALIGN(8) {{ . += 2K; stack_top = .; }} > RAM
    .data (NOLOAD) : {{ *(.data*) *(.bss*) *(COMMON) }} > RAM
}}
"""


@dataclass(frozen=True)
class Program:
    """A linked program and the addresses of its symbols, without Thumb bits."""

    path: Path
    symbols: dict[str, int]


@cache
def program(board: str, source: str, optimize: str = "-O1") -> Program:
    """`source` is C after the head above; handlers have the names of the vectors."""
    file = board_file(board)
    sources = Sources(
        {
            "start.c": _START.encode(),
            "program.c": (_HEAD + source).encode(),
            "bare.ld": _SCRIPT.format(flash=file.flash.origin, ram=file.ram.origin).encode(),
        }
    )
    flags = Flags(optimize, extra=("-Wno-missing-prototypes", "-fno-builtin"))
    path = Toolchain("zig", file.target).executable(sources, flags, "bare.elf", script="bare.ld")
    table = ELFFile(io.BytesIO(path.read_bytes())).get_section_by_name(".symtab")
    return Program(path, {symbol.name: symbol["st_value"] & ~1 for symbol in table.iter_symbols()})


@dataclass
class Ran:
    """A machine that has run a program until it slept (or locked up)."""

    machine: Machine
    program: Program
    why: Why

    @property
    def trace(self) -> list[int]:
        """What it recorded."""
        words = struct.unpack("<64I", self.machine.memory.read(self.program.symbols["trace"], 256))
        return list(words[: self.machine.memory.word(self.program.symbols["traced"])])

    def word(self, symbol: str) -> int:
        return self.machine.memory.word(self.program.symbols[symbol])


def loaded(board: str, source: str) -> Ran:
    """The program in the flash of a machine that was reset and has not run."""
    built = program(board, source)
    machine = Machine(board_file(board), count)  # one cycle per instruction, so that times can be foretold
    machine.load_image(built.path)
    machine.reset()
    return Ran(machine, built, Why.SLICE)


def run(board: str, source: str, slices: int = 4) -> Ran:
    """Run it until it waits for something outside."""
    ran = loaded(board, source)
    for _ in range(slices):
        ran.why = ran.machine.run()
        if ran.why is not Why.SLICE:
            break
    return ran
