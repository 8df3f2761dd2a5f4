"""Megabytes per second the host decodes of what a board sends: clean, and with one byte in ten thousand damaged.

The bytes come in pieces as a serial port hands them over. Prints a table; status 1 if a clean stream of the largest
boards' frames (1 KiB) falls below what the bench promises, or if a frame is missing from a clean stream.

    python -m benchmarks.decode [megabytes per row]
"""

from __future__ import annotations

import sys
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode

PROMISED = 100.0  # MB/s
PAYLOADS, PIECES = (64, 128, 512, 1024, 2048, 8192), (512, 4096, 65536)
_REPEATS = 3


def stream(payload: int, size: int) -> tuple[bytes, int]:
    """About `size` bytes of a line full of frames, and how many there are."""
    noise = np.random.default_rng(payload)
    count = size // (payload + 14)
    return b"".join(encode(Frame(0xF2, i & 0xFFFF, noise.bytes(payload))) for i in range(count)), count


def damaged(line: bytes, one_in: int) -> bytes:
    """The same line with a bit of some bytes turned over."""
    noise = np.random.default_rng(one_in)
    data = np.frombuffer(line, dtype=np.uint8).copy()
    data[noise.integers(0, len(data), len(data) // one_in)] ^= 0x10
    return data.tobytes()


def megabytes_per_second(line: bytes, piece: int) -> tuple[float, LinkStats]:
    """The best of a few runs: this machine does other things, too."""
    best, stats = float("inf"), LinkStats()
    pieces = [line[at : at + piece] for at in range(0, len(line), piece)]
    for _ in range(_REPEATS):
        stats = LinkStats()
        decoder = Decoder(stats)
        start = time.perf_counter()
        for part in pieces:
            decoder.feed(part)
        best = min(best, time.perf_counter() - start)
    return len(line) / best / 1e6, stats


def main() -> int:
    """Measure and print."""
    size = int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 20_000_000
    table = Table("payload", *(f"read {piece} B" for piece in PIECES), "damaged", "frames", title="decode, MB/s")
    failed = False
    for payload in PAYLOADS:
        line, count = stream(payload, size)
        results = [megabytes_per_second(line, piece) for piece in PIECES]
        bad, stats = megabytes_per_second(damaged(line, 10_000), PIECES[1])
        found = {stats.frames_received for _, stats in results}
        failed = failed or found != {count} or (payload == 1024 and results[1][0] < PROMISED)
        lost = count - stats.frames_received
        table.add_row(
            f"{payload} B", *(f"{speed:.0f}" for speed, _ in results), f"{bad:.0f} ({lost} lost)", str(count)
        )
    Console(width=110).print(table)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
