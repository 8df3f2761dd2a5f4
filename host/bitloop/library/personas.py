"""The generations of the NanoEdge C API a generated header can speak, and their status values.

`v3` is 3.x to 5.0, `v5` is 5.1 and later. Names, values and id bases are those of the originals; what each situation
answers is decided here, once for the generated C and for the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from bitloop.errors import LibraryError


class StateV3(IntEnum):
    """`enum neai_state` of 3.x to 5.0."""

    NEAI_OK = 0
    NEAI_INIT_FCT_NOT_CALLED = 123
    NEAI_BOARD_ERROR = 124
    NEAI_KNOWLEDGE_BUFFER_ERROR = 125
    NEAI_NOT_ENOUGH_CALL_TO_LEARNING = 126
    NEAI_MINIMAL_RECOMMENDED_LEARNING_DONE = 127
    NEAI_UNKNOWN_ERROR = 128
    NEAI_COMPILER_ERROR = 129


class StateV5(IntEnum):
    """`enum neai_state` of 5.1 and later."""

    NEAI_OK = 0
    NEAI_ERROR = 1
    NEAI_NOT_INITIALIZED = 2
    NEAI_INVALID_PARAM = 3
    NEAI_NOT_SUPPORTED = 4
    NEAI_LEARNING_DONE = 5
    NEAI_LEARNING_IN_PROGRESS = 6


@dataclass(frozen=True, slots=True)
class Persona:
    """Which status each situation answers.

    `refused` is for a NULL pointer, a value that is not finite, and features out of range; `learning` is for a learn
    call short of the minimum and for a detect call too early; `knowledge` is for a knowledge array or a saved buffer
    that belongs to another library or is damaged.
    """

    name: str
    states: tuple[StateV3 | StateV5, ...]
    uninitialised: StateV3 | StateV5
    refused: StateV3 | StateV5
    learning: StateV3 | StateV5
    learned: StateV3 | StateV5
    knowledge: StateV3 | StateV5
    comments: tuple[str, ...]
    ok: int = 0


V3 = Persona(
    "v3",
    tuple(StateV3),
    uninitialised=StateV3.NEAI_INIT_FCT_NOT_CALLED,
    refused=StateV3.NEAI_UNKNOWN_ERROR,
    learning=StateV3.NEAI_NOT_ENOUGH_CALL_TO_LEARNING,
    learned=StateV3.NEAI_MINIMAL_RECOMMENDED_LEARNING_DONE,
    knowledge=StateV3.NEAI_KNOWLEDGE_BUFFER_ERROR,
    comments=(
        "done",
        "init was not called, or failed",
        "never answered: this library runs on every board",
        "the knowledge belongs to another library or is damaged",
        "learn more signals",
        "learned enough to detect",
        "NULL, NaN, infinity or values out of range",
        "never answered: this library suits every compiler",
    ),
)

V5 = Persona(
    "v5",
    tuple(StateV5),
    uninitialised=StateV5.NEAI_NOT_INITIALIZED,
    refused=StateV5.NEAI_INVALID_PARAM,
    learning=StateV5.NEAI_LEARNING_IN_PROGRESS,
    learned=StateV5.NEAI_LEARNING_DONE,
    knowledge=StateV5.NEAI_INVALID_PARAM,
    comments=(
        "done",
        "never answered",
        "init was not called, or failed",
        "NULL, NaN, infinity, values out of range, or foreign knowledge",
        "this library has no pretrained knowledge",
        "learned enough to detect",
        "learn more signals",
    ),
)

PERSONAS = {persona.name: persona for persona in (V3, V5)}


def persona(name: str) -> Persona:
    """The persona of that name, or a LibraryError that lists them."""
    found = PERSONAS.get(name)
    if found is None:
        raise LibraryError(f"persona {name!r} is unknown; choose one of {', '.join(PERSONAS)}")
    return found
