#include "NanoEdgeAI.h"
#include "knowledge.h"
#include "signal.h"

float extrapolated_value = 0;
float input_user_buffer[DATA_INPUT_USER * AXIS_NUMBER];

int main(void)
{
    if (neai_extrapolation_init(knowledge) != NEAI_OK)
        return 1;
    fill_signal(input_user_buffer, DATA_INPUT_USER, AXIS_NUMBER);
    return neai_extrapolation(input_user_buffer, &extrapolated_value) != NEAI_OK;
}
