#include <stddef.h>

#include "NanoEdgeAI.h"
#include "signal.h"

static float buf[NEAI_INPUT_SIGNAL_LENGTH * NEAI_INPUT_AXIS_NUMBER];

int main(void)
{
    uint8_t is_outlier = 0;
    if (neai_outlier_init() != NEAI_OK)
        return 1;
    fill_signal(buf, NEAI_INPUT_SIGNAL_LENGTH, NEAI_INPUT_AXIS_NUMBER);
    if (neai_outlier(NULL, &is_outlier) != NEAI_INVALID_PARAM || neai_outlier(buf, NULL) != NEAI_INVALID_PARAM)
        return 2;
    return neai_outlier(buf, &is_outlier) == NEAI_OK && is_outlier <= 1 ? 0 : 3;
}
