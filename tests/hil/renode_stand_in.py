"""A program that takes Renode's place on the PATH: it reads the generated script strictly, then has the virtual bench
be the board. It shows that bench `renode` starts, watches and ends its process; it says nothing about Renode.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file

_SCRIPT = re.compile(
    r"""(?:\#[^\n]*\n)+using\ sysbus\n
mach\ create\ "(?P<board>[^"]+)"\n
machine\ LoadPlatformDescription\ @(?P<platform>\S+)\n
emulation\ CreateUartPtyTerminal\ "line"\ "(?P<line>[^"]+)"\ true\n
connector\ Connect\ sysbus\.(?P<uart>\w+)\ line\n
sysbus\ LoadELF\ @(?P<image>\S+)\n
cpu\ VectorTableOffset\ 0x(?P<vectors>[0-9A-F]{8})\n
start\n""",
    re.VERBOSE,
)


def main() -> int:
    """Be the board until standard input ends or says `quit`."""
    assert sys.argv[1:-1] == ["--console", "--disable-xwt", "--plain"]
    found = _SCRIPT.fullmatch(Path(sys.argv[-1]).read_text(encoding="utf-8"))
    if found is None or f"\n{found['uart']}:" not in Path(found["platform"]).read_text(encoding="utf-8"):
        sys.stderr.write("There was an error executing command 'include'\n")
        return 1
    with VirtualBoard(board_file(found["board"])) as board:
        board.flash(Path(found["image"]))
        board.reset()
        Path(found["line"]).symlink_to(board.port)
        while (line := sys.stdin.readline()) and line != "quit\n":
            if line == "":
                break
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
