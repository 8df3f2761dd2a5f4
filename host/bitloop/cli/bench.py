"""bitloop bench: which boards there are, who holds them, and virtual ones for other tools."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bitloop.cli.output import Force, Json, result, say
from bitloop.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

    from rich.console import Console

    from bitloop_hil.locks import Holder
    from bitloop_hil.rig import Rig

RigFile = Annotated[
    Path | None,
    typer.Option(
        "--rig", envvar="BITLOOP_RIG", metavar="FILE", help="Rig file: the places of a bench.", show_default=False
    ),
]
Which = Annotated[
    str, typer.Argument(metavar="PLACE", help="A place of the rig, or a probe's serial number.", show_default=False)
]


def make_bench() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Boards: what is plugged in, who uses it, virtual ones to play with."
    )
    group.command("list")(list_boards)
    group.command("status")(status)
    group.command("hold")(hold)
    group.command("release")(release)
    group.command("run")(run)
    group.command("serve")(serve)
    group.command("labgrid")(labgrid)
    group.command("renode")(renode)
    return group


def list_boards(as_json: Json = False) -> None:
    """List debug probes with their boards, serial ports and holders, and virtual boards that are powered.

    Example: [bold]bitloop bench list[/]
    """
    from bitloop_hil.bench import attached_rows

    rows = attached_rows()
    columns = ("probe", "board", "mcu", "port", "holder")
    result(as_json, {"probes": rows}, lambda console: _table(console, rows, columns, "no debug probe is plugged in"))


def status(rig: RigFile = None, as_json: Json = False) -> None:
    """Show the places of a rig, or without one every lock of this machine: what is missing, who holds what, and why.

    Example: [bold]bitloop bench status --rig bench.toml[/]
    """
    from bitloop_hil.bench import lock_rows, place_rows

    rows = lock_rows() if rig is None else place_rows(_load(rig))
    columns = ("serial", "holder") if rig is None else ("place", "board", "bench", "state")
    record = {"locks" if rig is None else "places": rows}
    result(as_json, record, lambda console: _table(console, rows, columns, "nobody holds a board"))


def hold(
    which: Which,
    rig: RigFile = None,
    reason: Annotated[str, typer.Option(help="Why, for those who would like to use it.")] = "",
    hours: Annotated[float, typer.Option(min=0.001, max=24 * 7, help="When it ends by itself.")] = 8.0,
    as_json: Json = False,
) -> None:
    """Keep every bitloop off a board while you work on it with other tools, until you release it.

    Example: [bold]bitloop bench hold 066BFF495087534867091423 --reason "measuring current"[/]
    """
    from bitloop_hil.holds import hold as take

    serial = _serial(which, rig)
    _tell(serial, take(serial, reason, hours * 3600), as_json, f"you hold {serial} for {hours:g} hours")


def release(which: Which, rig: RigFile = None, as_json: Json = False) -> None:
    """End a hold of yours. What a running program uses is not taken from it.

    Example: [bold]bitloop bench release 066BFF495087534867091423[/]
    """
    from bitloop_hil.holds import release as let_go

    serial = _serial(which, rig)
    _tell(serial, let_go(serial), as_json, f"{serial} is free")


def run(
    board: Annotated[str, typer.Argument(help="A board of the virtual bench.", show_default=False)],
    shield: Annotated[
        str, typer.Option(help="What is in its Arduino connector, as in X-NUCLEO-IKS01A3.", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """Power a virtual board until Ctrl-C, for pyOCD and serial programs: print its probe and its port.

    Example: [bold]bitloop bench run nucleo-l432kc[/], elsewhere [bold]pyocd load -u virtual:nucleo-l432kc f.elf[/]
    """
    from bitloop_hil.power import Powered

    board = board.lower()

    def told(text: str) -> None:
        typer.echo(f"{board}: {text}", err=True)

    with _until_stopped(), Powered(board, told=told, shield=shield) as powered:
        there = powered.published
        record = {"board": board, "probe": there.uid, "port": str(there.port)}
        result(as_json, record, lambda console: _show_powered(console, record))
        powered.wait()


def serve(
    which: Annotated[str, typer.Argument(metavar="PLACE", help="A place of the rig.", show_default=False)],
    rig: RigFile = None,
    protocol: Annotated[
        Literal["rfc2217", "socket"], typer.Option(help="rfc2217 lets the client set the speed, socket does not.")
    ] = "rfc2217",
    host: Annotated[str, typer.Option(help="Address to listen on; there is no password.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
) -> None:
    """Serve the serial port of a place to other machines until Ctrl-C, its board locked while one is connected.

    Its probe is served by [bold]pyocd server[/]. Example: [bold]bitloop bench serve left --rig bench.toml[/]
    """
    from bitloop_hil.benches.hardware.attached import attached
    from bitloop_hil.boards import board_file
    from bitloop_hil.bridge import Bridge, Served

    place = _load(_wanted(rig))[which]
    if place.bench != "hardware" or place.remote:
        raise BuildError(f"the place {which} has no serial port on this machine to serve; choose a hardware place")
    found = attached(place, board_file(place.board))
    with _until_stopped(), Bridge(Served(found.port, found.baud, found.serial), protocol, host, port) as bridge:
        typer.echo(bridge.url)
        bridge.serve()


def labgrid(
    rig: Annotated[Path, typer.Argument(help="Rig file.", show_default=False)],
    form: Annotated[
        Literal["environment", "places", "exporter"],
        typer.Option(help="Boards used directly, taken from a coordinator's places, or offered to a coordinator."),
    ] = "environment",
    output: Annotated[
        Path | None, typer.Option(help="File to write (else standard output).", show_default=False)
    ] = None,
    force: Force = False,
) -> None:
    """Write a labgrid environment for the hardware places of a rig, for benches spread over many hosts.

    Example: [bold]bitloop bench labgrid bench.toml --output env.yaml[/]
    """
    from bitloop.files import refuse_overwrite, write_text
    from bitloop_hil.labgrid import environment

    text = environment(_load(rig), form)
    if output is None:
        typer.echo(text, nl=False)
        return
    refuse_overwrite(output, force)
    write_text(output, text)


def _wanted(rig: Path | None) -> Path:
    if rig is None:
        raise BuildError("places are described by a rig file; name it with --rig or BITLOOP_RIG")
    return rig


def renode(
    board: Annotated[str, typer.Argument(help="Board that Renode knows.", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="Folder to write board.repl and board.resc to.", show_default=False)],
    force: Force = False,
) -> None:
    """Write Renode's description of a board and a script that runs image.elf of the same folder on it.

    Example: [bold]bitloop bench renode generic-cortex-m4f renode[/]
    """
    from bitloop.files import refuse_overwrite
    from bitloop_hil.benches.renode.platform import Files, write
    from bitloop_hil.boards import board_file

    known = board_file(board)
    for name in (Files().platform, Files().script):
        refuse_overwrite(folder / name, force)
    folder.mkdir(parents=True, exist_ok=True)
    script = write(known, folder)
    typer.echo(f"{script} runs {folder / Files().image} as soon as that is there")


def _load(rig: Path) -> Rig:
    from bitloop_hil.rig import Rig

    return Rig.load(rig)


def _serial(which: str, rig: Path | None) -> str:
    """The lock meant by the name of a place, or by a serial number."""
    from bitloop_hil.rig import Place

    if rig is None:
        return Place("", "", "hardware", probe=which).serial
    serial = _load(rig)[which].serial
    if not serial:
        raise BuildError(f"the place {which} starts a board of its own each time; there is nothing to hold")
    return serial


def _tell(serial: str, who: Holder, as_json: bool, text: str) -> None:
    from dataclasses import asdict

    result(as_json, {"serial": serial, **asdict(who)}, lambda console: say(console, text))


def _show_powered(console: Console, record: Mapping[str, str]) -> None:
    say(console, f"{record['board']} is powered; Ctrl-C ends it")
    say(console, f"probe  {record['probe']}")
    say(console, f"port   {record['port']}")


def _table(console: Console, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], nothing: str) -> None:
    """Columns as wide as they need to be, so that names can be copied from them."""
    if not rows:
        say(console, nothing)
        return
    cells = [list(columns), *([str(row[column] or "-") for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        say(console, "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


@contextmanager
def _until_stopped() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that a service manager's way of stopping leaves nothing behind."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
