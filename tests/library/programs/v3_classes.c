/* The declarations the header suggests, as most programs have them. */
#include "NanoEdgeAI.h"
#include "knowledge.h"
#include "signal.h"

uint16_t id_class = 0;
float input_user_buffer[DATA_INPUT_USER * AXIS_NUMBER];
float output_class_buffer[CLASS_NUMBER];
const char *id2class[CLASS_NUMBER + 1] = {"unknown", "a", "b", "c"};

int main(void)
{
    enum neai_state error_code = neai_classification_init(knowledge);
    if (error_code != NEAI_OK)
        return 1;
    fill_signal(input_user_buffer, DATA_INPUT_USER, AXIS_NUMBER);
    error_code = neai_classification(input_user_buffer, output_class_buffer, &id_class);
    return error_code == NEAI_OK && id_class > 0 && id2class[id_class][0] >= 'a' ? 0 : 2;
}
