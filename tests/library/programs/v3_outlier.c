/* One class; also what happens before init. */
#include "NanoEdgeAI.h"
#include "knowledge.h"
#include "signal.h"

uint8_t oneclass_result = 0;
float input_user_buffer[DATA_INPUT_USER * AXIS_NUMBER];

int main(void)
{
    if (neai_oneclass(input_user_buffer, &oneclass_result) != NEAI_INIT_FCT_NOT_CALLED)
        return 1;
    if (neai_oneclass_init(knowledge) != NEAI_OK)
        return 2;
    fill_signal(input_user_buffer, DATA_INPUT_USER, AXIS_NUMBER);
    return neai_oneclass(input_user_buffer, &oneclass_result) == NEAI_OK && oneclass_result <= 1 ? 0 : 3;
}
