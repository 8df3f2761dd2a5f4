"""What commands print: results on stdout, as text or as one JSON object; progress and remarks on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and nothing else there.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what exists.")]
Folder = Annotated[Path, typer.Argument(metavar="PROJECT", help="Folder of the project.", show_default=False)]


def result(as_json: bool, record: Mapping[str, Any], show: Callable[[Console], None]) -> None:
    """Print the outcome of a command: the record, or whatever `show` draws for people."""
    if as_json:
        typer.echo(json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False))
        return
    from rich.console import Console

    show(Console(highlight=False))


def progress() -> Console:
    """Where progress goes."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(console: Console, text: str) -> None:
    """One line as it is: names of the user's are no markup."""
    console.print(text, markup=False, soft_wrap=True)
