"""bitloop datalogger: the bench side is imported where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bitloop.cli.options import Compiler
from bitloop.cli.output import Force, Json, result, say
from bitloop.errors import BitloopError

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop_hil.board import Programmed
    from bitloop_hil.datalogger.plan import Plan


def datalogger(
    board: Annotated[str, typer.Argument(metavar="BOARD", help="Board, as in B-L475E-IOT01A.", show_default=False)],
    sensor: Annotated[
        str,
        typer.Option(
            help="Sensor on the board or on a shield, as in LSM6DSL, or analogue (without it: what there is).",
            show_default=False,
        ),
    ] = "",
    rate: Annotated[
        float | None,
        typer.Option(
            help="Samples per second: one of the sensor's (without it: which), 1 to 100000 of analogue inputs.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder to write.", show_default=False)
    ] = None,
    range_: Annotated[
        int,
        typer.Option("--range", help="Largest value in the sensor's unit (else its smallest).", show_default=False),
    ] = 0,
    samples: Annotated[int, typer.Option(help="Samples per axis in a signal.")] = 256,
    axes: Annotated[str, typer.Option(help="Axes, in that order: xyz, zx, ... (else all).", show_default=False)] = "",
    format_: Annotated[
        Literal["text", "binary"], typer.Option("--format", help="text: a line per signal; binary: bitloop's link.")
    ] = "text",
    continuous: Annotated[
        bool, typer.Option("--continuous", help="Every sample without a gap (text: a line per sample).")
    ] = False,
    quantity: Annotated[
        str, typer.Option(help="What to measure, where the sensor has several (else its first).", show_default=False)
    ] = "",
    shield: Annotated[
        str, typer.Option(help="Shield that carries the sensor (else the board's own is meant).", show_default=False)
    ] = "",
    pins: Annotated[str, typer.Option(help="Analogue inputs, in that order: A0,A1 or PC5.", show_default=False)] = "",
    unit: Annotated[
        str, typer.Option(help="Unit of what an analogue sensor measures (else V).", show_default=False)
    ] = "",
    per_unit: Annotated[
        str, typer.Option(help="Volts per unit: 0.185 for a current sensor of 185 mV/A.", show_default=False)
    ] = "",
    zero: Annotated[
        str, typer.Option(help="Volts where the analogue sensor measures 0 (else 0).", show_default=False)
    ] = "",
    baud: Annotated[
        int,
        typer.Option(help="Speed of the line (else 115200 for text, the board's for binary).", show_default=False),
    ] = 0,
    flash: Annotated[bool, typer.Option("--flash", help="Put it on the board.")] = False,
    bench: Annotated[
        Literal["hardware", "virtual"], typer.Option(help="Where the board to flash is; virtual: try it and leave.")
    ] = "hardware",
    compiler: Compiler = "zig",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write, build and flash the firmware that reads a sensor and sends what it measures.

    The folder has readable C with a Makefile for arm-none-eabi-gcc, and the image.

    Example: [bold]bitloop datalogger B-L475E-IOT01A --sensor LSM6DSL --rate 1660 --range 4 -o logger --flash[/]
    """
    from bitloop_hil.datalogger import make
    from bitloop_hil.datalogger.plan import Wish, plan

    wish = Wish(
        board=board,
        sensor=sensor,
        rate=rate,
        samples=samples,
        quantity=quantity,
        range=range_,
        axes=axes,
        binary=format_ == "binary",
        continuous=continuous,
        baud=baud,
        shield=shield,
        pins=pins,
        unit=unit,
        per_unit=per_unit,
        zero=zero,
    )
    made = plan(wish)
    if output is None:
        raise BitloopError("that is possible; name the folder to write it into with -o")
    image = make.build(made, compiler)
    make.write(made, output, image, force)
    record = to_record(made) | {"folder": str(output), "image": str(output / make.IMAGE), "build": image.build}
    if flash:
        record["flash"] = _flash(made, image.path, bench)
    result(as_json, record, lambda console: _show(console, record))


def to_record(made: Plan) -> dict[str, Any]:
    """What a datalogger does, for JSON."""
    return {
        "board": made.board.name,
        "sensor": made.source.name,
        "quantity": made.source.measured.quantity,
        "unit": made.source.measured.unit,
        "rate": float(made.source.hz),
        "range": made.source.measured.limit,
        "axes": made.source.measured.letters,
        "samples": made.samples,
        "format": "binary" if made.binary else "text",
        "continuous": made.continuous,
        "baud": made.baud,
        "bus": made.source.place,
        "shield": made.source.shield,
        "remarks": list(made.source.remarks()),
    }


def _flash(made: Plan, image: Path, bench: str) -> dict[str, Any]:
    from bitloop_hil.boards import open_board

    with open_board(made.board.name, bench) as board:
        done: Programmed | None = board.flash(image)
        board.reset()
    return {"bench": bench, "verified": done.verified if done else 0, "skipped": done.skipped if done else False}


def _show(console: Console, record: dict[str, Any]) -> None:
    signs = "up to" if record["quantity"] == "pressure" else "+/-"
    limit = f", {signs} {record['range']} {record['unit']}" if record["range"] else ""
    unit = "" if limit else f" ({record['unit']})"
    sensor = f"{record['sensor']} of {record['shield']}" if record["shield"] else record["sensor"]
    what = f"{sensor} on {record['bus']} of {record['board']}: {record['quantity']} {record['axes']}"
    say(console, f"{what}{unit} at {record['rate']:g} Hz{limit}")
    for remark in record["remarks"]:
        say(console, remark)
    kind = "every sample" if record["continuous"] else f"signals of {record['samples']} samples"
    say(console, f"sends {kind} as {record['format']} at {record['baud']} baud")
    say(console, f"wrote {record['folder']} and built {record['image']}")
    if flash := record.get("flash"):
        say(console, f"flashed on the {flash['bench']} bench, {flash['verified']} bytes read back and equal")
