"""How fast text files of signals are read, and in how much memory: every rule checked, every number as float32.

Each file is made in a temporary folder and read by a process of its own, whose largest resident size is stated next
to that of the numbers themselves. Status 1 if a file takes longer or more memory than promised, or if the one wrong
line of the last file is not named. `--write` puts the table into docs/benchmarks.md.

    python -m benchmarks.read_speed [megabytes per file] [--write]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from benchmarks import page

SEED = 5
PROMISED = 1000 / 25  # MB/s: a gigabyte in 25 seconds
BESIDES = 300  # MB of memory besides the numbers: the interpreter, its libraries, and the blocks in hand
LINES = 1_000_000
_CHILD = """
import json, resource, sys, time
from pathlib import Path
from bitloop.errors import InputError
from bitloop.signals.reader import read_table
start = time.perf_counter()
try:
    size, said = read_table(Path(sys.argv[1])), ""
    size = (size.values.nbytes + size.lines.nbytes) / 1e6
except InputError as error:
    size, said = 0.0, str(error)
seconds, busy = time.perf_counter() - start, time.process_time()
print(json.dumps([seconds, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, size, said]))
"""

SHAPES = {
    "768 values a line, commas": (768, "%.6f", ",", "\n"),
    "768 values a line, as the datalogger prints": (768, "%.3f", " ", " \r\n"),
    "16383 values a line, tabs": (16383, "%.5g", "\t", "\n"),
    "3 values a line, semicolons": (3, "%.6f", ";", "\n"),
}


def some_lines(values: int, form: str, separator: str, end: str) -> bytes:
    """About 4 MB of text."""
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal((max(1, 400_000 // values), values))
    return "".join(separator.join(form % v for v in row) + end for row in x).encode()


def repeated(lines: bytes, size: int) -> Iterator[bytes]:
    """The same lines until there are that many bytes."""
    for _ in range(max(1, size // len(lines))):
        yield lines


def with_one_wrong(count: int, wrong: int) -> Iterator[bytes]:
    """So many lines, one of which has a word in its second column."""
    good = b"-0.112,0.250,0.981\n"
    yield good * (wrong - 1)
    yield b"-0.112,O.250,0.981\n"
    yield good * (count - wrong)


def measured(path: Path, content: Iterator[bytes]) -> tuple[float, float, float, float, float, str]:
    """Megabytes of the file; seconds; those of the cores; megabytes at most, and of the numbers; what was said."""
    with path.open("wb") as stream:
        for piece in content:
            stream.write(piece)
    run = subprocess.run([sys.executable, "-c", _CHILD, str(path)], capture_output=True, check=True, text=True)
    size = path.stat().st_size / 1e6
    path.unlink()
    return size, *json.loads(run.stdout)


def row(name: str, megabytes: float, seconds: float, busy: float, peak: float, numbers: float) -> list[str]:
    """As the table shows it."""
    times = [f"{seconds:.1f}", f"{busy:.1f}", f"{megabytes / seconds:.0f}"]
    return [name, f"{megabytes:.0f}", *times, f"{numbers:.0f}", f"{peak - numbers:.0f}"]


def main() -> int:
    """Measure and print."""
    words = [word for word in sys.argv[1:] if word != "--write"]
    size = int(float(words[0]) * 1e6) if words else 1_000_000_000
    rows, failed = [], False
    wrong = int(np.random.default_rng(SEED).integers(LINES // 2, LINES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signals.csv"
        for name, shape in SHAPES.items():
            megabytes, seconds, busy, peak, numbers, _ = measured(path, repeated(some_lines(*shape), size))
            failed |= megabytes / seconds < PROMISED or peak - numbers > BESIDES
            rows.append(row(name, megabytes, seconds, busy, peak, numbers))
            print(*rows[-1], sep="  ", flush=True)
        megabytes, seconds, busy, peak, numbers, said = measured(path, with_one_wrong(LINES, wrong))
    failed |= f"line {wrong}, column 2" not in said
    rows.append(row(f"line {wrong} of a million is wrong", megabytes, seconds, busy, peak, numbers))
    print(*rows[-1], said.removeprefix(folder), sep="  ")
    if "--write" in sys.argv:
        head = ["file", "MB", "seconds", "of the cores", "MB/s", "numbers, MB", "memory besides, MB"]
        page.write("read-speed", f"{page.origin(SEED)}\n\n{page.table(head, rows)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
