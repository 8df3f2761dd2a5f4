/* Calls a library from end to end: raw records on stdin ('L' or 'D' and a signal), raw answers on stdout. */
#include <stdio.h>
#include <stdlib.h>

#include "NanoEdgeAI.h"
#if defined(ANOMALY)
enum { OUTPUTS = 1 };
#elif defined(OUTLIER)
#include "knowledge.h"
enum { OUTPUTS = 1 };
#elif defined(CLASSES)
#include "knowledge.h"
enum { OUTPUTS = CLASS_NUMBER };
#else
#include "knowledge.h"
enum { OUTPUTS = 1 };
#endif

static void begin(void)
{
#if defined(ANOMALY)
    const enum neai_state state = neai_anomalydetection_init();
#elif defined(OUTLIER)
    const enum neai_state state = neai_oneclass_init(knowledge);
#elif defined(CLASSES)
    const enum neai_state state = neai_classification_init(knowledge);
#else
    const enum neai_state state = neai_extrapolation_init(knowledge);
#endif
    if (state != NEAI_OK)
        exit(3);
}

/* Status, label and outputs of one call. `signal` is a heap block of exactly the size, so that a sanitizer sees its ends. */
static void answer(int what, float signal[])
{
    int status = -1, label = -1;
    float outputs[OUTPUTS] = {0};
#if defined(ANOMALY)
    uint8_t similarity = 0;
    status = what == 'L' ? (int)neai_anomalydetection_learn(signal) : (int)neai_anomalydetection_detect(signal, &similarity);
    label = similarity;
    outputs[0] = what == 'L' ? 0.0f : neai_score();
#elif defined(OUTLIER)
    uint8_t is_outlier = 0;
    status = (int)neai_oneclass(signal, &is_outlier);
    label = is_outlier;
    outputs[0] = neai_score();
#elif defined(CLASSES)
    uint16_t id_class = 0;
    status = (int)neai_classification(signal, outputs, &id_class);
    label = (int)id_class - 1;
#else
    status = (int)neai_extrapolation(signal, outputs);
#endif
    (void)what;
    fwrite(&status, sizeof status, 1, stdout);
    fwrite(&label, sizeof label, 1, stdout);
    fwrite(outputs, sizeof outputs, 1, stdout);
}

int main(void)
{
    const size_t size = AXIS_NUMBER * DATA_INPUT_USER;
    begin();
    for (int what = getchar(); what != EOF; what = getchar()) {
        float *signal = malloc(size * sizeof(float));
        if (signal == NULL || fread(signal, sizeof(float), size, stdin) != size)
            return 2;
        answer(what, signal);
        free(signal);
    }
#if defined(ANOMALY)
    uint8_t *saved = malloc(neai_knowledge_size());
    if (saved == NULL || neai_knowledge_save(saved) != NEAI_OK || neai_knowledge_restore(saved) != NEAI_OK)
        return 4;
    fwrite(saved, 1, neai_knowledge_size(), stdout);
    free(saved);
#endif
    return 0;
}
