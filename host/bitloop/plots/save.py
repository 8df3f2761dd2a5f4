"""Figures as bytes and as files: PNG and SVG, the same bytes for the same figure."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bitloop.errors import BitloopError
from bitloop.files import refuse_overwrite, write_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg")
DPI = 130


def render(figure: Figure, form: str) -> bytes:
    """The figure as `png` or `svg`, without a date, so that it changes only with what it shows."""
    import matplotlib

    if form not in FORMATS:
        raise BitloopError(f"figures cannot be written as {form!r}; choose one of {', '.join(FORMATS)}")
    metadata = {"Date": None} if form == "svg" else {"Software": None}
    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "bitloop", "svg.fonttype": "none"}), warnings.catch_warnings():
        # a name in letters the font lacks is drawn as boxes; an SVG holds it as text
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(stream, format=form, dpi=DPI, metadata=metadata)
    return stream.getvalue()


def save(
    figures: Mapping[str, Figure], folder: Path, forms: Sequence[str] = FORMATS, force: bool = False
) -> tuple[Path, ...]:
    """Write every figure as NAME.png and NAME.svg; nothing is written where one of the files exists already."""
    paths = {folder / f"{name}.{form}": (figure, form) for name, figure in figures.items() for form in forms}
    for path in paths:
        refuse_overwrite(path, force)
    for path, (figure, form) in paths.items():
        write_bytes(path, render(figure, form))
    return tuple(paths)
