/* Every kind behind tables of function pointers, several suffixed libraries in one program. */
#include <stdint.h>

#include "NanoEdgeAI_tempad.h"
#include "NanoEdgeAI_oc.h"
#include "NanoEdgeAI_ncc.h"
#include "NanoEdgeAI_e.h"
#include "knowledge_tempad.h"
#include "knowledge_oc.h"
#include "knowledge_ncc.h"
#include "knowledge_e.h"
#include "signal.h"

typedef float float_t;

typedef struct {
    enum neai_state (*anomalyInit)(void);
    enum neai_state (*classInit)(const float_t *);
    enum neai_state (*anomalyLearn)(float_t *);
    enum neai_state (*anomalyDetect)(float_t *, uint8_t *);
    enum neai_state (*oneclass)(float_t *, uint8_t *);
    enum neai_state (*classification)(float_t *, float_t *, uint16_t *);
    enum neai_state (*extrapolation)(float_t *, float_t *);
} neai_api_t;

static const neai_api_t api = {
    neai_anomalydetection_init_tempad, neai_classification_init_ncc, neai_anomalydetection_learn_tempad,
    neai_anomalydetection_detect_tempad, neai_oneclass_oc, neai_classification_ncc, neai_extrapolation_e,
};

static const char *id2class_ncc[CLASS_NUMBER_NCC + 1] = {"unknown"};
static float buffer[DATA_INPUT_USER_NCC * AXIS_NUMBER_NCC], output_class_buffer[CLASS_NUMBER_NCC];
static const char *ids[] = {NEAI_ID_TEMPAD, NEAI_ID_OC, NEAI_ID_NCC, NEAI_ID_E};

int main(void)
{
    uint8_t similarity = 0, is_outlier = 0;
    uint16_t id_class = 0;
    float value = 0;
    if (api.anomalyInit() != NEAI_OK || neai_anomalydetection_knowledge_tempad(knowledge_tempad) != NEAI_OK)
        return 1;
    if (api.classInit(knowledge_ncc) != NEAI_OK || neai_oneclass_init_oc(knowledge_oc) != NEAI_OK ||
        neai_extrapolation_init_e(knowledge_e) != NEAI_OK)
        return 2;
    if (api.classInit(knowledge_e) != NEAI_KNOWLEDGE_BUFFER_ERROR)
        return 3;
    for (unsigned i = 0; i < MINIMUM_ITERATION_CALLS_FOR_EFFICIENT_LEARNING_TEMPAD; i++) {
        fill_signal(buffer, DATA_INPUT_USER_TEMPAD, AXIS_NUMBER_TEMPAD);
        api.anomalyLearn(buffer);
    }
    if (api.anomalyDetect(buffer, &similarity) != NEAI_OK || api.oneclass(buffer, &is_outlier) != NEAI_OK ||
        api.classification(buffer, output_class_buffer, &id_class) != NEAI_OK ||
        api.extrapolation(buffer, &value) != NEAI_OK)
        return 4;
    if (id_class < 1 || id_class > CLASS_NUMBER_NCC || output_class_buffer[id_class - 1] * 100 < 33)
        return 5;
    return id2class_ncc[0][0] == 'u' && ids[0] != ids[3] && is_outlier <= 1 ? 0 : 6;
}
