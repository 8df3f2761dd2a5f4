"""bitloop prove: the bench side is imported where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.bar import bar
from bitloop.cli.chosen import Number, choose
from bitloop.cli.options import Compiler, Optimize, Persona
from bitloop.cli.output import Folder, Json, progress, result, say
from bitloop.errors import LockError, ProbeError, ProjectError
from bitloop.signals.choose import choose_signals

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from bitloop.library.file import Library
    from bitloop_hil.proof import Proof
    from bitloop_hil.rig import Place


def prove(
    project: Folder,
    board: Annotated[
        str,
        typer.Option(
            help="Board, or place of the rig (else the project's board, or a generic one).", show_default=False
        ),
    ] = "",
    bench: Annotated[
        str, typer.Option(help="Where the board lives: virtual, qemu, renode or hardware; a rig says it itself.")
    ] = "virtual",
    rig: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rig file whose places --board names.", show_default=False)
    ] = None,
    wait: Annotated[float, typer.Option(min=0.0, help="Seconds to wait while somebody else holds the board.")] = 0.0,
    library: Number = None,
    signals: Annotated[int, typer.Option(min=1, help="About how many signals to send.")] = 200,
    persona: Persona = "v3",
    compiler: Compiler = "zig",
    optimize: Optimize = "-O2",
    pretrained: Annotated[
        bool, typer.Option("--pretrained", help="Begin with what the project's regular signals taught (anomaly).")
    ] = False,
    native: Annotated[bool, typer.Option("--native", help="Compare with the C on this machine, not NumPy.")] = False,
    as_json: Json = False,
) -> None:
    """Run the library on a board and in the emulator, and compare every bit of every answer and of what is learned.

    Exit status 0 only if all is the same. The first difference is named: signal, kernel, index, both values.

    Example: [bold]bitloop prove fan --board b-l475e-iot01a --bench virtual --json[/]
    """
    chosen = choose(project, library)
    if chosen.project is None:
        raise ProjectError("a proof needs the signals of a project; name its folder")
    learn, detect = choose_signals(chosen.project.dataset(), signals, chosen.library.learning)
    place = _places(rig, board) if rig else (board.lower() or _usual(chosen.project.settings.target, bench), bench)
    with bar(progress(), "proving") as update:
        proof = run(
            chosen.library,
            place,
            learn,
            detect,
            recipe=(persona, compiler, optimize),
            pretrained=pretrained,
            native=native,
            update=update,
            wait=wait,
        )
    record = proof.to_json()
    result(as_json, record, lambda console: _show(console, record))
    if proof.verdict != "PASS":
        typer.echo(f"bitloop: {proof.verdict}: {proof.reason()}", err=True)
        raise typer.Exit(1)


def run(
    library: Library,
    place: tuple[str, str] | list[Place],
    learn: NDArray[np.float32] | None,
    detect: NDArray[np.float32],
    *,
    recipe: tuple[str, str, str] = ("v3", "zig", "-O2"),
    pretrained: bool = False,
    native: bool = False,
    update: Callable[[int, int, str], None] | None = None,
    wait: float = 0.0,
) -> Proof:
    """The proof of a library on a board and bench, or on the first of some places with the same board that is free.

    The recipe is persona, compiler and optimisation; `wait` is how many seconds to wait while somebody else holds the
    board.
    """
    from bitloop.toolchain import Flags
    from bitloop_hil.boards import board_file
    from bitloop_hil.prove import Recipe, Signals, unopened
    from bitloop_hil.prove import prove as compare
    from bitloop_hil.rig import Place, open_free

    places = place if isinstance(place, list) else [Place(place[0], *place)]
    how = Recipe(recipe[0], recipe[1], Flags(recipe[2]))
    file = board_file(places[0].board)
    images = how.images(library, file)
    signals = Signals(detect, learn)
    try:
        _, opened = open_free(places, wait)
    except (LockError, ProbeError) as error:
        return unopened(library, (file.name, places[0].bench, file.core), how, error, native)
    with opened:
        return compare(
            library, opened, images, signals, recipe=how, pretrained=pretrained, native=native, progress=update
        )


def _places(rig: Path, name: str) -> list[Place]:
    """The places of a rig file that are meant: the one of that name, or all with that board, or the only one."""
    from bitloop_hil.rig import Rig

    loaded = Rig.load(rig)
    if not name and len(loaded.places) > 1:
        raise ProjectError(
            f"{rig} has several places; name one with --board: {', '.join(p.name for p in loaded.places)}"
        )
    if not name:
        return [loaded.places[0]]
    named = [place for place in loaded.places if place.name == name]
    return named or [place for place in loaded.places if place.board == name] or [loaded[name]]


def _usual(target: str, bench: str) -> str:
    """The project's own board where the bench has it, else a generic one with its core."""
    from bitloop.project import place
    from bitloop_hil.boards import board_file, names

    wanted = place(target)
    if wanted.board and bench in board_file(wanted.board).benches:
        return wanted.board
    files = [board_file(name) for name in names()]
    fitting = [f.name for f in files if f.core == wanted.core.name and bench in f.benches]
    if not fitting:
        raise ProjectError(f"the bench {bench!r} has no board with a {wanted.core.title}; name one with --board")
    return next((name for name in fitting if name.startswith("generic-")), fitting[0])


def _show(console: Console, record: dict[str, Any]) -> None:
    where = f"{record['board']} ({record['core']}) on the {record['bench']} bench"
    say(console, f"{record['verdict']}: {where}, {record['compiler']} {record['flags']}, persona {record['persona']}")
    compared = f"{record['floats_compared']} floats and {record['answers_compared']} answers"
    say(console, f"{record['signals']} signals, {compared} compared, {record['differing']} differing")
    if flash := record["flash"]:
        done = "was there already" if flash["skipped"] else f"programmed in {flash['seconds']:.1f} s"
        say(console, f"image: {flash['bytes']} bytes {done}, {flash['verified']} read back and equal ({flash['by']})")
    unit, error = record["cycles"]["unit"], record["cycles"]["uncertainty"]
    modelled = f", give or take {error:.0%}" if error else ""
    for call in ("learn", "detect"):
        spread = record["cycles"][call]
        if spread:
            say(console, f"{call}: {spread['median']} {unit} ({spread['min']} to {spread['max']}){modelled}")
