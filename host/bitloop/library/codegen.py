"""A library as C: `neai.c` in a straight line from input to answer, its header, knowledge and kernels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bitloop import resources
from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, LearningModel, StaticModel
from bitloop.kernels.pipeline import BEFORE, Step
from bitloop.library import knowledge, layout
from bitloop.library.api import functions
from bitloop.library.file import Library
from bitloop.library.layout import Table
from bitloop.library.options import DEFAULT_OPTIONS, Options
from bitloop.library.texts import describe, has_knowledge_file, render
from bitloop.toolchain import Sources

_INCLUDE = re.compile(r'^#include "([\w./]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A chain of stages as one C function: the tables it needs from the knowledge array, and its statements."""

    name: str
    title: str
    needs: tuple[Table, ...]
    lines: tuple[str, ...]


def generate(library: Library, options: Options = DEFAULT_OPTIONS) -> Sources:
    """`NanoEdgeAI[_suffix].h`, `neai[_suffix].c`, `knowledge[_suffix].h` (v3, where there is some), `kernels/*.h`.

    Include folder: `.`. The same library and options give the same bytes.
    """
    text = _Text(library, options)
    files = {
        options.file("neai", "c"): text.source(),
        options.file("NanoEdgeAI", "h"): text.header(),
    }
    if has_knowledge_file(library, options):
        files[options.file("knowledge", "h")] = text.knowledge()
    kernels = {f"kernels/{name}": content for name, content in _closure(text.headers()).items()}
    return Sources({**{name: content.encode() for name, content in files.items()}, **kernels})


