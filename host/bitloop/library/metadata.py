"""metadata.json: the keys readers of such files know, where they make sense, and nothing about the person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bitloop import __version__
from bitloop.library.build import Built
from bitloop.library.codegen import describe
from bitloop.library.sizes import Sizes

_ALGORITHMS = {
    "anomaly": "anomaly_detection",
    "outlier": "outlier_detection",
    "classes": "classifier",
    "extrapolation": "regression",
}


def metadata(built: Built, sizes: Sizes | None, compilation_date: str | None = None) -> dict[str, Any]:
    """Plain data. Without `compilation_date` the same library gives the same text on every day."""
    library, flags = built.library, built.flags
    data: dict[str, Any] = {
        "algorithm_type": _ALGORITHMS[library.kind],
        "class_names": list(library.classes),
        "compilation_flags": {
            "float_abi": built.target.float_abi,
            "fshort_enums": flags.short_enums,
            "short_wchar": flags.short_wchar,
        },
        "learning_min_lines": library.learning,
        "lib_limited": False,
        "library_id": library.id,
        "library_md5sum": hashlib.md5(built.archive.read_bytes(), usedforsecurity=False).hexdigest(),
        "mcu_type": built.target.name,
        "request_type": "library",
        "sensor": "multiGeneric" if library.multi_sensor else "",
        "toolchain_version": built.toolchain.describe(),
        "bitloop": {
            "version": __version__,
            "persona": built.options.persona,
            "suffix": built.options.suffix,
            "optimization": flags.optimize,
            "axes": library.axes,
            "samples_per_axis": library.length,
            "pipeline": describe(library),
        },
        "report": _numbers(library.report),
    }
    if compilation_date is not None:
        data["compilation_date"] = compilation_date
    if sizes is not None:
        data["memory_usage"] = {"flash": sizes.flash, "ram": sizes.ram}
        data["performance"] = {"memory_usage": {"estimated_flash_knowledge": sizes.knowledge}}
        data["bitloop"]["sizes"] = {
            "knowledge": sizes.knowledge,
            "flash": sizes.flash,
            "static_ram": sizes.static_ram,
            "stack": sizes.stack,
        }
    return data


def _numbers(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report without what is there for plots only."""
    kept = dict(report)
    if isinstance(kept.get("metrics"), Mapping):
        kept["metrics"] = {name: value for name, value in kept["metrics"].items() if name != "figures"}
    return kept


def metadata_json(built: Built, sizes: Sizes | None, compilation_date: str | None = None) -> str:
    """The file's text, keys in order."""
    return json.dumps(metadata(built, sizes, compilation_date), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
