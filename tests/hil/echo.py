"""A program for QEMU's machines that needs nothing but the semihosting port: it echoes, and times loops."""

from __future__ import annotations

from pathlib import Path

from bitloop import resources
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.benches.qemu import Machine
from bitloop_hil.boards import board_file

# Where each machine has its vector table and its memory (the M33 starts in its secure alias).
_MEMORY = {
    "netduinoplus2": (0x08000000, 0x20000000, "128K"),
    "mps2-an386": (0x00000000, 0x20000000, "4M"),
    "mps2-an500": (0x00000000, 0x20000000, "4M"),
    "mps2-an505": (0x10000000, 0x38000000, "2M"),
}

_SCRIPT = """\
ENTRY(main)
MEMORY {{
    FLASH (rx)  : ORIGIN = {flash:#x}, LENGTH = 1M
    RAM   (rwx) : ORIGIN = {ram:#x}, LENGTH = {size}
}}
SECTIONS {{
    .text : {{ KEEP(*(.vectors)) *(.text*) *(.rodata*) }} > FLASH
    .ARM.exidx : {{ *(.ARM.exidx*) }} > FLASH
    .bss : {{ *(.bss*) *(COMMON) }} > RAM
    echo_stack = ORIGIN(RAM) + LENGTH(RAM);
}}
"""

# `T` and a count run that many turns of a loop of two instructions and answer the ticks it took; `C` crashes.
_PROGRAM = b"""\
#include "drivers/port.h"

extern uint32_t echo_stack;
int main(void);

static void start(void)
{
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20; /* the FPU */
    __asm volatile("dsb\\nisb");
    (void)main();
}

static void fault(void)
{
    bl_exit(3);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[7] = {
    &echo_stack, (const void *)start, (const void *)fault, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault,
};

static uint8_t data[4096];

int main(void)
{
    bl_port_init();
    for (;;) {
        const size_t size = bl_read(data, sizeof data);
        if (data[0] == 'C')
            *(volatile uint32_t *)0xF0000000u = 1u;
        if (data[0] == 'T' && size == 5u) {
            uint32_t turns = (uint32_t)data[1] | (uint32_t)data[2] << 8 | (uint32_t)data[3] << 16
                | (uint32_t)data[4] << 24;
            const uint32_t before = bl_ticks();
            __asm volatile("1: subs %0, #1\\n bne 1b" : "+r"(turns) : : "cc");
            const uint32_t ticks = bl_ticks() - before;
            const uint8_t answer[4] = {(uint8_t)ticks, (uint8_t)(ticks >> 8), (uint8_t)(ticks >> 16),
                                       (uint8_t)(ticks >> 24)};
            bl_write(answer, sizeof answer);
        } else
            bl_write(data, size);
    }
}
"""


def echo_image(machine: Machine, compiler: str) -> Path:
    """The program, linked for a machine."""
    flash, ram, size = _MEMORY[machine.name]
    script = _SCRIPT.format(flash=flash, ram=ram, size=size).encode()
    image = board_file(machine.name).image
    defines = image.defines if image else {}
    sources = Sources.of(resources.firmware(), "drivers/port.h", "drivers/semihost.[ch]", "drivers/ticks.[ch]")
    own = Sources({"echo.c": _PROGRAM, "echo.ld": script})
    flags = Flags(defines=tuple(f"{name}={value}u" for name, value in defines.items()))
    return Toolchain(compiler, target(machine.core)).executable(sources | own, flags, "echo.elf", script="echo.ld")
