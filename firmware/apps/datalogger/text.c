/* A datalogger for terminals and studios: one line per signal, axes interleaved, values separated by spaces. A continuous
 * one prints a line per sample. Lines that begin with # are for people. */
#include "../../drivers/port.h"
#include "../../drivers/ticks.h"
#include "../../startup/fault.h"
#include "decimal.h"
#include "sampler.h"

#define CHUNK 64u

uint32_t bl_overruns;

/* Two pieces of text take turns: one is filled while the other leaves. */
static struct {
    uint8_t bytes[2][CHUNK];
    size_t filled;
    uint32_t turn;
} text;

static void flush(void)
{
    bl_write(text.bytes[text.turn], text.filled);
    text.turn ^= 1u;
    text.filled = 0;
}

static void put(size_t size, const char from[])
{
    for (size_t i = 0; i < size; i++) {
        text.bytes[text.turn][text.filled++] = (uint8_t)from[i];
        if (text.filled == CHUNK)
            flush();
    }
}

static void put_words(const char words[])
{
    size_t size = 0;
    while (words[size] != '\0')
        size++;
    put(size, words);
}

static void say(const char line[])
{
    put_words(line);
    put(1u, "\n");
    flush();
}

static void put_line(size_t samples, const bl_raw values[])
{
    char digits[BL_DECIMAL_BYTES + 1u];
    for (size_t i = 0; i < samples * BL_AXES; i++) {
        size_t size = bl_decimal(values[i], &bl_axes[i % BL_AXES], digits);
        digits[size++] = i + 1u < samples * BL_AXES ? ' ' : '\n';
        put(size, digits);
    }
}

#if BL_CONTINUOUS

/* Lines until the sensor goes away. */
static void log_samples(void)
{
    bl_raw values[BL_SENSOR_BURST * BL_AXES];
    enum bl_sampled sampled = bl_sampler_start() ? BL_SAMPLED : BL_NO_ANSWER;
    while (sampled != BL_NO_ANSWER) {
        struct bl_taken taken;
        sampled = bl_sampler_take(BL_SENSOR_BURST, values, &taken);
        for (size_t i = 0; i < taken.samples; i++)
            put_line(1u, &values[i * BL_AXES]);
        if (sampled == BL_OVERRUN) {
            say("# samples are missing here: the sensor's memory overflowed");
            if (!bl_sampler_start())
                sampled = BL_NO_ANSWER;
        }
    }
}

#else

static bl_raw signal[BL_SAMPLES * BL_AXES];

/* Signals until the sensor goes away. One that samples are missing in is never printed. */
static void log_samples(void)
{
    enum bl_sampled sampled = BL_OVERRUN;
    struct bl_taken taken;
    size_t filled = 0;
    while (sampled != BL_NO_ANSWER) {
        if (sampled == BL_OVERRUN || filled == BL_SAMPLES) {
            filled = 0;
            if (!bl_sampler_start())
                return;
        }
        sampled = bl_sampler_take(BL_SAMPLES - filled, &signal[filled * BL_AXES], &taken);
        filled += taken.samples;
        if (filled == BL_SAMPLES) {
            put_line(BL_SAMPLES, signal);
            flush();
        }
    }
}

#endif

int main(void)
{
    bl_port_init();
    bl_sensor_init();
    bl_sampler_rewind();
    for (;;) {
        if (bl_sensor_start())
            log_samples();
        say("# " BL_SENSOR_NAME " does not answer on " BL_SOURCE_NAME);
        bl_pause(BL_CLOCK_HZ);
    }
}

void bl_report_fault(uint32_t exception, const uint32_t stacked[])
{
    char digits[20];
    put_words("# exception ");
    put(bl_digits(exception, 1u, digits), digits);
    put_words(" at ");
    put(bl_digits(stacked != NULL ? stacked[BL_STACKED_PC] : 0u, 1u, digits), digits);
    say(" stopped the core");
    bl_exit(1);
}
