"""Libraries as a table for people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from bitloop.project import Found


def table(
    found: Sequence[Found],
    kind: str,
    front: Collection[int] = (),
    crowned: int | None = None,
    pipelines: bool = False,
) -> Table:
    """Libraries with their scores and sizes, in the order given. `front` are the numbers no other one beats."""
    from rich.markup import escape
    from rich.table import Table

    quality, long = ("R²", "that") if kind == "extrapolation" else ("BA", "balanced accuracy")
    drawn = Table(box=None, pad_edge=False, header_style="dim", caption_justify="left")
    drawn.caption = _caption(quality, long, found, crowned)
    for name in ("no", "", "score", quality, "worst", "flash", "RAM", "cycles"):
        drawn.add_column(name, justify="right", no_wrap=True)
    drawn.add_column("family", overflow="fold")
    for f in found:
        sizes = [f"{size:,} B" for size in (f.flash, f.ram)]
        marks = ("♛" if f.number == crowned else "") + ("*" if f.number in front else "")
        words = escape(f.family.replace("+", ", ").replace("/", " > ").replace("_", " "))
        known = f"{f.accuracy:.4f}" if f.accuracy else ""
        cycles = f"{f.cycles:,}" if f.cycles else ""
        drawn.add_row(str(f.number), marks, f"{f.score:.4f}", known, f"{f.quality:.4f}", *sizes, cycles, words)
    return drawn


def _caption(quality: str, long: str, found: Sequence[Found], crowned: int | None) -> str:
    lines = [
        f"{quality}: {long} on held-out signals, worst: quality of the worst fold",
        "flash and RAM (with stack) as linked, cycles per call estimated",
        "* no other is as good in all of score, flash, RAM and cycles (the Pareto front)",
    ]
    if any(f.number == crowned for f in found):
        lines.append("♛ crowned: the one that is built, proved and emulated")
    return "\n".join(lines)


def pipelines(found: Sequence[Found]) -> list[str]:
    """A line per library that knows its pipeline."""
    return [f"{f.number:2}  {f.pipeline}" for f in found if f.pipeline]
