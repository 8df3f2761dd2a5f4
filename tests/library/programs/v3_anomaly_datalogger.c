/* A file-scope variable called neai_state that holds what the calls return, and a global id printed as text. */
#include <stdint.h>

#include "NanoEdgeAI.h"
#include "knowledge.h"
#include "signal.h"

uint8_t neai_similarity = 0, neai_state = 0;
volatile uint16_t neai_cnt = 0;
float neai_buffer[AXIS_NUMBER * DATA_INPUT_USER] = {0.0};
const char library_id[] = NEAI_ID;

int main(void)
{
    neai_state = neai_anomalydetection_init();
    neai_state = neai_anomalydetection_knowledge(knowledge);
    if (neai_state != NEAI_OK || sizeof library_id != 25)
        return 1;
    while (neai_cnt < 5) {
        neai_cnt++;
        fill_signal(neai_buffer, DATA_INPUT_USER, AXIS_NUMBER);
        neai_state = neai_anomalydetection_learn(neai_buffer);
    }
    neai_state = neai_anomalydetection_detect(neai_buffer, &neai_similarity);
    return neai_state;
}
