/* 0-based class ids, names from the library, NULL for an id there is none of. */
#include <stddef.h>

#include "NanoEdgeAI.h"
#include "signal.h"

static float buf[NEAI_INPUT_SIGNAL_LENGTH * NEAI_INPUT_AXIS_NUMBER];
static float probabilities[NEAI_NUMBER_OF_CLASSES];

int main(void)
{
    int id_class = -1;
    if (neai_classification(buf, probabilities, &id_class) != NEAI_NOT_INITIALIZED || id_class != -1)
        return 1;
    if (neai_classification_init() != NEAI_OK)
        return 2;
    fill_signal(buf, NEAI_INPUT_SIGNAL_LENGTH, NEAI_INPUT_AXIS_NUMBER);
    if (neai_classification(buf, probabilities, &id_class) != NEAI_OK)
        return 3;
    if (id_class < 0 || id_class >= neai_get_number_of_classes() || neai_get_class_name(id_class) == NULL)
        return 4;
    return neai_get_class_name(-1) == NULL && neai_get_class_name(NEAI_NUMBER_OF_CLASSES) == NULL ? 0 : 5;
}
