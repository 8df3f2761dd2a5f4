"""Signals out of what was measured without a break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bitloop.signals.shape.sheet import Sheet, Values, count

MOST = 1 << 29
"""Numbers in all windows of a file: 2 GiB."""


def window(sheet: Sheet, length: int, step: int) -> Sheet:
    """Windows of `length` samples, one every `step`: (samples - length) // step + 1 of each unbroken stretch.

    A stretch is a log, each part between its seams, or each signal of a file of signals. No window spans two.
    """
    stretches = sheet.stretches() if sheet.given_axes() else []
    counts = [max(0, (len(stretch) - length) // step + 1) for stretch in stretches]
    if sum(counts) * length * sheet.given_axes() > MOST:
        size = sum(counts) * length * sheet.given_axes() * 4 / (1 << 30)
        raise sheet.refuse(f"such windows would take {size:.0f} GiB of memory; choose a larger step")
    if not any(counts):
        longest = max(len(stretch) for stretch in stretches)
        raise sheet.refuse(f"no stretch is {length} samples long; the longest has {longest}, so choose less")
    cut = [_windows(stretch, length, step) for stretch in stretches]
    targets = None if sheet.targets is None else np.repeat(sheet.targets, counts)
    made = replace(sheet.with_signals(np.concatenate(cut), targets), overlap=sheet.overlap or step < length)
    used = [(n - 1) * step + length if n else 0 for n in counts]
    over = sum(len(stretch) - end for stretch, end in zip(stretches, used, strict=True))
    return made.with_remark(f"{count(over, 'sample')} behind the last windows left over") if over else made


def _windows(stretch: Values, length: int, step: int) -> Values:
    """(windows, length, axes)."""
    if len(stretch) < length:
        return np.empty((0, length, stretch.shape[1]), dtype=np.float32)
    views = np.lib.stride_tricks.sliding_window_view(stretch, length, axis=0)[::step]
    return views.transpose(0, 2, 1)
