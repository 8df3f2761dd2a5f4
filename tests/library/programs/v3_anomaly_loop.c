/* Learn the recommended number of signals, then detect. Init is the very first statement: no hardware is up yet. */
#include "NanoEdgeAI.h"
#include "signal.h"

uint8_t similarity = 0;
float input_user_buffer[DATA_INPUT_USER * AXIS_NUMBER];

void fill_buffer(float input_buffer[])
{
    fill_signal(input_buffer, DATA_INPUT_USER, AXIS_NUMBER);
}

int main(void)
{
    if (neai_anomalydetection_init() != NEAI_OK)
        return 1;
    enum neai_state error_code = NEAI_OK;
    for (uint16_t i = 0; i < MINIMUM_ITERATION_CALLS_FOR_EFFICIENT_LEARNING; i++) {
        fill_buffer(input_user_buffer);
        error_code = neai_anomalydetection_learn(input_user_buffer);
        if (i + 1 < MINIMUM_ITERATION_CALLS_FOR_EFFICIENT_LEARNING && error_code != NEAI_NOT_ENOUGH_CALL_TO_LEARNING)
            return 2;
    }
    if (error_code != NEAI_MINIMAL_RECOMMENDED_LEARNING_DONE)
        return 3;
    fill_buffer(input_user_buffer);
    if (neai_anomalydetection_detect(input_user_buffer, &similarity) != NEAI_OK || similarity > 100)
        return 4;
    if (neai_anomalydetection_set_sensitivity(1.5) != NEAI_OK || neai_anomalydetection_get_sensitivity() != 1.5)
        return 5;
    return 0;
}
