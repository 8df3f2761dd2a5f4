"""bitloop sampling."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.output import Force, Json, progress, result, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from bitloop.sampling import Result, Settings
    from bitloop.signals.log import Log

_DRIFT = 1.02
"""Measured rates of one sensor differ a little from recording to recording, as its temperature does."""


def sampling(
    logs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="LOG", help="Logs, each of a class named as the file.", show_default=False),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="HZ", help="Rate the logs were recorded at, if they do not say.", show_default=False),
    ] = None,
    regular: Annotated[
        list[Path] | None,
        typer.Option(metavar="LOG", help="Log of the machine as it should be; may be repeated.", show_default=False),
    ] = None,
    abnormal: Annotated[
        list[Path] | None, typer.Option(metavar="LOG", help="Log of a fault; may be repeated.", show_default=False)
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="NAME=LOG", help="Log of a class; may be repeated.", show_default=False),
    ] = None,
    lengths: Annotated[str, typer.Option(metavar="LIST", help="Samples per axis to try.")] = "16-4096",
    divisions: Annotated[str, typer.Option(metavar="LIST", help="Parts of the rate to try: 1,2,4-8.")] = "1-32",
    pick: Annotated[
        bool,
        typer.Option(
            "--pick",
            help="A lower rate is every n-th sample as it is, as an ADC takes it; else with a low-pass, as digital"
            " sensors do.",
        ),
    ] = False,
    level: Annotated[bool, typer.Option(help="The mean of each axis may tell classes apart.")] = True,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for matrix and picture.", show_default=False),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Find how long signals have to be and how fast to sample, from continuous logs. Ctrl-C keeps what there is.

    Scores come from blocks of time held back, and what is recommended is judged by a block that had no part in it.

    Example: [bold]bitloop sampling off.csv slow.csv fast.csv --rate 1000 -o found[/]
    """
    from bitloop.cli.bar import bar
    from bitloop.files import refuse_overwrite
    from bitloop.sampling import Settings, find
    from bitloop.sampling.words import command, recommendation, remarks

    if output is not None:
        for name in ("csv", "png", "svg"):
            refuse_overwrite(output / f"sampling.{name}", force)
    named = _named(logs or [], regular or [], abnormal or [], classes or [])
    anomaly = bool(regular or abnormal)
    if rate is not None:
        Settings(rate)  # what means nothing is refused before anything is read
    read = _read(named, rate)
    settings = _settings(read, lengths, divisions, not pick, level, anomaly)
    with bar(progress(), "sampling") as update:
        found = find(read, settings, lambda done, total, cells: update(done, total, _best(cells)))
    files = [] if output is None else write(found, output, force)
    cut = command(found, [str(path) for path, _ in named], "signals") if found.tells else None
    words = {"recommendation": recommendation(found), "remarks": remarks(found), "command": cut}
    record = found.to_record() | words | {"files": [str(path) for path in files]}
    result(as_json, record, lambda console: _show(console, found, record))


def _named(
    logs: Sequence[Path], regular: Sequence[Path], abnormal: Sequence[Path], classes: Sequence[str]
) -> list[tuple[Path, str]]:
    """Files with their labels; a mixture of the ways to say them is refused."""
    from bitloop.errors import BitloopError
    from bitloop.project.names import check_name
    from bitloop.signals.dataset import ABNORMAL, REGULAR

    if (regular or abnormal) and (logs or classes):
        raise BitloopError("--regular and --abnormal exclude classes; say one of the two in front of every log")
    named = [(path, check_name(path.stem, "class")) for path in logs]
    for text in classes:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise BitloopError(f"--class {text!r} lacks a name or a file; write --class NAME=LOG")
        named.append((Path(path), check_name(name, "class")))
    named += [(path, REGULAR) for path in regular] + [(path, ABNORMAL) for path in abnormal]
    if not named:
        raise BitloopError("nobody said which logs; give one or more of every class")
    twice = next((path for n, (path, _) in enumerate(named) if path in [p for p, _ in named[:n]]), None)
    if twice is not None:
        raise BitloopError(f"{twice} is named twice; a log belongs to one class, once")
    return named


def _read(named: Sequence[tuple[Path, str]], rate: float | None) -> list[Log]:
    from bitloop.signals.reader import read_log

    return [read_log(path, rate_hz=rate, label=label) for path, label in named]


