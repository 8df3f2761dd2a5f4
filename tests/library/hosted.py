"""The generated neai.c itself, compiled for this machine and called as a C program would call it."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cffi import FFI
from numpy.typing import NDArray

from bitloop.emulator import Answers
from bitloop.library import Library
from bitloop.library.api import functions
from bitloop.library.build import DEFAULT_FLAGS
from bitloop.library.codegen import generate, has_knowledge_file
from bitloop.library.layout import knowledge_words
from bitloop.library.options import DEFAULT_OPTIONS, Options
from bitloop.library.personas import persona
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain


def compiled(sources: Sources, compiler: str = "zig", flags: Flags = DEFAULT_FLAGS) -> Path:
    """Shared library of generated sources; the array of knowledge.h is in it, as in a program that includes it."""
    units = {
        name.replace(".h", "_array.c"): f'extern const float {Path(name).stem}[];\n#include "{name}"\n'.encode()
        for name in sources.files
        if name.startswith("knowledge")
    }
    return Toolchain(compiler, target("host")).shared(sources | Sources(units), flags, "neai.so")


@dataclass(frozen=True, slots=True)
class Hosted:
    """Calls by role, answers as the emulator gives them. What a refused call left of an output is checked here."""

    library: Library
    options: Options
    code: Any
    ffi: FFI

    @staticmethod
    def load(library: Library, options: Options, path: Path) -> Hosted:
        ffi = FFI()
        prototypes = [f.prototype(options.suffix) for f in functions(library, persona(options.persona)).values()]
        lines = [re.sub(r"\benum neai_state\b", "int", line) + ";" for line in prototypes]
        if has_knowledge_file(library, options):
            lines.append(f"extern const float {options.symbol('knowledge')}[{len(knowledge_words(library))}];")
        ffi.cdef("\n".join(lines))
        with tempfile.TemporaryDirectory() as folder:  # a copy of its own: a library loaded twice keeps its state
            own = shutil.copy(path, folder)
            return Hosted(library, options, ffi.dlopen(str(own)), ffi)

    @staticmethod
    def build(
        library: Library, options: Options = DEFAULT_OPTIONS, compiler: str = "zig", flags: Flags = DEFAULT_FLAGS
    ) -> Hosted:
        return Hosted.load(library, options, compiled(generate(library, options), compiler, flags))

    def call(self, role: str, *arguments: Any) -> Any:
        """Any function of the API by its role."""
        found = functions(self.library, persona(self.options.persona))[role]
        return getattr(self.code, self.options.symbol(found.name))(*arguments)

    @property
    def knowledge_array(self) -> Any:
        return getattr(self.code, self.options.symbol("knowledge"))

    def init(self, pretrained: bool = False) -> int:
        """As a program of the persona begins."""
        v3 = self.options.persona == "v3"
        if self.library.kind != "anomaly":
            return int(self.call("init", self.knowledge_array) if v3 else self.call("init"))
        if not v3:
            return int(self.call("init", pretrained))
        status = self.call("init")
        return int(self.call("knowledge", self.knowledge_array) if pretrained else status)

    def learn(self, x: NDArray[np.float32]) -> NDArray[np.uint8]:
        return np.array([self.call("learn", self._floats(row)) for row in x], dtype=np.uint8)

    def detect(self, x: NDArray[np.float32]) -> Answers:
        rows = [getattr(self, f"_{self.library.kind}")(self._floats(row)) for row in x]
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        names = {
            "anomaly": ("similarity", "ratio"),
            "outlier": ("is_outlier", "ratio"),
            "classes": ("class_id", "probabilities"),
            "extrapolation": ("value",),
        }[self.library.kind]
        return Answers(columns[0].astype(np.uint8), **dict(zip(names, columns[1:], strict=True)))

    def knowledge(self) -> bytes:
        buffer = self.ffi.new("uint8_t[]", self.call("size"))
        assert self.call("save", buffer) == 0
        return bytes(self.ffi.buffer(buffer))

    def restore(self, saved: bytes) -> int:
        return int(self.call("restore", self.ffi.new("uint8_t[]", saved)))

    def _anomaly(self, row: Any) -> tuple[Any, ...]:
        similarity = self.ffi.new("uint8_t *", 200)
        status = self.call("detect", row, similarity)
        assert (similarity[0] == 200) == (status != 0)
        return status, similarity[0] if status == 0 else 0, np.float32(self.call("score"))

    def _outlier(self, row: Any) -> tuple[Any, ...]:
        is_outlier = self.ffi.new("uint8_t *", 200)
        status = self.call("apply", row, is_outlier)
        assert (is_outlier[0] == 200) == (status != 0)
        return status, is_outlier[0] if status == 0 else 0, np.float32(self.call("score"))

    def _classes(self, row: Any) -> tuple[Any, ...]:
        v3 = self.options.persona == "v3"
        count = len(self.library.classes)
        chosen = self.ffi.new("uint16_t *" if v3 else "int *", 999)
        out = self._floats(np.full(count, -7, dtype=np.float32))
        status = self.call("apply", row, out, chosen)
        probabilities = np.array(list(out), dtype=np.float32)
        if status != 0:
            assert chosen[0] == 999
            assert (probabilities == -7).all()
            return status, -1, np.zeros(count, dtype=np.float32)
        return status, chosen[0] - (1 if v3 else 0), probabilities

    def _extrapolation(self, row: Any) -> tuple[Any, ...]:
        value = self.ffi.new("float *", -7.0)
        status = self.call("apply", row, value)
        assert status == 0 or value[0] == -7.0
        return status, np.float32(value[0] if status == 0 else 0.0)

    def _floats(self, values: NDArray[np.float32]) -> Any:
        array = self.ffi.new("float[]", len(values))
        self.ffi.buffer(array)[:] = values.tobytes()
        return array
