// Tables of function pointers in C++, two suffixed libraries in one program.
#include "NanoEdgeAI_motor.h"
#include "NanoEdgeAI_state.h"
#include "signal.h"

struct Api {
    enum neai_state (*init)(bool);
    enum neai_state (*learn)(float *);
    enum neai_state (*detect)(float *, uint8_t *);
    enum neai_state (*classInit)(void);
    enum neai_state (*classify)(float *, float *, int *);
};

static const Api api = {neai_anomalydetection_init_motor, neai_anomalydetection_learn_motor,
                        neai_anomalydetection_detect_motor, neai_classification_init_state,
                        neai_classification_state};
static float buffer[NEAI_INPUT_SIGNAL_LENGTH_MOTOR * NEAI_INPUT_AXIS_NUMBER_MOTOR];
static float probabilities[NEAI_NUMBER_OF_CLASSES_STATE];
enum neai_state neai_state;

int main()
{
    uint8_t similarity = 0;
    int id_class = -1;
    neai_state = api.init(true);
    fill_signal(buffer, NEAI_INPUT_SIGNAL_LENGTH_MOTOR, NEAI_INPUT_AXIS_NUMBER_MOTOR);
    if (neai_state != NEAI_OK || api.learn(buffer) != NEAI_LEARNING_DONE || api.detect(buffer, &similarity) != NEAI_OK)
        return 1;
    if (api.classInit() != NEAI_OK || api.classify(buffer, probabilities, &id_class) != NEAI_OK || id_class < 0)
        return 2;
    return neai_get_class_name_state(id_class) && neai_get_id_motor()[0] != neai_get_id_state()[0] ? 0 : 3;
}