def _settings(
    logs: Sequence[Log], lengths: str, divisions: str, low_pass: bool, level: bool, anomaly: bool
) -> Settings:
    from bitloop.errors import BitloopError
    from bitloop.sampling import DIVISIONS, LENGTHS, Settings

    rates = [log.rate_hz for log in logs if log.rate_hz is not None]
    if len(rates) < len(logs):
        raise BitloopError("nobody said how fast the logs were sampled; give --rate HZ")
    if max(rates) > _DRIFT * min(rates):
        known = ", ".join(f"{rate:g}" for rate in sorted(set(rates)))
        raise BitloopError(f"the logs have different rates ({known} Hz); record them all at the same")
    chosen = (_some(lengths, LENGTHS, "lengths"), _some(divisions, DIVISIONS, "divisions"))
    return Settings(median(rates), *chosen, low_pass, level, anomaly)


def _some(text: str, known: Sequence[int], what: str) -> tuple[int, ...]:
    """Those of `known` that the user listed; each part of the list has to name one or more."""
    from bitloop.errors import BitloopError
    from bitloop.sampling import LENGTHS
    from bitloop.signals.shape.numbers import ranges

    picked: set[int] = set()
    for first, last in ranges(text, what):
        own = {n for n in known if first <= n <= last}
        if not own or first < known[0] or (first == last and first not in known):
            kind = "powers of two" if known is LENGTHS else "whole numbers"
            which = f"choose {kind} from {known[0]} to {known[-1]}"
            raise BitloopError(f"{text!r} names {what} that cannot be tried; {which}")
        picked |= own
    return tuple(sorted(picked))


def _best(cells: Sequence[Any]) -> str:
    if not cells:
        return "sampling"
    best = max(cells, key=lambda scored: scored.score)
    return f"best {best.score:.3f}: {best.cell.length} samples, rate / {best.cell.division}"


def write(found: Result, folder: Path, force: bool) -> list[Path]:
    """Matrix and picture into a folder, whose files are returned."""
    from bitloop.files import write_text
    from bitloop.plots import sampling as figure
    from bitloop.plots import save

    lengths, divisions = sorted(found.settings.lengths), sorted(found.settings.divisions)
    scores, rates = found.matrix(), [found.settings.rate / division for division in divisions]
    cell = found.advice.cell
    chosen = (divisions.index(cell.division), lengths.index(cell.length)) if found.tells else None
    drawn = figure(scores, lengths, rates, measure=found.measure, chance=found.chance, chosen=chosen)
    table = folder / "sampling.csv"
    head = ",".join(["rate_hz", *map(str, lengths)])
    rows = [
        ",".join([f"{rate:.9g}", *("" if value != value else f"{value:.6f}" for value in row)])
        for rate, row in zip(rates, scores.tolist(), strict=True)
    ]
    write_text(table, "".join(line + "\n" for line in [head, *rows]))
    return [table, *save({"sampling": drawn}, folder, force=force)]


def _show(console: Console, found: Result, record: Mapping[str, Any]) -> None:
    console.print(_table(found))
    marks = "; * recommended" * found.tells + "; · the logs are too short" * bool(found.too_short)
    say(console, f"{found.measure} of signals by rate (rows) and samples per axis (columns){marks}")
    say(console, f"\n{record['recommendation']}")
    for remark in record["remarks"]:
        say(console, f"- {remark}")
    if record["command"]:
        say(console, f"signal files like that: {record['command']}")
    for path in record["files"]:
        say(console, f"wrote {path}")


def _table(found: Result) -> Any:
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for name in ("Hz", "1 /", *(f"{n} " for n in sorted(found.settings.lengths))):
        drawn.add_column(name, justify="right", no_wrap=True)
    cell = found.advice.cell if found.tells else None
    for division, row in zip(sorted(found.settings.divisions), found.matrix().tolist(), strict=True):
        texts = []
        for length, value in zip(sorted(found.settings.lengths), row, strict=True):
            text = "·" if value != value else f"{value:.3f}"
            chosen = cell is not None and (cell.division, cell.length) == (division, length)
            texts.append(f"[bold]{text}*[/]" if chosen else f"{text} ")
        drawn.add_row(f"{found.settings.rate / division:.4g}", str(division), *texts)
    return drawn
