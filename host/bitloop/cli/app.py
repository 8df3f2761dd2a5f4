"""The application: every command in its place, and what becomes of an error.

Exit status: 0 success, 1 an error bitloop can explain in a sentence, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bitloop.errors import BitloopError

EXPLAINED, INTERRUPTED = 1, 130


class _Commands(TyperGroup):
    """Turns the errors bitloop raises into a sentence on stderr and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BitloopError as error:
            typer.echo(f"bitloop: {error}", err=True)
            raise typer.Exit(EXPLAINED) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            typer.echo(f"bitloop: the system refuses: {error.strerror or error}{where}", err=True)
            raise typer.Exit(EXPLAINED) from error
        except KeyboardInterrupt as error:
            typer.echo("bitloop: interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from error


def make_app() -> typer.Typer:
    """The command line with all its commands."""
    from bitloop.cli import (
        bench,
        build,
        check,
        datalogger,
        demo,
        emulate,
        exporting,
        importing,
        libraries,
        plot,
        project,
        prove,
        record,
        report,
        sampling,
        search,
        shape,
        time,
    )

    app = typer.Typer(
        cls=_Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_bitloop)
    app.command("new")(project.new)
    app.command("filter")(project.filter_)
    app.command("add")(project.add)
    app.command("remove")(project.remove)
    app.command("check")(check.check)
    app.command("import")(importing.import_)
    app.command("export")(exporting.export)
    app.command("shape")(shape.shape)
    app.command("plot")(plot.plot)
    app.command("sampling")(sampling.sampling)
    app.command("record")(record.record)
    app.command("search")(search.search)
    app.command("libraries")(libraries.libraries)
    app.command("crown")(libraries.crown)
    app.command("report")(report.report)
    app.command("emulate")(emulate.emulate)
    app.command("build")(build.build)
    app.command("prove")(prove.prove)
    app.command("time")(time.time)
    app.command("datalogger")(datalogger.datalogger)
    app.command("demo")(demo.demo)
    app.add_typer(bench.make_bench(), name="bench")
    return app


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"bitloop {version('bitloop')}")
        raise typer.Exit


def _bitloop(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Tiny C libraries for vibrating machines, proved bit for bit on the board that runs them.

    A first project: [bold]new[/], [bold]add[/], [bold]check[/], [bold]search[/], [bold]build[/], [bold]prove[/].
    To see all of it at once: [bold]demo[/].
    """
