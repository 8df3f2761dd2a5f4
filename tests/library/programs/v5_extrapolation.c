/* Checks that header and library belong together before anything else, and hands over a copy of its input. */
#include "NanoEdgeAI.h"
#include "signal.h"

static float buffer[NEAI_INPUT_SIGNAL_LENGTH * NEAI_INPUT_AXIS_NUMBER];

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

int main(void)
{
    float prediction = 0;
    if (!same(neai_get_id(), NEAI_ID) || neai_get_input_signal_size() != NEAI_INPUT_SIGNAL_LENGTH ||
        neai_get_axis_number() != NEAI_INPUT_AXIS_NUMBER)
        return 1;
    if (neai_extrapolation_init() != NEAI_OK)
        return 2;
    fill_signal(buffer, NEAI_INPUT_SIGNAL_LENGTH, NEAI_INPUT_AXIS_NUMBER);
    return neai_extrapolation(buffer, &prediction) != NEAI_OK;
}
