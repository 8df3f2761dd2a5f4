"""Small programs on a whole virtual board read its sensors: core, bus, sensor and time together."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop_hil.benches.virtual.machine import Why
from bitloop_hil.benches.virtual.sensors.motion import Motion
from tests.hil.bare import Ran, loaded

BOARD = "b-l475e-iot01a"
_I2C2 = """
#define I2C(offset) REG(0x40005800u + (offset))
static void open(void)
{
    REG(0x4002104Cu) |= 2u;                                  /* GPIOB */
    REG(0x40021058u) |= 1u << 22;                            /* I2C2 */
    REG(0x48000404u) |= 3u << 10;                            /* PB10, PB11: open drain, alternate function 4 */
    REG(0x48000424u) = (REG(0x48000424u) & ~0xFF00u) | 0x4400u;
    REG(0x48000400u) = (REG(0x48000400u) & ~0xF00000u) | 0xA00000u;
    I2C(0x10u) = 0x00000103u;                                /* 379 kHz of 4 MHz */
    I2C(0x00u) = 1u;
}
static void wait(uint32_t flag) { while (!(I2C(0x18u) & flag)) { } }
static void begin(uint32_t address, uint32_t count, uint32_t how)
{
    I2C(0x04u) = address << 1 | count << 16 | how | 1u << 13;
}
__attribute__((unused)) static void set(uint32_t address, uint32_t sub, uint32_t value)
{
    begin(address, 2, 1u << 25);
    wait(2u); I2C(0x28u) = sub;
    wait(2u); I2C(0x28u) = value;
    wait(1u << 5); I2C(0x1Cu) = 1u << 5;
}
static void get(uint32_t address, uint32_t sub, uint32_t count, uint8_t *to)
{
    begin(address, 1, 0);
    wait(2u); I2C(0x28u) = sub;
    wait(1u << 6);
    begin(address, count, 1u << 25 | 1u << 10);
    for (uint32_t i = 0; i < count; i++) { wait(4u); to[i] = (uint8_t)I2C(0x24u); }
    wait(1u << 5); I2C(0x1Cu) = 1u << 5;
}
"""
LOG = (
    _I2C2
    + """
static uint8_t level[2];
volatile int16_t kept[1536];
volatile uint32_t sets;
int main(void)
{
    sets = 0;                       /* RAM survives a reset of the core, */
    open();
    set(0x6A, 0x12, 0x05);          /* and so do the registers of the sensor */
    do get(0x6A, 0x12, 1, level); while (level[0] & 1u);
    set(0x6A, 0x08, 0x01);          /* the accelerometer goes into the FIFO */
    set(0x6A, 0x10, 0x60);          /* at 416 Hz, within 2 g */
    set(0x6A, 0x0A, 0x36);          /* continuously */
    while (sets < 256u) {
        get(0x6A, 0x3A, 2, level);
        for (uint32_t n = level[0] | (level[1] & 7u) << 8; n >= 3u && sets < 256u; n -= 3u, sets++)
            get(0x6A, 0x3E, 6, (uint8_t *)&kept[3u * sets]);
    }
    return 0;
}
"""
)


def run_on(ran: Ran, slices: int) -> None:
    """Until the program sleeps."""
    for _ in range(slices):
        ran.why = ran.machine.run()
        if ran.why is not Why.SLICE:
            return
    raise AssertionError("the program did not end")


def test_a_program_reads_a_sensors_identity() -> None:
    source = _I2C2 + "static uint8_t id; int main(void) { open(); get(0x6A, 0x0F, 1, &id); record(id); return 0; }"
    ran = loaded(BOARD, source)
    run_on(ran, 4)
    assert ran.trace == [0x6A]
    assert ran.machine.notes == []


def test_a_program_logs_a_replayed_motion_value_for_value() -> None:
    ran = loaded(BOARD, LOG)
    motion = np.random.default_rng(7).normal(0, 0.8, (500, 3))
    ran.machine.sensors["LSM6DSL"].replay("acceleration", Motion(motion, 416.0))
    run_on(ran, 40)
    data = ran.machine.memory.read(ran.program.symbols["kept"], 2 * 3 * 256)
    got = np.frombuffer(data, "<i2").reshape(-1, 3)
    produced = ran.machine.sensors["LSM6DSL"].produced("acceleration").words
    assert np.array_equal(got, produced[:256])
    assert np.array_equal(got, np.clip(np.rint(motion[1:257] / 0.061e-3), -32768, 32767))
    assert ran.machine.clock.now() / 1e12 == pytest.approx(256 / 416, abs=0.01)


_ADC = """
volatile uint16_t ring[64], kept[2048];
volatile uint32_t count;
int main(void)
{
    count = 0;
    REG(0x4002104Cu) |= 1u << 13 | 4u;          /* ADC, GPIOC */
    REG(0x40021058u) |= 1u << 4;                /* TIM6 */
    REG(0x40021048u) |= 1u;                     /* DMA1 */
    REG(0x4800082Cu) |= 1u << 5;                /* PC5 is analogue, and connected */
    REG(0x50040308u) = 1u << 16;                /* clocked by the bus */
    REG(0x50040008u) = 1u << 28;
    REG(0x50040008u) = 1u << 28 | 1u;
    REG(0x50040030u) = 14u << 6;                /* PC5 */
    REG(0x5004000Cu) = 13u << 6 | 1u << 10 | 3u; /* at TIM6, round and round by DMA */
    REG(0x4002000Cu) = 64u;
    REG(0x40020010u) = 0x50040040u;
    REG(0x40020014u) = (uint32_t)ring;
    REG(0x40020008u) = 1u << 10 | 1u << 8 | 1u << 7 | 1u << 5 | 1u;
    REG(0x50040008u) |= 4u;
    REG(0x4000102Cu) = 39u;                     /* 100 kHz of 4 MHz */
    REG(0x40001004u) = 2u << 4;
    REG(0x40001000u) = 1u;
    while (count < 2048u) {
        for (uint32_t half = 0; half < 2u; half++) {
            while (!(REG(0x40020000u) & (half ? 2u : 4u))) { }
            REG(0x40020004u) = half ? 2u : 4u;
            for (uint32_t i = 0; i < 32u; i++)
                kept[count++] = ring[32u * half + i];
        }
    }
    REG(0x40001000u) = 0;
    REG(0x50040008u) |= 1u << 4;
    return 0;
}
"""


def test_a_program_samples_a_voltage_at_100_khz_without_a_gap() -> None:
    ran = loaded(BOARD, _ADC)
    volts = np.random.default_rng(8).uniform(0, 3.3, 5000)
    ran.machine.sensors["PC5"].replay("voltage", Motion(volts[:, np.newaxis], 100e3))
    run_on(ran, 2)
    got = np.frombuffer(ran.machine.memory.read(ran.program.symbols["kept"], 2 * 2048), "<u2")
    produced = ran.machine.sensors["PC5"].produced("voltage").words[:, 0]
    assert np.array_equal(got, produced[:2048])
    assert set(got) <= set(np.clip(np.rint(volts / 3.3 * 4096), 0, 4095).astype(int))
    assert ran.machine.clock.now() / 1e12 == pytest.approx(2048 / 100e3, rel=0.02)
    assert ran.machine.notes == []
