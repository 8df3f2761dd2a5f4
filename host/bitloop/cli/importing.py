"""bitloop import."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.output import Force, Json, result, say
from bitloop.cli.shape import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

Sensor = Annotated[
    str,
    typer.Option("-s", "--sensor", metavar="NAME", help="Sensor of an acquisition: ism330dhcx_acc, say, or all."),
]


def import_(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE...", help="Folders of acquisitions, or files with a log.", show_default=False),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.")] = Path(),
    sensor: Sensor = "",
    length: Annotated[
        int | None,
        typer.Option(min=1, max=16383, help="Samples per axis of a signal; without it, a log.", show_default=False),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(min=1, help="A signal every so many samples, if not one after the other.", show_default=False),
    ] = None,
    start: Annotated[float, typer.Option("--from", metavar="SECONDS", help="Leave out what is before.")] = 0.0,
    end: Annotated[
        float | None,
        typer.Option("--to", metavar="SECONDS", help="Leave out what is at this time or later.", show_default=False),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="What was tagged so, each label on its own; or all.", show_default=False),
    ] = None,
    target: Annotated[
        float | None, typer.Option(help="Value in front of every signal (extrapolation).", show_default=False)
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Values as the sensor sent them, without its sensitivity.")
    ] = False,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Take what there is of a recording with gaps.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make signals, or a continuous log, of what other loggers recorded. The originals are never touched.

    A source is the folder of an acquisition by ST's FP-SNS-DATALOG 1 or 2, or a file with one sample per line or row:
    .csv, .txt, .wav, .npy, .npz or .parquet.

    Example: [bold]bitloop import Fan_on Fan_off -s ism330dhcx_acc --length 256 -o signals[/]

    Tags: [bold]bitloop import walk_and_run -s lsm6dsv16x_acc --tag all --length 128 --step 64 -o signals[/]
    """
    from bitloop.errors import BitloopError
    from bitloop.files import refuse_overwrite, write_bytes
    from bitloop.signals.imports import Wanted, take
    from bitloop.signals.shape import results
    from bitloop.signals.shape.files import to_csv

    until = math.inf if end is None else end
    if not 0 <= start < until or math.isnan(until):
        raise BitloopError("--from has to be before --to, and neither may be negative; change them")
    wanted = Wanted(sensor, length, step, start, until, tuple(tag or ()), target, raw, incomplete)
    wanted.steps()
    taken = [imported for source in sources for imported in take(source, wanted)]
    sheets = [imported.sheet for imported in taken if imported.sheet is not None]
    if not sheets:
        raise BitloopError(f"no sensor has a signal of {length} samples; choose a smaller --length")
    made = results(tuple(sheets), output, sources)
    for path in made:
        refuse_overwrite(path, force)
    for path, sheet in made.items():
        write_bytes(path, to_csv(sheet.values))
    named = [imported for imported in taken if imported.sheet is not None]
    rows = [
        {"file": str(path)} | sheet.to_record() | imported.to_record()
        for (path, sheet), imported in zip(made.items(), named, strict=True)
    ]
    skipped = [imported.to_record() | {"why": imported.skipped} for imported in taken if imported.sheet is None]
    result(as_json, {"results": rows, "skipped": skipped}, lambda console: _show(console, rows, skipped))


def _show(console: Console, rows: Sequence[dict[str, Any]], skipped: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        rate = [f"{row['rate_hz']:.6g} Hz"] if row["rate_hz"] else []
        gaps = [f"INCOMPLETE: {row['missing']}"] if row["missing"] else []
        say(console, "; ".join([describe(row), *rate, *gaps]))
    for row in skipped:
        say(console, f"skipped {row['source']} {row['sensor']}: {row['why']}")
