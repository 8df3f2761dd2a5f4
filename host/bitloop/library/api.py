"""The functions of a generated library: their prototypes and what they promise, once for header and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bitloop.library.file import Library
from bitloop.library.personas import Persona

_STATE = "enum neai_state"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the API. `name` carries no suffix; `says` is its comment in the header."""

    name: str
    result: str
    arguments: str
    says: str

    def prototype(self, suffix: str) -> str:
        """The declaration without its semicolon."""
        tail = f"_{suffix}" if suffix else ""
        space = "" if self.result.endswith("*") else " "
        return f"{self.result}{space}{self.name}{tail}({self.arguments})"


def functions(library: Library, speech: Persona) -> dict[str, Function]:
    """By role (init, learn, detect, apply, ...), in the order of the header."""
    kind = {"anomaly": _anomaly, "outlier": _outlier, "classes": _classes, "extrapolation": _extrapolation}
    found = dict(kind[library.kind](library, speech.name == "v3"))
    if library.kind in ("anomaly", "outlier"):
        says = "Distance over limit of the last signal judged: above 1 is not regular; -1 if it was refused."
        found["score"] = Function("neai_score", "float", "void", says)
    if speech.name == "v5":
        found |= _getters(library)
    return found


def _anomaly(library: Library, v3: bool) -> Iterator[tuple[str, Function]]:
    taken = "float data_input[]" if v3 else "float *in"
    stem = "neai_anomalydetection"
    enough, more = (127, 126) if v3 else ("NEAI_LEARNING_DONE", "NEAI_LEARNING_IN_PROGRESS")
    if v3:
        yield "init", Function(f"{stem}_init", _STATE, "void", "Forget what was learned and begin.")
    else:
        says = "Begin, from nothing learned or from the pretrained knowledge of this library."
        yield "init", Function(f"{stem}_init", _STATE, "bool use_pretrained", says)
    learn = f"Learn one regular signal; {more} until {library.learning} are learned, {enough} from then on."
    yield "learn", Function(f"{stem}_learn", _STATE, taken, learn)
    detect = "Similarity of a signal to what was learned, 0 to 100; 90 or more is regular."
    yield "detect", Function(f"{stem}_detect", _STATE, f"{taken}, uint8_t *similarity", detect)
    if v3:
        says = "Scale every distance by this factor (1 to begin with): above 1 sees more anomalies, below 1 fewer."
        yield "set_sensitivity", Function(f"{stem}_set_sensitivity", _STATE, "float sensitivity", says)
        yield "get_sensitivity", Function(f"{stem}_get_sensitivity", "float", "void", "The factor in use.")
    if v3 and library.pretrained is not None:
        says = "Replace what was learned by the pretrained knowledge of knowledge.h; call it after init."
        yield "knowledge", Function(f"{stem}_knowledge", _STATE, "const float knowledge_buffer[]", says)
    yield "size", Function("neai_knowledge_size", "uint32_t", "void", "Bytes neai_knowledge_save writes.")
    says = "Write what was learned to a buffer, with the name of this library and a CRC-32."
    yield "save", Function("neai_knowledge_save", _STATE, "uint8_t buffer[]", says)
    says = "Go on from what was saved; a buffer that is damaged or of another library is refused. Call it after init."
    yield "restore", Function("neai_knowledge_restore", _STATE, "const uint8_t buffer[]", says)


def _outlier(library: Library, v3: bool) -> Iterator[tuple[str, Function]]:
    stem, taken = ("neai_oneclass", "float data_input[]") if v3 else ("neai_outlier", "float *in")
    yield "init", _static_init(stem, v3)
    yield "apply", Function(stem, _STATE, f"{taken}, uint8_t *is_outlier", "1 if the signal is an outlier, else 0.")


def _classes(library: Library, v3: bool) -> Iterator[tuple[str, Function]]:
    stem = "neai_classification"
    yield "init", _static_init(stem, v3)
    if v3:
        arguments = "float data_input[], float output_buffer[], uint16_t *id_class"
        says = "Probability of each class, and the id of the most probable: 1 is the first class."
    else:
        arguments = "float *in, float *probabilities, int *id_class"
        says = "Probability of each class, and the id of the most probable: 0 is the first class."
    yield "apply", Function(stem, _STATE, arguments, says)


def _extrapolation(library: Library, v3: bool) -> Iterator[tuple[str, Function]]:
    stem = "neai_extrapolation"
    yield "init", _static_init(stem, v3)
    arguments = "float data_input[], float *extrapolated_value" if v3 else "float *in, float *prediction"
    yield "apply", Function(stem, _STATE, arguments, "The value that belongs to a signal.")


def _static_init(stem: str, v3: bool) -> Function:
    if v3:
        says = "Begin with the array of knowledge.h, which has to stay where it is; any other array is refused."
        return Function(f"{stem}_init", _STATE, "const float knowledge_buffer[]", says)
    return Function(f"{stem}_init", _STATE, "void", "Begin.")


def _getters(library: Library) -> dict[str, Function]:
    found = {
        "id": Function("neai_get_id", "char *", "void", "The id of this library: NEAI_ID."),
        "length": Function("neai_get_input_signal_size", "int", "void", "Samples per axis of a signal."),
        "axes": Function("neai_get_axis_number", "int", "void", "Axes of a signal."),
    }
    if library.kind == "classes":
        found["classes"] = Function("neai_get_number_of_classes", "int", "void", "Number of classes.")
        says = "Name of a class, NULL if there is none of that id."
        found["class_name"] = Function("neai_get_class_name", "const char *", "int id_class", says)
    return found
