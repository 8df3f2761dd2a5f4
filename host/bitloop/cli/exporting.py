"""bitloop export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bitloop.cli.importing import Sensor
from bitloop.cli.output import Force, Json, result, say
from bitloop.cli.shape import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console


def export(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE...", help="Files of signals or logs, or acquisitions.", show_default=False),
    ],
    to: Annotated[
        Literal["numpy", "parquet", "wav", "edge-impulse"], typer.Option("--to", help="Format.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.")] = Path(),
    sensor: Sensor = "",
    axes: Annotated[int | None, typer.Option(min=1, max=1024, help="Numbers per sample.", show_default=False)] = None,
    log: Annotated[bool, typer.Option("--log", help="A line is one sample of a continuous log.")] = False,
    target_first: Annotated[
        bool, typer.Option("--target-first", help="The first number of a line is its target (extrapolation).")
    ] = False,
    rate: Annotated[
        float | None, typer.Option(min=1e-6, max=1e9, metavar="HZ", help="Samples per second.", show_default=False)
    ] = None,
    names: Annotated[str, typer.Option(metavar="X,Y,Z", help="Names of the axes.")] = "",
    units: Annotated[str, typer.Option(metavar="U,V,W", help="Units of the axes, or one for all: g, dps, ...")] = "",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write signals or logs for other programs: NumPy, Parquet, WAV, or JSON for Edge Impulse.

    A folder of an acquisition knows its rate, axes and units; of a file you say them. WAV and Edge Impulse get a file
    per signal, for the latter labelled by the source's name, with units of SenML: g becomes m/s2.

    Example: [bold]bitloop export healthy.csv --to edge-impulse --axes 3 --rate 1666 --units g -o upload[/]

    Acquisition: [bold]bitloop export Fan_on -s all --to parquet -o tables[/]
    """
    from bitloop.errors import BitloopError
    from bitloop.files import refuse_overwrite, write_bytes
    from bitloop.signals.exports import FORMATS, Meaning, open_file, open_folder

    given = Meaning(rate, _list(names), _list(units))
    made: dict[Path, bytes] = {}
    rows: list[dict[str, Any]] = []
    for source in sources:
        if source.is_dir():
            exports = open_folder(source, sensor, given)
        else:
            exports = (open_file(source, given, axes, log, target_first),)
        for one in exports:
            files = {output / name: content for name, content in FORMATS[to](one)}
            if files.keys() & made.keys():
                raise BitloopError(f"two sources would become {min(files)}; export them into different folders")
            made |= files
            rows.append({"source": str(source), "files": [str(path) for path in files]} | one.sheet.to_record())
    for path in made:
        refuse_overwrite(path, force)
    for path, content in made.items():
        write_bytes(path, content)
    result(as_json, {"results": rows}, lambda console: _show(console, rows))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()


def _show(console: Console, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        others = f" and {len(row['files']) - 1} more" if len(row["files"]) > 1 else ""
        say(console, describe(row | {"file": row["files"][0] + others}))
