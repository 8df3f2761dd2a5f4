"""A library written by hand, behind the same API: it counts what it is asked to learn, and misbehaves on request.

The first value of a signal says what to do; the tests look at what the bench and the host make of it.
"""

from __future__ import annotations

from bitloop.library import Library
from bitloop.library.codegen import Options, generate
from bitloop.toolchain import Flags, Sources
from bitloop_hil.boards import board_file
from bitloop_hil.images import Image, link_image
from tests.library import examples

PLAIN, LOOP, READ_NOWHERE, JUMP_NOWHERE, OVERFLOW_STACK, UNDEFINED = range(6)
LEARNED = 77
"""Status of a learn call plus the number of signals learned so far."""

_C = b"""\
#include <stdint.h>

#include "NanoEdgeAI.h"

static uint32_t learned;

enum neai_state neai_anomalydetection_init(void)
{
    learned = 0;
    return NEAI_OK;
}

enum neai_state neai_anomalydetection_knowledge(const float knowledge_buffer[])
{
    learned = (uint32_t)knowledge_buffer[0];
    return NEAI_OK;
}

enum neai_state neai_anomalydetection_learn(float data_input[])
{
    (void)data_input;
    return (enum neai_state)(77u + learned++);
}

__attribute__((noinline)) static void read_nowhere(uintptr_t address)
{
    (void)*(volatile uint32_t *)address;
}

static volatile uint32_t deep;

__attribute__((noinline)) static void overflow_stack(uint32_t depth)
{
    volatile uint32_t block[64];
    block[0] = depth;
    if (depth < 100000u)
        overflow_stack(depth + 1u);
    deep = block[0];
}

enum neai_state neai_anomalydetection_detect(float data_input[], uint8_t *similarity)
{
    const uint32_t what = (uint32_t)data_input[0];
    uint32_t turns = (uint32_t)data_input[1] + 1u;
    *similarity = (uint8_t)learned;
    if (what == 1u)
        __asm volatile(".syntax unified\\n1: subs %0, #1\\n bne 1b" : "+l"(turns) : : "cc");
    if (what == 2u)
        read_nowhere(0x70000000u);
    if (what == 3u)
        ((void (*)(void))0x70000001u)();
    if (what == 4u)
        overflow_stack(0);
    if (what == 5u)
        __asm volatile("udf #0");
    return NEAI_OK;
}

float neai_score(void)
{
    return (float)learned;
}

uint32_t neai_knowledge_size(void)
{
    return 4;
}

enum neai_state neai_knowledge_save(uint8_t buffer[])
{
    buffer[0] = (uint8_t)learned;
    return NEAI_OK;
}

enum neai_state neai_knowledge_restore(const uint8_t buffer[])
{
    learned = buffer[0];
    return NEAI_OK;
}
"""


def library() -> Library:
    """The library the image claims to run: 3 axes x 32 samples, anomaly."""
    return examples.library("anomaly-spectrum")


def tiny_image(board: str, compiler: str = "zig", flags: Flags = Flags("-O2")) -> Image:  # noqa: B008
    """The application around the hand-written library."""
    sources = generate(library(), Options()) | Sources({"neai.c": _C})
    return link_image(library(), sources, board_file(board), Options(), compiler, flags)
