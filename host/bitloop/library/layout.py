"""Where every constant and every word of a library stands: shared by the generated C, the package and the sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Constant, Kernel, LearningModel
from bitloop.library.file import Library

HEADER_WORDS = 2
"""Words a knowledge array begins with: how many words it has, and whose it is."""


@dataclass(frozen=True, slots=True)
class Table:
    """A constant with its name in C. `offset` is its place in the knowledge array (None: a table of neai.c)."""

    name: str
    values: NDArray[Any]
    fitted: bool
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Tables in the order the pipeline meets them, and per kernel (steps first, then the model) their names."""

    tables: tuple[Table, ...]
    users: tuple[Mapping[str, Table], ...]

    @property
    def static(self) -> tuple[Table, ...]:
        """Tables that stand in neai.c."""
        return tuple(table for table in self.tables if table.offset is None)

    @property
    def travelling(self) -> tuple[Table, ...]:
        """Tables that arrive through init(knowledge)."""
        return tuple(table for table in self.tables if table.offset is not None)

    @property
    def words(self) -> int:
        """Words of the knowledge array, its header included."""
        return HEADER_WORDS + sum(table.values.size for table in self.travelling)


def lay_out(library: Library, travels: bool) -> Layout:
    """Name every constant once; fitted floats get a place in the knowledge array if it `travels`."""
    tables: list[Table] = []
    users: list[Mapping[str, Table]] = []
    offset = HEADER_WORDS
    for kernel, constants in _constants(library):
        used: dict[str, Table] = {}
        for constant in constants:
            table = _known(tables, kernel, constant)
            if table is None:
                moves = travels and constant.fitted and constant.values.dtype == np.float32
                name = _free_name(tables, f"{kernel.kernel}_{constant.name}")
                values = np.asarray(constant.values)
                table = Table(name, values, constant.fitted, offset if moves else None)
                offset += table.values.size if moves else 0
                tables.append(table)
            used[constant.name] = table
        users.append(used)
    return Layout(tuple(tables), tuple(users))


def knowledge_bytes(library: Library) -> int:
    """What NanoEdge calls flash: every fitted number, and the pretrained state."""
    fitted = sum(table.values.nbytes for table in lay_out(library, travels=False).tables if table.fitted)
    return fitted + (0 if library.pretrained is None else library.pretrained.nbytes)


def check_word(library: Library) -> int:
    """32 bits that name the library, in saved knowledge."""
    return int(library.id[:8], 16)


def knowledge_words(library: Library) -> NDArray[np.float32]:
    """The array of knowledge.h: its length, 24 bits of the id (exact in a float), then the constants or the state."""
    if isinstance(library.pipeline.model, LearningModel):
        state = library.pretrained if library.pretrained is not None else np.zeros(0, dtype=np.float32)
        body = [state]
    else:
        body = [table.values.reshape(-1) for table in lay_out(library, travels=True).travelling]
    words = HEADER_WORDS + sum(part.size for part in body)
    header = np.array([words, int(library.id[:6], 16)], dtype=np.float32)
    return np.concatenate([header, *body]).astype(np.float32)


def _constants(library: Library) -> Iterator[tuple[Kernel, tuple[Constant, ...]]]:
    for step in library.pipeline.preprocessing.steps():
        yield step.stage, step.stage.constants(step.given)
    yield library.pipeline.model, library.pipeline.model.constants()


def _known(tables: list[Table], kernel: Kernel, constant: Constant) -> Table | None:
    """A table of the same kernel, name and content: a window two branches share is stored once."""
    stem = f"{kernel.kernel}_{constant.name}"
    values = np.asarray(constant.values)
    for table in tables:
        same = table.values.dtype == values.dtype and table.values.shape == values.shape
        if (
            table.name.startswith(stem)
            and table.fitted == constant.fitted
            and same
            and table.values.tobytes() == values.tobytes()
        ):
            return table
    return None


def _free_name(tables: list[Table], stem: str) -> str:
    taken = {table.name for table in tables}
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name
