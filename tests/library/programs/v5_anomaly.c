/* A variable with the name of the enumeration, a pretrained start, then learning on. */
#include "NanoEdgeAI.h"
#include "signal.h"

enum neai_state neai_state;
static float input_signal[NEAI_INPUT_SIGNAL_LENGTH * NEAI_INPUT_AXIS_NUMBER];

void fill_buffer(float *input_signal)
{
    fill_signal(input_signal, NEAI_INPUT_SIGNAL_LENGTH, NEAI_INPUT_AXIS_NUMBER);
}

int main(void)
{
    uint8_t similarity = 0;
    bool use_pretrained = true;
    neai_state = neai_anomalydetection_init(use_pretrained);
    if (neai_state != NEAI_OK)
        return 1;
    fill_buffer(input_signal);
    if (neai_anomalydetection_detect(input_signal, &similarity) != NEAI_OK)
        return 2;
    neai_state = neai_anomalydetection_init(false);
    if (neai_anomalydetection_detect(input_signal, &similarity) != NEAI_LEARNING_IN_PROGRESS)
        return 3;
    do {
        fill_buffer(input_signal);
        neai_state = neai_anomalydetection_learn(input_signal);
    } while (neai_state == NEAI_LEARNING_IN_PROGRESS);
    return neai_state == NEAI_LEARNING_DONE ? 0 : 4;
}
