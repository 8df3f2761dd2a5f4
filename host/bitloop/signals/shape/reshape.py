"""Signals of another length: each cut into shorter ones, or consecutive ones joined."""

from __future__ import annotations

import numpy as np

from bitloop.signals.shape.sheet import Sheet, count


def reshape(sheet: Sheet, length: int) -> Sheet:
    """Signals of `length` samples per axis. What is left over of each signal, or of the last ones, is remarked.

    To join signals makes sense only where each began right after the one before; a target has to be the same in all
    that are joined.
    """
    if sheet.log:
        raise sheet.refuse("a log has no signals to reshape; cut it with window:LENGTH,STEP")
    given = sheet.signals().shape[1]
    return _cut(sheet, length) if length <= given else _join(sheet, length)


def _cut(sheet: Sheet, length: int) -> Sheet:
    x = sheet.signals()
    lines, given, axes = x.shape
    parts = given // length
    targets = None if sheet.targets is None else np.repeat(sheet.targets, parts)
    made = sheet.with_signals(x[:, : parts * length].reshape(lines * parts, length, axes), targets)
    over = given - parts * length
    return made.with_remark(f"{count(over, 'sample')} at the end of each signal left over") if over else made


def _join(sheet: Sheet, length: int) -> Sheet:
    x = sheet.signals()
    lines, given, axes = x.shape
    if length % given:
        near = length // given * given
        raise sheet.refuse(
            f"{given} samples cannot be joined to {length}; choose {near} or {near + given}, or less than {given}"
        )
    each = length // given
    whole = lines // each
    if not whole:
        raise sheet.refuse(f"{count(lines, 'signal')} of {given} samples make none of {length}; choose a shorter one")
    targets = None
    if sheet.targets is not None:
        groups = sheet.targets[: whole * each].reshape(whole, each)
        mixed = np.flatnonzero((groups != groups[:, :1]).any(axis=1))
        if len(mixed):
            first = int(mixed[0]) * each + 1
            raise sheet.refuse(f"lines {first} to {first + each - 1} have different targets and cannot be joined")
        targets = groups[:, 0]
    made = sheet.with_signals(x[: whole * each].reshape(whole, length, axes), targets)
    over = lines - whole * each
    return made.with_remark(f"{count(over, 'signal')} at the end left over") if over else made
