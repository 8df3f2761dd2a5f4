"""Small plots as SVG text. Colours and fonts are the page's, by class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

_WIDTH, _HEIGHT = 640, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 8, 22, 22
_DECISION = 90
"""The similarity from which a signal counts as regular."""


class _Frame:
    """A plot's area: data to points, axes, title."""

    def __init__(self, title: str, across: str, count: int, values: Sequence[float]) -> None:
        self._title, self._across, self._count = title, across, count
        low, high = min(values, default=0.0), max(values, default=1.0)
        margin = (high - low) * 0.05 or abs(high) * 0.01 or 1.0
        self.low, self.high = low - margin, high + margin

    def x(self, index: float) -> float:
        """Of the element with that index."""
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (index + 0.5) / max(self._count, 1)

    def y(self, value: float) -> float:
        """Of a value."""
        part = (value - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * part

    def svg(self, *parts: str) -> Markup:
        """The whole plot."""
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        rows = [
            f'<rect class="area" x="{_LEFT}" y="{_TOP}" width="{right - _LEFT}" height="{bottom - _TOP}"/>',
            *(self._tick(value) for value in _round_values(self.low, self.high)),
            f'<text class="title" x="{_LEFT}" y="14">{Markup.escape(self._title)}</text>',
            f'<text x="{_LEFT}" y="{_HEIGHT - 6}">0</text>',
            f'<text x="{right}" y="{_HEIGHT - 6}" text-anchor="end">'
            f"{Markup.escape(self._across)} {max(self._count - 1, 0)}</text>",
            *parts,
        ]
        label = Markup.escape(self._title)
        return Markup(  # noqa: S704 - every text in it was escaped above
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(rows)}</svg>'
        )

    def _tick(self, value: float) -> str:
        y = self.y(value)
        return (
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>'
        )


def scores(series: Mapping[str, Any]) -> Markup:
    """What each judged signal got: the board's score as dots, the emulator's as rings, differing ones in red."""
    expected, got, wrong = series["expected"], series["got"], set(series["differing"])
    name = series["score"]
    values = [value for value in (*expected, *got) if value is not None]
    if name == "similarity":
        values += [0.0, 100.0]
    frame = _Frame(f"{name} of each signal: board (dot) and emulator (ring)", "signal", len(got), values)
    parts = []
    if name == "similarity":
        y = frame.y(_DECISION)
        parts.append(f'<line class="limit" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for index, (left, right) in enumerate(zip(expected, got, strict=True)):
        kind = "wrong" if index in wrong else "right"
        if kind == "wrong":
            x = frame.x(index)
            parts.append(f'<line class="wrong" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>')
        if left is not None:
            parts.append(f'<circle class="ring {kind}" cx="{frame.x(index):.1f}" cy="{frame.y(left):.1f}" r="3"/>')
        if right is not None:
            parts.append(f'<circle class="dot {kind}" cx="{frame.x(index):.1f}" cy="{frame.y(right):.1f}" r="1.5"/>')
    return frame.svg(*parts)


def ticks(call: str, counts: Sequence[int], unit: str) -> Markup:
    """The cost of each answered call; empty where there was none."""
    if not counts:
        return Markup()
    frame = _Frame(f"{unit} of each {call} call", "call", len(counts), counts)
    dots = (
        f'<circle class="dot" cx="{frame.x(i):.1f}" cy="{frame.y(c):.1f}" r="1.8"/>' for i, c in enumerate(counts)
    )
    return frame.svg(*dots)


def bits(difference: Mapping[str, Any]) -> Markup:
    """The two words of the first difference, bit by bit: sign, exponent and fraction, differing bits in red."""
    words = [int(difference[f"{side}_hex"], 16) & 0xFFFFFFFF for side in ("expected", "got")]
    differ, parts, cell = words[0] ^ words[1], [], 17
    for row, (side, word) in enumerate(zip(("expected", "got"), words, strict=True)):
        y = 24 + 24 * row
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 13}" text-anchor="end">{side}</text>')
        for bit in range(32):
            x = _LEFT + cell * bit + (bit > 0) * 5 + (bit > 8) * 5
            mask = 0x80000000 >> bit
            kind = "wrong" if differ & mask else ("one" if word & mask else "zero")
            parts.append(f'<rect class="bit {kind}" x="{x}" y="{y}" width="{cell - 2}" height="18"/>')
            parts.append(f'<text class="digit" x="{x + 4}" y="{y + 13}">{int(bool(word & mask))}</text>')
    for text, bit in (("±", 0), ("exponent", 1), ("fraction", 9)):
        parts.append(f'<text x="{_LEFT + cell * bit + (bit > 0) * 5 + (bit > 8) * 5}" y="16">{text}</text>')
    label = "the bits of the first difference"
    return Markup(  # noqa: S704 - numbers and fixed words only
        f'<svg viewBox="0 0 {_WIDTH} 76" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def limit_bar(measurement: Mapping[str, Any]) -> Markup:
    """Smallest to largest value and the limits, from zero on; empty where nothing was judged."""
    low, high = measurement["limit_min"], measurement["limit_max"]
    if (low is None and high is None) or measurement["note"]:
        return Markup()
    edges = [measurement["low"], measurement["high"], *(limit for limit in (low, high) if limit is not None)]
    start, end = float(min(0.0, *edges)), float(max(0.0, *edges))
    span = (end - start) * 1.08 or 1.0

    def x(value: float) -> float:
        return 2 + 196 * (value - start) / span

    zero, last = x(0.0), x(measurement["high"])
    parts = [f'<line class="grid" x1="{x(start):.1f}" x2="198" y1="8" y2="8"/>']
    kind = "wrong" if measurement["verdict"] == "FAIL" else "right"
    left, width = min(zero, last), max(abs(last - zero), 1.0)
    parts.append(f'<rect class="value {kind}" x="{left:.1f}" y="4" width="{width:.1f}" height="8"/>')
    for limit in (low, high):
        if limit is not None:
            parts.append(f'<line class="limit" x1="{x(limit):.1f}" x2="{x(limit):.1f}" y1="1" y2="15"/>')
    return Markup(  # noqa: S704 - numbers and fixed words only
        f'<svg class="bar" viewBox="0 0 200 16" role="img" aria-label="value and limits">{"".join(parts)}</svg>'
    )


def _round_values(low: float, high: float) -> list[float]:
    """Two to five round numbers within a range."""
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    step *= next((factor for factor in (1, 2, 5) if (high - low) / (step * factor) <= 5), 5)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e9 else f"{value:.4g}"
