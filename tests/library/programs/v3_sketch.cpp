// An Arduino sketch: C++, setup() and loop().
#include "NanoEdgeAI.h"
#include "knowledge.h"
#include "signal.h"

uint8_t similarity = 0;
float acc_buffer[DATA_INPUT_USER * AXIS_NUMBER] = {0.0};
enum neai_state neai_state;
int failed = 0;

void setup()
{
    neai_state = neai_anomalydetection_init();
    if (neai_state != NEAI_OK || neai_anomalydetection_knowledge(knowledge) != NEAI_OK)
        failed = 1;
}

void loop()
{
    fill_signal(acc_buffer, DATA_INPUT_USER, AXIS_NUMBER);
    enum neai_state learningStatus = neai_anomalydetection_learn(acc_buffer);
    enum neai_state detectionStatus = neai_anomalydetection_detect(acc_buffer, &similarity);
    if (learningStatus != NEAI_MINIMAL_RECOMMENDED_LEARNING_DONE || detectionStatus != NEAI_OK || similarity > 100)
        failed = 2;
}

int main()
{
    setup();
    for (int i = 0; i < 20; i++)
        loop();
    return failed;
}
