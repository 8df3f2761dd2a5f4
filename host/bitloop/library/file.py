"""A library: a fitted pipeline with its name and provenance. Its file is readable JSON, and it is all one needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.files import write_text
from bitloop.kernels.base import LearningModel
from bitloop.kernels.pipeline import Pipeline

KINDS = ("anomaly", "outlier", "classes", "extrapolation")
FORMAT = "bitloop-library"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """`classes` names the classes in the order of the model's outputs (kind `classes` only).

    `learning` (anomaly only) is the recommended minimum number of learning calls; `pretrained` is the state after
    learning the project's regular signals, for users who want to start from it. `report` holds scores and provenance
    as plain data; it does not take part in the id.
    """

    pipeline: Pipeline
    classes: tuple[str, ...] = ()
    learning: int = 0
    pretrained: NDArray[np.float32] | None = None
    multi_sensor: bool = False
    report: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        model = self.pipeline.model
        if (self.kind == "classes") != bool(self.classes):
            raise LibraryError("class names belong to libraries of kind 'classes', and those need them")
        if self.classes and len(self.classes) != model.outputs:
            raise LibraryError(f"{len(self.classes)} class names do not fit a model of {model.outputs} classes")
        if len(set(self.classes)) != len(self.classes):
            raise LibraryError("two classes have the same name")
        if isinstance(model, LearningModel):
            if self.learning < 1:
                raise LibraryError("an anomaly library needs a minimum number of learning calls of 1 or more")
            if self.pretrained is not None and self.pretrained.shape != (model.state_size,):
                raise LibraryError(f"the pretrained state has to have {model.state_size} values")
        elif self.learning or self.pretrained is not None:
            raise LibraryError("only anomaly libraries learn")

    @property
    def kind(self) -> str:
        return self.pipeline.model.kind

    @property
    def axes(self) -> int:
        return self.pipeline.preprocessing.axes

    @property
    def length(self) -> int:
        """Samples per axis."""
        return self.pipeline.preprocessing.length

    @property
    def id(self) -> str:
        """24 hexadecimal digits over everything that determines behaviour."""
        text = json.dumps(self._identity(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def _identity(self) -> dict[str, Any]:
        state = None if self.pretrained is None else [float(str(v)) for v in self.pretrained]
        return {
            "format": FORMAT,
            "version": VERSION,
            "kind": self.kind,
            "classes": list(self.classes),
            "learning": self.learning,
            "multi_sensor": self.multi_sensor,
            "pipeline": self.pipeline.to_record(),
            "pretrained": state,
        }

    def to_json(self) -> str:
        """The library file: one line per kernel, so that a diff says what changed."""
        data = {"id": self.id, **self._identity(), "report": dict(self.report)}
        return _layout(data) + "\n"

    def save(self, path: Path) -> None:
        write_text(path, self.to_json())

    @staticmethod
    def from_json(text: str, where: str = "library") -> Library:
        """Read a library file, trusting nothing in it."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise LibraryError(f"{where} is not JSON ({error}); build or copy the library again") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise LibraryError(f"{where} is not a bitloop library")
        if data.get("version") != VERSION:
            raise LibraryError(f"{where} has format version {data.get('version')}; this bitloop reads {VERSION}")
        try:
            library = _read(data)
        except LibraryError as error:
            raise LibraryError(f"{where}: {error}") from error
        if data.get("id") != library.id or data.get("kind") != library.kind:
            raise LibraryError(f"{where} was changed by hand: its id does not match its content")
        return library

    @staticmethod
    def load(path: Path) -> Library:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryError(f"{path} cannot be read ({error})") from error
        return Library.from_json(text, str(path))


def _read(data: Mapping[str, Any]) -> Library:
    classes, learning, state = data.get("classes"), data.get("learning"), data.get("pretrained")
    named = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
    if not named or not isinstance(learning, int) or not isinstance(data.get("multi_sensor"), bool):
        raise LibraryError("the fields classes, learning and multi_sensor are missing or of the wrong type")
    if not isinstance(data.get("pipeline"), Mapping) or not isinstance(data.get("report", {}), Mapping):
        raise LibraryError("the fields pipeline and report have to be objects")
    pretrained = None
    if state is not None:
        try:
            pretrained = np.array(state, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise LibraryError("the pretrained state has to be a list of numbers") from error
        if pretrained.ndim != 1 or not np.isfinite(pretrained).all():
            raise LibraryError("the pretrained state has to be a list of finite numbers")
    return Library(
        Pipeline.from_record(data["pipeline"]),
        tuple(classes),  # type: ignore[arg-type]
        learning,
        pretrained,
        data["multi_sensor"],
        dict(data.get("report", {})),
    )


def _layout(data: Any, depth: int = 0) -> str:
    """JSON with objects opened and arrays of numbers kept on one line."""
    pad, inner = "  " * depth, "  " * (depth + 1)
    if isinstance(data, Mapping):
        if not data:
            return "{}"
        rows = [f"{inner}{json.dumps(k)}: {_layout(v, depth + 1)}" for k, v in data.items()]
        return "{\n" + ",\n".join(rows) + f"\n{pad}}}"
    if isinstance(data, list) and any(isinstance(item, Mapping | list) for item in data):
        rows = [inner + _layout(item, depth + 1) for item in data]
        return "[\n" + ",\n".join(rows) + f"\n{pad}]"
    return json.dumps(data)
