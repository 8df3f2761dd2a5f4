"""The templates of firmware/templates, and what all of them are told about a library."""

from __future__ import annotations

from typing import Any

from bitloop import __version__
from bitloop.library.file import Library
from bitloop.library.options import Options
from bitloop.library.templates import environment
from bitloop.toolchain import CONTRACT_FLAGS

_TITLES = {
    "anomaly": "anomaly detection that learns on the device",
    "outlier": "outlier detection",
    "classes": "classification",
    "extrapolation": "extrapolation",
}


def render(template: str, library: Library, options: Options, **values: Any) -> str:
    """Text of a template for one library."""
    v3 = options.v3
    return (
        environment()
        .get_template(template)
        .render(
            library=library,
            options=options,
            speech=options.speech,
            v3=v3,
            title=_TITLES[library.kind],
            pipeline=describe(library),
            has_knowledge=has_knowledge_file(library, options),
            axes_macro=options.macro("AXIS_NUMBER" if v3 else "NEAI_INPUT_AXIS_NUMBER"),
            length_macro=options.macro("DATA_INPUT_USER" if v3 else "NEAI_INPUT_SIGNAL_LENGTH"),
            version=__version__,
            flags=" ".join(CONTRACT_FLAGS),
            **values,
        )
    )


def has_knowledge_file(library: Library, options: Options) -> bool:
    """Whether there is a `knowledge.h`: persona v3, and for anomaly a pretrained state."""
    return options.v3 and (library.kind != "anomaly" or library.pretrained is not None)


def describe(library: Library) -> str:
    """The pipeline in one line: `biquad, (remove_mean, rfft, band_mean) + (statistics), scale, running_gaussian`."""
    preprocessing = library.pipeline.preprocessing
    branches = [", ".join(s.kernel for s in stages) or "raw" for stages in preprocessing.branches]
    chain = branches if len(branches) == 1 else [" + ".join(f"({branch})" for branch in branches)]
    before = [s.kernel for s in preprocessing.before]
    return ", ".join([*before, *chain, *(s.kernel for s in preprocessing.head), library.pipeline.model.kernel])