class _Text:
    """The generated files of one library with one set of options."""

    def __init__(self, library: Library, options: Options) -> None:
        self.library, self.options, self.speech = library, options, options.speech
        self.layout = layout.lay_out(library, travels=options.v3 and library.kind != "anomaly")
        self.functions = functions(library, options.speech)
        self.steps = list(library.pipeline.preprocessing.steps())

    def source(self) -> str:
        preprocessing = self.library.pipeline.preprocessing
        several = len(preprocessing.branches) > 1
        features = "neai.features" if several else "neai.x"
        return self._render(
            "neai.c.j2",
            layout=self.layout,
            headers=self.headers(),
            common=self._common(),
            branches=self._branches(),
            sizes=[preprocessing.branch_shape(b).size for b in range(len(preprocessing.branches))],
            buffer=preprocessing.buffer,
            shared=preprocessing.common,
            gathering=preprocessing.gathering,
            workspace=max(preprocessing.workspace, self.library.pipeline.model.workspace()),
            head=self._head(),
            several=several,
            model=self._model(features),
            features=features,
            state_words=self._state_words(),
            saved=knowledge.size(self._state_words()),
        )

    def header(self) -> str:
        return self._render(f"NanoEdgeAI_{self.options.persona}.h.j2")

    def knowledge(self) -> str:
        return self._render("knowledge.h.j2", words=layout.knowledge_words(self.library))

    def headers(self) -> list[str]:
        """Kernel headers neai.c names, in the order the pipeline meets them."""
        helpers = ["deinterleave.h", "finite.h"]
        kernels = [*(step.stage for step in self.steps), self.library.pipeline.model]
        own = [name for kernel in kernels for name in (*kernel.headers, kernel.header)]
        learning = ["similarity.h", "knowledge.h"] if self.library.kind == "anomaly" else []
        return list(dict.fromkeys([*helpers, *own, *learning]))

    def _common(self) -> Section | None:
        """What several branches start from; a single one goes on in the same function."""
        steps = [step for step in self.steps if step.branch == BEFORE]
        shared = self.library.pipeline.preprocessing.common
        return self._section("prepare", "Before all branches", steps) if shared else None

    def _branches(self) -> list[Section]:
        count = len(self.library.pipeline.preprocessing.branches)
        found = []
        for branch in range(count):
            steps = [step for step in self.steps if step.branch == branch]
            if count == 1:  # the head goes on in the same buffer
                found.append(self._section("preprocess", "Preprocessing", self.steps))
            else:
                found.append(self._section(f"branch_{branch + 1}", f"Branch {branch + 1} of {count}", steps))
        return found

    def _head(self) -> Section | None:
        steps = [step for step in self.steps if step.branch is None]
        several = len(self.library.pipeline.preprocessing.branches) > 1
        return self._section("head", "On the features of all branches", steps) if several and steps else None

    def _section(self, name: str, title: str, steps: Iterable[Step]) -> Section:
        lines: list[str] = []
        needs: dict[str, Table] = {}
        kernels: list[str] = []
        for step in steps:
            used = self.layout.users[step.index]
            lines.append(step.stage.emit(step.given, _names(used)))
            if self.options.trace:
                lines.append(f"{self.options.symbol('neai_trace')}({step.index}u, x, {step.after.size}u);")
            needs |= {table.name: table for table in used.values() if table.offset is not None}
            kernels.append(step.stage.kernel)
        return Section(
            name, f"{title}: {', '.join(kernels) or 'the raw signal'}.", tuple(needs.values()), tuple(lines)
        )

    def _model(self, features: str) -> Section:
        model, used = self.library.pipeline.model, self.layout.users[-1]
        names = _names(used)
        if isinstance(model, LearningModel):
            lines = [
                model.emit_learn(names, features, "neai.state"),
                model.emit_detect(names, features, "neai.state"),
            ]
        elif isinstance(model, StaticModel):
            lines = [model.emit(names, features, self._output())]
        else:
            raise LibraryError(f"{model.kernel} neither learns nor was fitted, so no C can be written for it")
        needs = {table.name: table for table in used.values() if table.offset is not None}
        return Section(model.kernel, model.kernel, tuple(needs.values()), tuple(lines))

    def _output(self) -> str:
        """Name of the array the model writes to: the caller's own where it has the right form."""
        v3 = self.options.v3
        return {
            "outlier": "ratio",
            "classes": "output_buffer" if v3 else "probabilities",
            "extrapolation": "extrapolated_value" if v3 else "prediction",
        }[self.library.kind]

    def _state_words(self) -> int:
        model = self.library.pipeline.model
        return model.state_size if isinstance(model, LearningModel) else 0

    def _render(self, template: str, **values: object) -> str:
        words = layout.knowledge_words(self.library)
        v3 = self.options.v3
        return render(
            template,
            self.library,
            self.options,
            size=self.library.pipeline.preprocessing.given.size,
            feature_count=self.library.pipeline.preprocessing.features,
            outputs=self.library.pipeline.model.outputs,
            knowledge_length=len(words),
            knowledge_check=words[1],
            check_word=layout.check_word(self.library),
            pretrained=self.library.pretrained,
            api={role: f.prototype(self.options.suffix) for role, f in self.functions.items()},
            prototypes=list(self.functions.values()),
            guard=f"__{self.options.macro('NANOEDGEAI')}_H__" if v3 else f"{self.options.macro('NANOEDGEAI')}_H",
            knowledge_guard=f"__{self.options.macro('KNOWLEDGE')}_H__",
            state_width=max(len(f"{state.name} = {state.value},") for state in self.speech.states),
            **values,
        )


def _names(used: Mapping[str, Table]) -> dict[str, str]:
    return {WORK: "neai.work"} | {constant: table.name for constant, table in used.items()}


def _closure(names: Iterable[str]) -> dict[str, bytes]:
    """These kernel headers and everything they include, by name."""
    folder = resources.firmware() / "kernels"
    found: dict[str, bytes] = {}
    waiting = [*names, "contract.h"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = (folder / name).read_bytes()
            waiting += [PurePosixPath(inner).name for inner in _INCLUDE.findall(found[name].decode())]
    return dict(sorted(found.items()))


__all__ = ["Options", "describe", "generate", "has_knowledge_file"]
