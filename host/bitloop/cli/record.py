"""bitloop record: the bench side is imported where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bitloop.cli.output import Json, progress, result
from bitloop.errors import RecordError

_INTERRUPTED = 130


def record(
    where: Annotated[
        str,
        typer.Argument(
            metavar="PORT|BOARD", help="Serial port, or a board that is plugged in or powered.", show_default=False
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where the signals go, one per line (.csv, .txt).",
            show_default=False,
        ),
    ],
    signals: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="End after so many signals.", show_default=False)
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="End after so many seconds.", show_default=False)
    ] = None,
    label: Annotated[
        str, typer.Option("--class", metavar="NAME", help="What the machine does, for the note.", show_default=False)
    ] = "",
    baud: Annotated[int | None, typer.Option(min=1, metavar="N", help="Speed of the port (else found out).")] = None,
    axes: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Numbers per sample (else found out).", show_default=False)
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Samples per line (else found out).", show_default=False)
    ] = None,
    form: Annotated[
        Literal["auto", "text", "binary"],
        typer.Option("--format", help="What the logger sends: lines of text, or bitloop's link; auto finds out."),
    ] = "auto",
    append: Annotated[bool, typer.Option("--append", help="Go on in FILE, if it exists and has such lines.")] = False,
    patience: Annotated[
        float, typer.Option(min=0.0, metavar="S", help="Seconds to wait for a port that was unplugged.")
    ] = 30.0,
    rig: Annotated[
        Path | None,
        typer.Option(
            "--rig", envvar="BITLOOP_RIG", metavar="FILE", help="Rig file whose place is meant.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Record the signals of a logger, from its serial port into a file, until there are enough, or Ctrl-C.

    Any logger will do that prints one signal per line, and bitloop's own in either format. Lines that are no signals
    are kept in FILE.rejected; where the signals are from, and how fast they came, is in FILE.json. A file that exists
    is never replaced.

    Example: [bold]bitloop record /dev/ttyACM0 -o healthy.csv --signals 100 --axes 3[/]
    """
    from bitloop.cli.recording import live, summary
    from bitloop.cli.stopping import stoppable
    from bitloop.recording.keeper import Kept
    from bitloop.recording.lines import Shape
    from bitloop.recording.note import STOPPED
    from bitloop_hil.recording.recorder import Limits
    from bitloop_hil.recording.session import record as run
    from bitloop_hil.recording.source import find
    from bitloop_hil.rig import Rig

    kept = Kept.at(output, label, Shape(axes or 0, samples or 0), append)
    source = find(where, baud or 0, Rig.load(rig) if rig else None)
    limits = Limits(signals or 0, seconds or 0.0, patience)
    with stoppable() as stop, live(progress(), source.port, limits) as told:
        outcome = run(source, kept, limits, form, stop, told)
    made = {"file": str(output), **outcome.record}
    result(as_json, made, lambda console: summary(console, made))
    if outcome.reason:
        raise RecordError(outcome.reason)
    if outcome.end == STOPPED and limits.signals:
        typer.echo(f"bitloop: interrupted after {made['lines']} of {limits.signals} signals", err=True)
        raise typer.Exit(_INTERRUPTED)
