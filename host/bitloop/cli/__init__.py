"""The command line: one module per group of commands."""

from __future__ import annotations


def main() -> None:
    """Entry point of `bitloop`."""
    from bitloop.cli.app import make_app

    make_app()()
